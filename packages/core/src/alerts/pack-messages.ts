import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { hideText, showText } from "../vault/index.ts";
import { composeMessage, type Happening } from "./compose-message.ts";
import {
  type AlertContent,
  alertIncidents,
  alertMessages,
  alertNotices,
  alertSubscriptions,
} from "./tables.ts";

type Subscription = typeof alertSubscriptions.$inferSelect;

const giveUpAfterSeconds = 24 * 3600;

/**
 * Makes one message for each receiver with something due, with everything that is waiting for that receiver. Returns how many it
 * made. Safe to run in several processes at once.
 */
export async function packAlertMessages(
  ctx: Context,
  input: { portalOrigin: string; limit: number },
): Promise<number> {
  return await work(ctx, async (tx) => {
    const due = sql`exists (select from ${alertNotices} n where n.subscription_id = ${alertSubscriptions.id}
      and n.message_id is null and n.due_at <= ${ctx.now})`;
    const receivers = await tx
      .select()
      .from(alertSubscriptions)
      .where(and(eq(alertSubscriptions.state, "active"), due))
      .limit(input.limit)
      .for("update", { skipLocked: true });
    let made = 0;
    for (const receiver of receivers) {
      if (await pack(tx, receiver, input.portalOrigin, ctx.now)) made += 1;
    }
    return made;
  });
}

/** Returns whether a message was made. */
async function pack(
  tx: Transaction,
  receiver: Subscription,
  portalOrigin: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx
    .select({ notice: alertNotices, incident: alertIncidents, endpointName: endpoints.name })
    .from(alertNotices)
    .innerJoin(alertIncidents, eq(alertIncidents.id, alertNotices.incidentId))
    .leftJoin(endpoints, eq(endpoints.id, alertIncidents.endpointId))
    .where(and(eq(alertNotices.subscriptionId, receiver.id), isNull(alertNotices.messageId)))
    .orderBy(asc(alertIncidents.openedAt), asc(alertIncidents.id), sql`${alertNotices.phase} desc`);
  // Another process that held the lock may have made the message: check again under the lock whether something is due.
  if (!rows.some(({ notice }) => notice.dueAt <= now)) return false;
  const happenings = rows.map(
    ({ notice, incident, endpointName }): Happening => ({
      incidentId: incident.id,
      phase: notice.phase,
      kind: incident.kind,
      severity: incident.severity,
      endpointId: incident.endpointId,
      endpointName,
      openedAt: incident.openedAt ?? incident.firstSeenAt,
      closedAt: notice.phase === "closed" ? incident.closedAt : null,
      facts: incident.facts,
    }),
  );
  const references = await earlierMessages(tx, receiver.id, happenings);
  const { name: receiverName } = receiver;
  const content = composeMessage({ happenings, receiverName, portalOrigin, madeAt: now, references });
  const messageId = await putIntoOutbox(
    tx,
    { subscriptionId: receiver.id, purpose: "incidents", content },
    now,
  );
  // Only the notices included in it: another process may have added more meanwhile.
  for (const phase of ["opened", "closed"] as const) {
    const carried = happenings.filter((happening) => happening.phase === phase);
    const ids = carried.map(({ incidentId }) => incidentId);
    const isCarried = and(eq(alertNotices.subscriptionId, receiver.id), eq(alertNotices.phase, phase));
    await tx
      .update(alertNotices)
      .set({ messageId })
      .where(and(isCarried, inArray(alertNotices.incidentId, ids)));
  }
  await tx
    .update(alertSubscriptions)
    .set({ lastPackedAt: now })
    .where(eq(alertSubscriptions.id, receiver.id));
  return true;
}

async function earlierMessages(
  tx: Transaction,
  subscriptionId: string,
  happenings: readonly Happening[],
): Promise<string[]> {
  const closed = happenings.filter(({ phase }) => phase === "closed").map(({ incidentId }) => incidentId);
  if (closed.length === 0) return [];
  const rows = await tx
    .selectDistinct({ id: alertNotices.messageId })
    .from(alertNotices)
    .where(
      and(
        eq(alertNotices.subscriptionId, subscriptionId),
        eq(alertNotices.phase, "opened"),
        inArray(alertNotices.incidentId, closed),
      ),
    )
    .limit(20);
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

// A confirmation mail contains the secret code: encrypt its text.
const hideContent = (content: AlertContent): AlertContent => ({
  ...content,
  text: hideText(content.text),
  html: hideText(content.html),
  json: hideText(content.json),
});

/** A message's content, decrypted. */
export const showContent = (content: AlertContent): AlertContent => ({
  ...content,
  text: showText(content.text),
  html: showText(content.html),
  json: showText(content.json),
});

/** Puts a message into the outbox, from which workers send it, and returns its id. Content with a secret is stored encrypted. */
export async function putIntoOutbox(
  tx: Transaction,
  message: {
    subscriptionId: string;
    purpose: (typeof alertMessages.$inferSelect)["purpose"];
    content: AlertContent;
  },
  now: Date,
): Promise<string> {
  const id = newId();
  const giveUpAt = new Date(now.getTime() + giveUpAfterSeconds * 1000);
  const content = message.purpose === "confirmation" ? hideContent(message.content) : message.content;
  await tx
    .insert(alertMessages)
    .values({ id, ...message, content, state: "waiting", createdAt: now, nextAttemptAt: now, giveUpAt });
  return id;
}
