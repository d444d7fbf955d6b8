import { and, asc, eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { type DueEvent, earlierMessages, packMessages, type Receiver } from "../outbox/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import { composeMessage, type Happening } from "./compose-message.ts";
import { alertIncidents } from "./tables.ts";

/**
 * Makes one message for each receiver with something due, with everything that is waiting for that receiver. Returns how many it
 * made. Safe to run in several processes at once.
 */
export async function packAlertMessages(
  ctx: Context,
  input: { portalOrigin: string; limit: number },
): Promise<number> {
  const { portalOrigin, limit } = input;
  return await packMessages(ctx, {
    ...{ topic: "alerts", limit },
    compose: async (tx, receiver, events) => {
      const happenings = await happeningsOf(tx, receiver, events);
      if (happenings.length === 0) return undefined;
      const closed = happenings.filter(({ phase }) => phase === "closed").map(({ incidentId }) => incidentId);
      const references = await earlierMessages(tx, receiver.id, { eventIds: closed, phase: "opened" });
      const { name: receiverName } = receiver;
      return composeMessage({ happenings, receiverName, portalOrigin, madeAt: ctx.now, references });
    },
  });
}

async function happeningsOf(
  tx: Transaction,
  receiver: Receiver,
  events: readonly DueEvent[],
): Promise<Happening[]> {
  const rows = await tx
    .select({ phase: outboxEvents.phase, incident: alertIncidents, endpointName: endpoints.name })
    .from(outboxEvents)
    .innerJoin(alertIncidents, eq(alertIncidents.id, outboxEvents.eventId))
    .leftJoin(endpoints, eq(endpoints.id, alertIncidents.endpointId))
    .where(
      and(
        eq(outboxEvents.subscriptionId, receiver.id),
        inArray(outboxEvents.eventId, [...new Set(events.map(({ eventId }) => eventId))]),
      ),
    )
    .orderBy(asc(alertIncidents.openedAt), asc(alertIncidents.id));
  const isDue = new Set(events.map(({ eventId, phase }) => `${eventId} ${phase}`));
  // Of one incident its opening stands before its closing.
  const order = { opened: 0, closed: 1, published: 0, reminder: 0 };
  return rows
    .filter(({ incident, phase }) => isDue.has(`${incident.id} ${phase}`))
    .sort((a, b) => (a.incident.id === b.incident.id ? order[a.phase] - order[b.phase] : 0))
    .map(({ phase, incident, endpointName }) => ({
      incidentId: incident.id,
      phase: phase === "closed" ? "closed" : "opened",
      kind: incident.kind,
      severity: incident.severity,
      endpointId: incident.endpointId,
      endpointName,
      openedAt: incident.openedAt ?? incident.firstSeenAt,
      closedAt: phase === "closed" ? incident.closedAt : null,
      facts: incident.facts,
    }));
}
