import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { findMessagesByPatient } from "../content/index.ts";
import type { Context } from "../context.ts";
import { findVisibility, ListCursor, summaryOf, whereVisible } from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { decodeCursor, toPage } from "../paging.ts";
import { hasKey, idsAmong } from "./business-keys.ts";
import type { MessageSearch, SearchPage } from "./schemas.ts";

/** Searches for messages by business keys, or for those of a patient; see `findMessagesByPatient`. */
export async function searchMessages(ctx: Context, search: MessageSearch): Promise<SearchPage> {
  const { patientId, keys = [], after, limit } = search;
  if (patientId !== undefined) return await findMessagesByPatient(ctx, { patientId, after, limit });
  return await searchByKeys(ctx, { ...search, keys });
}

/**
 * Searches visible messages by business keys, newest first; the first page also lists keys without a result. Keys of others'
 * messages are indistinguishable from keys that do not exist.
 */
async function searchByKeys(
  ctx: Context,
  search: MessageSearch & { keys: readonly string[] },
): Promise<SearchPage> {
  const visible = whereVisible(await findVisibility(ctx), messages);
  const { from, to, limit } = search;
  const keys = [...new Set(search.keys)];
  const cursor = search.after === undefined ? undefined : decodeCursor(ListCursor, search.after);
  const rows = await ctx.db
    .select({ message: messages, controlReference: interchanges.controlReference })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .where(
      and(
        hasKey(ctx, keys),
        visible,
        from === undefined ? undefined : sql`${messages.receivedAt} >= ${new Date(from)}`,
        to === undefined ? undefined : sql`${messages.receivedAt} < ${new Date(to)}`,
        cursor &&
          sql`(${messages.receivedAt}, ${messages.id}) < (${new Date(cursor[0])}, ${cursor[1]}::uuid)`,
      ),
    )
    .orderBy(desc(messages.receivedAt), desc(messages.id))
    .limit(limit + 1);
  const page = toPage(rows, limit, ({ message }) => [message.receivedAt.toISOString(), message.id]);
  const items = page.items.map(({ message, controlReference }) => ({
    ...summaryOf(message),
    controlReference,
  }));
  if (cursor) return { items, next: page.next };
  return { items, next: page.next, notFound: await keysWithout(ctx, keys, visible) };
}

async function keysWithout(ctx: Context, keys: readonly string[], visible: SQL | undefined) {
  const messageIds = await ctx.db
    .selectDistinct({ key: messages.reference })
    .from(messages)
    .where(and(inArray(messages.reference, [...keys]), visible));
  const envelopeIds = await ctx.db
    .selectDistinct({ key: interchanges.controlReference })
    .from(messages)
    .innerJoin(interchanges, sql`${interchanges.id} = ${messages.interchangeId}`)
    .where(and(inArray(interchanges.controlReference, [...keys]), visible));
  const ids = idsAmong(keys);
  const own =
    ids.length === 0
      ? []
      : await ctx.db
          .select({ id: messages.id, interchangeId: messages.interchangeId })
          .from(messages)
          .where(and(hasKey(ctx, ids), visible))
          .limit(10_000);
  const known = new Set([
    ...[...messageIds, ...envelopeIds].map(({ key }) => key),
    ...own.flatMap(({ id, interchangeId }) => [id, interchangeId]),
  ]);
  return keys.filter((key) => !known.has(key) && !known.has(key.toLowerCase()));
}
