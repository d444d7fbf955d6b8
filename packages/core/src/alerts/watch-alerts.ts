import { and, desc, eq, lt, ne } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction, tryLock } from "../database/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import { dueTime } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { decideIncident, flapsAtStart } from "./decide-incident.ts";
import { type Fault, findFaults } from "./find-faults.ts";
import { isMeantFor } from "./is-meant-for.ts";
import { type AlertSeverity, alertRules } from "./kinds.ts";
import { alertWishes } from "./schemas.ts";
import { alertIncidents } from "./tables.ts";

type Incident = typeof alertIncidents.$inferSelect;

/** The result of one check; `isMine` is false when another process was checking. */
export type Watched = { isMine: boolean; opened: number; closed: number };

/**
 * Checks everything that can be wrong: opens incidents, closes those that have ended, and adds notices for receivers, in one
 * transaction. Any number of processes may call it at any rate.
 */
export async function watchAlerts(ctx: Context): Promise<Watched> {
  return await work(ctx, async (tx) => {
    const none = { isMine: false, opened: 0, closed: 0 };
    // One process checks at a time.
    if (!(await tryLock(tx, "alert-watch"))) return none;
    const faults = new Map((await findFaults(tx, ctx.now)).map((fault) => [keyOf(fault), fault]));
    const known = await tx
      .select()
      .from(alertIncidents)
      .where(ne(alertIncidents.state, "closed"))
      .for("update");
    const told: { incident: Incident; phase: "opened" | "closed" }[] = [];
    for (const incident of known) {
      const phase = await look(tx, incident, faults.get(keyOf(incident)), ctx.now);
      if (phase) told.push({ incident, phase });
      faults.delete(keyOf(incident));
    }
    for (const fault of faults.values()) {
      const incident = await begin(tx, fault, ctx.now);
      if (incident.state === "open") told.push({ incident, phase: "opened" });
    }
    await note(tx, ctx.now, told);
    const opened = told.filter(({ phase }) => phase === "opened").length;
    return { isMine: true, opened, closed: told.length - opened };
  });
}

const keyOf = ({ kind, subject }: Pick<Fault, "kind" | "subject">) => `${kind} ${subject}`;
const severityOf = ({ kind, severity }: Pick<Fault, "kind" | "severity">): AlertSeverity =>
  severity ?? alertRules[kind].severity;

async function begin(tx: Transaction, fault: Fault, now: Date): Promise<Incident> {
  const { kind, subject, supplierId, endpointId, facts } = fault;
  const [last] = await tx
    .select({ closedAt: alertIncidents.closedAt, flaps: alertIncidents.flaps })
    .from(alertIncidents)
    .where(and(eq(alertIncidents.kind, kind), eq(alertIncidents.subject, subject)))
    .orderBy(desc(alertIncidents.closedAt))
    .limit(1);
  const flaps = flapsAtStart(
    last?.closedAt ? { closedAt: last.closedAt, flaps: last.flaps } : undefined,
    now,
  );
  const isOpen = alertRules[kind].openAfterSeconds === 0;
  const [row] = await tx
    .insert(alertIncidents)
    .values({
      id: newId(),
      ...{ kind, subject, supplierId, endpointId, facts, flaps },
      severity: severityOf(fault),
      state: isOpen ? "open" : "pending",
      firstSeenAt: now,
      openedAt: isOpen ? now : null,
    })
    .returning();
  return row as Incident;
}

async function look(
  tx: Transaction,
  incident: Incident,
  fault: Fault | undefined,
  now: Date,
): Promise<"opened" | "closed" | undefined> {
  const { state } = incident;
  if (state === "closed") return undefined;
  const move = decideIncident({ ...incident, state }, fault !== undefined, alertRules[incident.kind], now);
  const isThis = eq(alertIncidents.id, incident.id);
  if (move.kind === "forget") {
    await tx.delete(alertIncidents).where(isThis);
    return undefined;
  }
  const seen = fault ? { facts: fault.facts, severity: severityOf(fault) } : {};
  const set = { ...seen, ...setOf(move, now) };
  if (Object.keys(set).length > 0) await tx.update(alertIncidents).set(set).where(isThis);
  Object.assign(incident, set);
  if (move.kind === "open") return "opened";
  return move.kind === "close" ? "closed" : undefined;
}

function setOf(move: ReturnType<typeof decideIncident>, now: Date): Partial<Incident> {
  switch (move.kind) {
    case "stay":
    case "forget":
      return {};
    case "open":
      return { state: "open", openedAt: now, clearSince: null };
    case "clearing":
      return { clearSince: move.clearSince };
    case "back":
      return { clearSince: null, flaps: move.flaps };
    case "close":
      return { state: "closed", closedAt: now };
  }
}

// Receivers notified of the opening are notified of the closing, whatever their preferences are by now; nobody else is.
async function note(
  tx: Transaction,
  now: Date,
  told: readonly { incident: Incident; phase: "opened" | "closed" }[],
): Promise<void> {
  if (told.length === 0) return;
  const receivers = await tx
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.topic, "alerts"),
        eq(subscriptions.state, "active"),
        ne(subscriptions.channel, "feed"),
      ),
    );
  for (const { incident, phase } of told) {
    const knowing = phase === "closed" ? await whoKnows(tx, incident.id) : undefined;
    const rows = receivers
      .filter((receiver) =>
        knowing
          ? knowing.has(receiver.id)
          : isMeantFor({ supplierId: receiver.supplierId, ...alertWishes(receiver) }, incident),
      )
      .map((receiver) => ({
        eventId: incident.id,
        subscriptionId: receiver.id,
        phase,
        dueAt: dueTime(receiver, incident.severity === "serious", now),
      }));
    if (rows.length > 0) await tx.insert(outboxEvents).values(rows).onConflictDoNothing();
  }
}

async function whoKnows(tx: Transaction, incidentId: string): Promise<Set<string>> {
  const isOpening = and(eq(outboxEvents.eventId, incidentId), eq(outboxEvents.phase, "opened"));
  const rows = await tx.select({ id: outboxEvents.subscriptionId }).from(outboxEvents).where(isOpening);
  return new Set(rows.map(({ id }) => id));
}

/** Deletes incidents that were closed so many months ago. */
export async function tendAlerts(ctx: Context, keepMonths: number): Promise<void> {
  const old = new Date(ctx.now.getTime() - keepMonths * 31 * 86_400_000);
  await work(ctx, async (tx) => {
    await tx.delete(alertIncidents).where(lt(alertIncidents.closedAt, old));
  });
}
