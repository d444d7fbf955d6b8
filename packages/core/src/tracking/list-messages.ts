import { findMessageType } from "@sor/edi";
import { and, desc, eq, gte, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { type PgColumn, union, unionAll } from "drizzle-orm/pg-core";
import type { Context } from "../context.ts";
import type { InterchangeView, MessageSummary } from "../messages/index.ts";
import {
  findVisibility,
  ListCursor,
  loadInterchanges,
  type SideColumns,
  summaryOf,
  type Visibility,
  visibleBranches,
} from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { hasKey, isUnderEnvelope } from "./business-keys.ts";
import type { InterchangeFilter, MessageFilter } from "./schemas.ts";

type Listed = typeof messages | typeof interchanges;
type Asked = Pick<MessageFilter, "party" | "sender" | "receiver" | "from" | "to" | "after" | "limit">;

const equals = (column: PgColumn, value: string | undefined): SQL | undefined =>
  value === undefined ? undefined : eq(column, value);

/** The conditions that messages and interchanges share, without those that are split into branches. */
function common(table: Listed, asked: Asked): (SQL | undefined)[] {
  const cursor = asked.after === undefined ? undefined : decodeCursor(ListCursor, asked.after);
  return [
    equals(table.sender, asked.sender),
    equals(table.receiver, asked.receiver),
    asked.from === undefined ? undefined : gte(table.receivedAt, new Date(asked.from)),
    asked.to === undefined ? undefined : lt(table.receivedAt, new Date(asked.to)),
    cursor && sql`(${table.receivedAt}, ${table.id}) < (${new Date(cursor[0])}, ${cursor[1]}::uuid)`,
  ];
}

/** Every combination of a side that the actor may see from and a side that the party is on. */
function waysOf(table: Listed & SideColumns, branches: SQL[] | undefined, party: string | undefined) {
  const sides = party === undefined ? [undefined] : [eq(table.sender, party), eq(table.receiver, party)];
  return (branches ?? [undefined]).flatMap((branch) => sides.map((side) => and(branch, side)));
}

/**
 * The ids of a page, newest first, and one more. Each branch is a scan of its own index in time order and ends after a page,
 * however many rows there are.
 */
function idsOfPage(
  ctx: Context,
  table: Listed,
  ways: readonly (SQL | undefined)[],
  conditions: readonly (SQL | undefined)[],
  limit: number,
) {
  const [first, second, ...more] = ways.map((way) =>
    ctx.db
      .select({ id: table.id })
      .from(table as typeof messages)
      .where(and(way, ...conditions))
      .orderBy(desc(table.receivedAt), desc(table.id))
      .limit(limit + 1),
  );
  if (!first) throw new Error("a list is looked at from at least one side");
  return second ? union(first, second, ...more) : first;
}

/** The branches of visible messages that match the filter, and the conditions of each. */
function waysToMessages(ctx: Context, visibility: Visibility, filter: MessageFilter) {
  const { reference, messageType, state, reason, receiptFlag, controlReference, keys } = filter;
  const conditions = [
    ...common(messages, filter),
    equals(messages.reference, reference),
    equals(messages.messageType, messageType && codeOf(messageType)),
    equals(messages.state, state),
    equals(messages.reason, reason),
    equals(messages.receiptFlag, receiptFlag),
    controlReference === undefined ? undefined : isUnderEnvelope(ctx, [controlReference]),
    keys && hasKey(ctx, keys),
  ];
  const ways = waysOf(messages, visibleBranches(visibility, messages), filter.party);
  return { ways, conditions };
}

/** A message type as stored: in the catalogue's spelling; letter case is ignored. */
const codeOf = (text: string) => findMessageType(text)?.code ?? text.toUpperCase();

/** Query for the ids of visible messages that match the filter, newest first, one more than the limit. */
export function idsOfMessages(ctx: Context, visibility: Visibility, filter: MessageFilter) {
  const { ways, conditions } = waysToMessages(ctx, visibility, filter);
  return idsOfPage(ctx, messages, ways, conditions, filter.limit);
}

/**
 * Query for measurements of visible messages that match the filter, newest first, one more than the limit. Each branch excludes
 * what an earlier one has found, so that sorted branches are merged without a sort.
 */
export function measuredMessages(ctx: Context, visibility: Visibility, filter: MessageFilter) {
  const { ways, conditions } = waysToMessages(ctx, visibility, filter);
  const { id, interchangeId, deliveryId, receivedAt, state, acknowledgementRequested, deadlineAt } = messages;
  const most = filter.limit + 1;
  const [first, second, ...more] = ways.map((way, index) => {
    const earlier = ways.slice(0, index).map((other) => sql`(${other}) is not true`);
    return ctx.db
      .select({ id, interchangeId, deliveryId, receivedAt, state, acknowledgementRequested, deadlineAt })
      .from(messages)
      .where(and(way, ...earlier, ...conditions))
      .orderBy(desc(receivedAt), desc(id))
      .limit(most);
  });
  if (!first) throw new Error("a list is looked at from at least one side");
  if (!second) return first;
  return unionAll(first, second, ...more)
    .orderBy(sql`received_at desc, id desc`)
    .limit(most);
}

/** Visible messages that match the filter, newest first. */
export async function listMessages(ctx: Context, filter: MessageFilter): Promise<Page<MessageSummary>> {
  const { limit } = filter;
  const ids = idsOfMessages(ctx, await findVisibility(ctx), filter);
  const rows = await ctx.db
    .select()
    .from(messages)
    .where(inArray(messages.id, ids))
    .orderBy(desc(messages.receivedAt), desc(messages.id))
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => [row.receivedAt.toISOString(), row.id]);
  return { ...page, items: page.items.map(summaryOf) };
}

/** Query for the ids of visible interchanges that match the filter, newest first, one more than the limit. */
export function idsOfInterchanges(ctx: Context, visibility: Visibility, filter: InterchangeFilter) {
  const branches = visibleBranches(visibility, interchanges);
  const { controlReference, messageType, state, keys, limit } = filter;
  const ofMessages = (condition: SQL | undefined) =>
    inArray(interchanges.id, ctx.db.select({ id: messages.interchangeId }).from(messages).where(condition));
  const wanted = and(
    equals(messages.messageType, messageType && codeOf(messageType)),
    equals(messages.state, state),
  );
  const conditions = [
    ...common(interchanges, filter),
    equals(interchanges.controlReference, controlReference),
    wanted && ofMessages(wanted),
    keys && or(inArray(interchanges.controlReference, keys), ofMessages(hasKey(ctx, keys))),
  ];
  return idsOfPage(ctx, interchanges, waysOf(interchanges, branches, filter.party), conditions, limit);
}

/** Visible interchanges that match the filter, newest first. */
export async function listInterchanges(
  ctx: Context,
  filter: InterchangeFilter,
): Promise<Page<InterchangeView>> {
  const { limit } = filter;
  const ids = idsOfInterchanges(ctx, await findVisibility(ctx), filter);
  const rows = await ctx.db
    .select()
    .from(interchanges)
    .where(inArray(interchanges.id, ids))
    .orderBy(desc(interchanges.receivedAt), desc(interchanges.id))
    .limit(limit + 1);
  const page = toPage(rows, limit, (row) => [row.receivedAt.toISOString(), row.id]);
  return { ...page, items: await loadInterchanges(ctx.db, page.items) };
}
