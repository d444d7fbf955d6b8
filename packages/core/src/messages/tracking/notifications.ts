import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { decodeCursor, encodeCursor } from "../../paging.ts";
import { requireMailbox } from "../mailboxes.ts";
import { deliveries, interchanges, messageEvents, messages } from "../tables.ts";
import { findVisibility, whereVisible } from "../visibility.ts";
import { FeedOffset, type Notification, type NotificationPage } from "./schemas.ts";

// Others' events are passed over in windows of this size, so that no question reads without end.
const windowRows = 2000;

// An event is shown when no transaction that began before its own is still open: then none can come in before it.
const isSettled = sql`${messageEvents.xid} < pg_snapshot_xmin(pg_current_snapshot())`;

type Asked = { after?: string | undefined; limit: number };

/** The offset of the newest event that is settled: changes when there is something new to read. */
export async function readFeedHead(ctx: Context): Promise<string> {
  const [head] = await ctx.db
    .select({ xid: messageEvents.xid, id: messageEvents.id })
    .from(messageEvents)
    .where(isSettled)
    .orderBy(sql`${messageEvents.xid} desc, ${messageEvents.id} desc`)
    .limit(1);
  return encodeCursor(head ? [head.xid, head.id] : ["0", 0]);
}

async function readWindow(ctx: Context, { after, limit }: Asked, seen: SQL | undefined) {
  const [xid, id] = after === undefined ? (["0", 0] as const) : decodeCursor(FeedOffset, after);
  const window = ctx.db
    .select()
    .from(messageEvents)
    .where(and(sql`(${messageEvents.xid}, ${messageEvents.id}) > (${xid}::xid8, ${id}::bigint)`, isSettled))
    .orderBy(asc(messageEvents.xid), asc(messageEvents.id))
    .limit(windowRows)
    .as("event");
  const rows = await ctx.db
    .select({
      event: { xid: window.xid, id: window.id, at: window.at, name: window.event },
      states: { from: window.fromState, to: window.toState },
      message: messages,
      controlReference: interchanges.controlReference,
      deliveryId: deliveries.id,
    })
    .from(window)
    .leftJoin(messages, and(eq(messages.id, window.messageId), seen))
    .leftJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .leftJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .orderBy(asc(window.xid), asc(window.id));
  const items: Notification[] = [];
  let next = encodeCursor([xid, id]);
  for (const row of rows) {
    if (items.length === limit) return { items, next, isEnd: false };
    next = encodeCursor([row.event.xid, row.event.id]);
    if (row.message) items.push(notificationOf(next, { ...row, message: row.message }));
  }
  return { items, next, isEnd: rows.length < windowRows };
}

type Row = {
  event: { at: Date; name: Notification["event"] };
  states: { from: Notification["from"]; to: Notification["to"] };
  message: typeof messages.$inferSelect;
  controlReference: string | null;
  deliveryId: string | null;
};

function notificationOf(offset: string, { event, states, message, controlReference, deliveryId }: Row) {
  return {
    offset,
    at: event.at.toISOString(),
    event: event.name,
    ...states,
    messageId: message.id,
    interchangeId: message.interchangeId,
    deliveryId,
    controlReference: controlReference ?? "",
    reference: message.reference,
    messageType: message.messageType,
    version: message.version,
    sender: message.sender,
    receiver: message.receiver,
  };
}

/**
 * What happened to the actor's messages after an offset, in an order in which nothing comes in later before what was read:
 * who goes on from `next` misses nothing and gets nothing twice. `isEnd` is false where there may be more at once.
 */
export async function readNotifications(ctx: Context, asked: Asked): Promise<NotificationPage> {
  return await readWindow(ctx, asked, whereVisible(await findVisibility(ctx), messages));
}

/** What came to wait in the mailbox of a location number after an offset, in the same order. */
export async function readMailboxNotices(
  ctx: Context,
  { gln, ...asked }: Asked & { gln: string },
): Promise<NotificationPage> {
  await requireMailbox(ctx, gln);
  const carried = sql`exists (select from ${deliveries} d where d.id = ${messages.deliveryId}
    and d.transport = 'mailbox' and d.receiver = ${gln})`;
  const page = await readWindow(ctx, asked, and(eq(messages.receiver, gln), carried));
  return { ...page, items: page.items.filter(({ to, from }) => to === "queued" && from !== to) };
}
