import { and, eq, gt, inArray, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { failuresToOpen, findStandingLines } from "../deliveries/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { deadlineSeconds } from "../messages/index.ts";
import { deliveries, endpointQueues, messages } from "../messages/tables.ts";
import { noticeDrafts } from "../notice-plans/tables.ts";
import { notices } from "../status/tables.ts";
import { vendorSwitches } from "../vendor-switches/tables.ts";
import type { AlertKind, AlertSeverity } from "./kinds.ts";
import { type AlertFacts, alertSignals } from "./tables.ts";

/** A current fault. */
export type Fault = {
  kind: AlertKind;
  subject: string;
  supplierId: string | null;
  endpointId: string | null;
  /** Where its severity differs from that of its kind. */
  severity?: AlertSeverity;
  facts: AlertFacts;
};

type Finder = (db: ReadDatabase, now: Date) => Promise<Fault[]>;

const minute = 60_000;
const day = 24 * 60 * minute;
const queueOldMilliseconds = 15 * minute;
const headStandsMilliseconds = 10 * minute;
const mailboxOldMilliseconds = day;
const receiptsLookedBackMilliseconds = 7 * day;
const before = (now: Date, milliseconds: number) => new Date(now.getTime() - milliseconds);
const count = sql<number>`count(*)::int`;
const isOpen = (now: Date) =>
  or(eq(endpoints.state, "active"), and(eq(endpoints.state, "paused"), lte(endpoints.pausedUntil, now)));

/** All current faults visible in the database. */
export async function findFaults(db: ReadDatabase, now: Date): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const find of finders) faults.push(...(await find(db, now)));
  const standing = new Set(faults.flatMap(({ kind, subject }) => (kind === "head-of-line" ? [subject] : [])));
  // A queue is old because its line is blocked: that is the same incident.
  return faults.filter(({ kind, subject }) => kind !== "queue-old" || !standing.has(subject));
}

const ofEndpoint = (kind: AlertKind, row: { id: string; supplierId: string }, facts: AlertFacts): Fault => ({
  kind,
  subject: `endpoint:${row.id}`,
  supplierId: row.supplierId,
  endpointId: row.id,
  facts,
});

const findEndpointsDown: Finder = async (db, now) => {
  const rows = await db
    .select({
      id: endpoints.id,
      supplierId: endpoints.supplierId,
      failures: endpointQueues.failuresInRow,
      since: endpointQueues.firstFailureAt,
    })
    .from(endpointQueues)
    .innerJoin(endpoints, eq(endpoints.id, endpointQueues.endpointId))
    .where(and(sql`${endpointQueues.failuresInRow} >= ${failuresToOpen}`, isOpen(now)));
  return rows.map((row) =>
    ofEndpoint("endpoint-down", row, {
      failuresInRow: row.failures,
      since: row.since?.toISOString() ?? null,
    }),
  );
};

// An endpoint that is down has its own alert; its old queue is the same incident.
const findOldQueues: Finder = async (db, now) => {
  const isOld = sql`${deliveries.createdAt} <= case when ${deliveries.transport} = 'mailbox'
    then ${before(now, mailboxOldMilliseconds)}::timestamptz else ${before(now, queueOldMilliseconds)}::timestamptz end`;
  const rows = await db
    .select({
      id: endpoints.id,
      supplierId: endpoints.supplierId,
      waiting: count,
      oldest: sql<string>`min(${deliveries.createdAt})`,
    })
    .from(deliveries)
    .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
    .leftJoin(endpointQueues, eq(endpointQueues.endpointId, endpoints.id))
    .where(
      and(
        eq(deliveries.state, "waiting"),
        lte(deliveries.createdAt, before(now, queueOldMilliseconds)),
        isOld,
        isOpen(now),
        sql`coalesce(${endpointQueues.failuresInRow}, 0) < ${failuresToOpen}`,
      ),
    )
    .groupBy(endpoints.id);
  return rows.map((row) =>
    ofEndpoint("queue-old", row, { waiting: row.waiting, oldest: new Date(row.oldest).toISOString() }),
  );
};

const findStoodHeads: Finder = async (db, now) => {
  const found = await findStandingLines(db, { now, before: before(now, headStandsMilliseconds) });
  return found.map(({ endpointId: id, supplierId, lines, waiting, since }) =>
    ofEndpoint("head-of-line", { id, supplierId }, { lines, waiting, since: since.toISOString() }),
  );
};

/**
 * Message counts by the suppliers of their sides: each is notified of its own, and the operators of the gateway of those without
 * a supplier.
 */
