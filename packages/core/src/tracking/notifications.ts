import { and, asc, eq, gt, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { requireMailbox } from "../deliveries/index.ts";
import { DomainError } from "../errors.ts";
import { type FeedPosition, type FeedStart, offsetOf, parseOffset, startAfter } from "../feed/index.ts";
import { feedEntries, feedEpochs, feedHead } from "../feed/tables.ts";
import { findVisibility, whereVisible } from "../messages/index.ts";
import { deliveries, interchanges, messageEvents, messages } from "../messages/tables.ts";
import type { Notification, NotificationPage } from "./schemas.ts";

// The feed is scanned in windows of this size, so that a request that finds only others' events is bounded.
const windowRows = 2000;

type Asked = { after?: string | undefined; limit: number };

async function readPosition(ctx: Context): Promise<FeedPosition> {
  const epochs = sql<FeedPosition["epochs"]>`(select json_agg(json_build_object(
    'epoch', ${feedEpochs.epoch}, 'beganAfter', ${feedEpochs.beganAfter}) order by ${feedEpochs.epoch}) from ${feedEpochs})`;
  const [position] = await ctx.db.select({ head: feedHead.sequence, epochs }).from(feedHead);
  if (!position) throw new Error("the feed has no head row: the database is not migrated");
  return position;
}

/** The offset of the newest numbered event: changes when there is something new to read. */
export async function readFeedHead(ctx: Context): Promise<string> {
  const position = await readPosition(ctx);
  return offsetOf(position.head, position);
}

/** The number after which an offset continues; throws `gone` with `begin` where it is from another database's history. */
async function findStart(ctx: Context, after: string, position: FeedPosition): Promise<number> {
  if (after === "latest") return position.head;
  const offset = parseOffset(after);
  const start =
    offset.kind === "numbered" ? startAfter(offset, position) : await startAfterEvent(ctx, offset);
  if (start.kind === "after") return start.sequence;
  throw new DomainError("gone", "offset-gone", {
    fault: "offset-gone",
    begin: offsetOf(start.begin, position),
  });
}

async function startAfterEvent(ctx: Context, { xid, id }: { xid: string; id: number }): Promise<FeedStart> {
  if (id === 0) return { kind: "after", sequence: 0 };
  const [entry] = await ctx.db
    .select({ sequence: feedEntries.sequence })
    .from(feedEntries)
    .innerJoin(messageEvents, eq(messageEvents.id, feedEntries.eventId))
    .where(and(eq(feedEntries.eventId, id), eq(messageEvents.xid, xid)));
  return entry ? { kind: "after", sequence: entry.sequence } : { kind: "gone", begin: 0 };
}

async function readWindow(ctx: Context, { after = "0", limit }: Asked, seen: SQL | undefined) {
  const position = await readPosition(ctx);
  const start = await findStart(ctx, after, position);
  const window = ctx.db
    .select()
    .from(feedEntries)
    .where(and(gt(feedEntries.sequence, start), lte(feedEntries.sequence, position.head)))
    .orderBy(asc(feedEntries.sequence))
    .limit(windowRows)
    .as("entry");
  const rows = await ctx.db
    .select({
      sequence: window.sequence,
      // drizzle treats an object whose first column is null as a row that was not joined: put a column first that is never null.
      event: {
        at: messageEvents.at,
        event: messageEvents.event,
        from: messageEvents.fromState,
        to: messageEvents.toState,
      },
      message: messages,
      controlReference: interchanges.controlReference,
      deliveryId: deliveries.id,
    })
    .from(window)
    .leftJoin(messageEvents, eq(messageEvents.id, window.eventId))
    .leftJoin(messages, and(eq(messages.id, messageEvents.messageId), seen))
    .leftJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .leftJoin(deliveries, eq(deliveries.id, messages.deliveryId))
    .orderBy(asc(window.sequence));
  const items: Notification[] = [];
  let read = start;
  for (const { sequence, event, message, ...row } of rows) {
    if (items.length === limit) return { items, next: offsetOf(read, position), isEnd: false };
    read = sequence;
    if (message && event) items.push(notificationOf(offsetOf(read, position), { ...row, event, message }));
  }
  return { items, next: offsetOf(read, position), isEnd: rows.length < windowRows };
}

type Row = {
  event: { at: Date } & Pick<Notification, "event" | "from" | "to">;
  message: typeof messages.$inferSelect;
  controlReference: string | null;
  deliveryId: string | null;
};

function notificationOf(offset: string, { event, message, controlReference, deliveryId }: Row) {
  return {
    offset,
    ...event,
    at: event.at.toISOString(),
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
 * Events of the actor's messages after an offset, in an order in which nothing is inserted later before what was read: reading on
 * from `next` misses and repeats nothing. `isEnd` is false when there may be more already.
 */
export async function readNotifications(ctx: Context, asked: Asked): Promise<NotificationPage> {
  return await readWindow(ctx, asked, whereVisible(await findVisibility(ctx), messages));
}

/** New deliveries in the mailbox of a location number after an offset, in the same order. */
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