async function countBySide(db: ReadDatabase, kind: AlertKind, where: SQL | undefined): Promise<Fault[]> {
  const { senderSupplierId: sender, receiverSupplierId: receiver } = messages;
  const rows = await db
    .select({ sender, receiver, count })
    .from(messages)
    .where(where)
    .groupBy(sender, receiver);
  const totals = new Map<string | null, { sent: number; received: number }>();
  const add = (id: string | null, sent: number, received: number) => {
    const total = totals.get(id) ?? { sent: 0, received: 0 };
    totals.set(id, { sent: total.sent + sent, received: total.received + received });
  };
  for (const row of rows) {
    if (row.sender === null && row.receiver === null) add(null, row.count, row.count);
    if (row.sender !== null) add(row.sender, row.count, 0);
    if (row.receiver !== null) add(row.receiver, 0, row.count);
  }
  return [...totals].map(([supplierId, facts]) => ({
    kind,
    subject: supplierId === null ? "gateway" : `supplier:${supplierId}`,
    supplierId,
    endpointId: null,
    facts,
  }));
}

const findDeadLetters: Finder = async (db) =>
  await countBySide(db, "dead-letters", eq(messages.state, "dead"));

// The watchdog clears the deadline when it has reported a receipt as overdue.
const findReceiptsOverdue: Finder = async (db, now) =>
  await countBySide(
    db,
    "receipts-overdue",
    and(
      eq(messages.state, "delivered"),
      sql`${messages.acknowledgementRequested} and ${messages.deadlineAt} is null`,
      gt(messages.stateSince, before(now, receiptsLookedBackMilliseconds)),
    ),
  );

const watched = ["received", "validated", "routed", "queued", "delivering", "held"] as const;

const findMessagesOverdue: Finder = async (db, now) => {
  const isLate = (state: (typeof watched)[number]) =>
    and(
      eq(messages.state, state),
      lte(messages.stateSince, before(now, (deadlineSeconds[state] ?? 0) * 1000 + minute)),
    );
  // A message in a mailbox may be leased by its owner for a long time.
  const rows = await db
    .select({ count })
    .from(messages)
    .leftJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .where(
      and(
        inArray(messages.state, [...watched]),
        or(...watched.map(isLate)),
        sql`not (${messages.state} = 'delivering' and ${deliveries.transport} = 'mailbox')`,
      ),
    );
  const overdue = rows[0]?.count ?? 0;
  if (overdue === 0) return [];
  const facts = { overdue };
  return [{ kind: "messages-overdue", subject: "gateway", supplierId: null, endpointId: null, facts }];
};

const findExpiringCertificates: Finder = async (db, now) => {
  const soon = lte(endpoints.certificateExpiresAt, new Date(now.getTime() + 30 * day));
  const rows = await db
    .select({ id: endpoints.id, supplierId: endpoints.supplierId, end: endpoints.certificateExpiresAt })
    .from(endpoints)
    .where(and(soon, isOpen(now)));
  return rows.map(({ end, ...row }) => {
    const daysLeft = Math.floor(((end?.getTime() ?? 0) - now.getTime()) / day);
    const fault = ofEndpoint("certificate-expiring", row, { daysLeft });
    return daysLeft < 3 ? { ...fault, severity: "serious" } : fault;
  });
};

// Both sides are told: the new vendor decides what happens next.
const findHaltedSwitches: Finder = async (db) => {
  const { id, fromSupplierId, toSupplierId, state, haltedAt } = vendorSwitches;
  const rows = await db
    .select({ id, fromSupplierId, toSupplierId, haltedAt })
    .from(vendorSwitches)
    .where(eq(state, "halted"));
  return rows.flatMap((row): Fault[] => {
    const facts = { since: row.haltedAt?.toISOString() ?? null };
    const halted = { kind: "vendor-switch-halted", endpointId: null, facts } as const;
    const of = (side: string, supplierId: string) => ({
      ...halted,
      subject: `vendor-switch:${row.id}:${side}`,
      supplierId,
    });
    const taker = of("to", row.toSupplierId);
    return row.fromSupplierId === null ? [taker] : [taker, of("from", row.fromSupplierId)];
  });
};

const findOverdueNotices: Finder = async (db, now) => {
  const late = await db
    .select({ id: notices.id, since: notices.nextUpdateBy })
    .from(notices)
    .where(and(isNull(notices.closedAt), lte(notices.nextUpdateBy, now)));
  const refused = await db
    .select({ id: noticeDrafts.id, since: noticeDrafts.publishAt })
    .from(noticeDrafts)
    .where(isNotNull(noticeDrafts.refusedFor));
  const found = [
    ...late.map((row) => ({ ...row, isDraft: false })),
    ...refused.map((row) => ({ ...row, isDraft: true })),
  ];
  return found.map(({ id, since, isDraft }) => ({
    ...{ kind: "notice-overdue", subject: `notice:${id}`, supplierId: null, endpointId: null },
    facts: { isDraft, since: since?.toISOString() ?? null },
  }));
};

const findSignals: Finder = async (db, now) => {
  const rows = await db.select().from(alertSignals).where(gt(alertSignals.until, now));
  return rows.map(({ kind, subject, facts }) => ({
    kind,
    subject,
    supplierId: null,
    endpointId: null,
    facts,
  }));
};

const finders: readonly Finder[] = [
  findEndpointsDown,
  findOldQueues,
  findStoodHeads,
  findDeadLetters,
  findReceiptsOverdue,
  findMessagesOverdue,
  findExpiringCertificates,
  findHaltedSwitches,
  findOverdueNotices,
  findSignals,
];
