import { count, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { findVisibility, type MessageState } from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { idsOfInterchanges, idsOfMessages } from "./list-messages.ts";
import type { InterchangeFilter, MessageFilter } from "./schemas.ts";

/** Maximum count, beyond which only "at least" is reported. */
const countedMost = { exact: 100_000, estimate: 1000 } as const;

type MessageCount = { total: number; isTotalLeast: boolean };

/**
 * How many visible messages match the filter, regardless of its page. Each branch is an index scan that ends after 100,000, or
 * 1,000 for an estimate: then `isTotalLeast` says that there are more.
 */
export async function countMessages(
  ctx: Context,
  input: { filter: MessageFilter; count: "exact" | "estimate" },
): Promise<MessageCount> {
  const most = countedMost[input.count];
  const filter = { ...input.filter, after: undefined, limit: most };
  const ids = idsOfMessages(ctx, await findVisibility(ctx), filter);
  return counted(await ctx.db.$count(messages, inArray(messages.id, ids)), most);
}

/** How many visible interchanges match the filter; counted like `countMessages`. */
export async function countInterchanges(
  ctx: Context,
  input: { filter: InterchangeFilter; count: "exact" | "estimate" },
): Promise<MessageCount> {
  const most = countedMost[input.count];
  const filter = { ...input.filter, after: undefined, limit: most };
  const ids = idsOfInterchanges(ctx, await findVisibility(ctx), filter);
  return counted(await ctx.db.$count(interchanges, inArray(interchanges.id, ids)), most);
}

/** How many of the newest matching messages the counts of states look at. */
export const statesMost = 10_000;

/**
 * How many visible messages that match the filter are in each state, whatever state the filter asks for. Only the newest 10,000
 * are counted: then `isCut` says that there are more.
 */
export async function countStates(
  ctx: Context,
  filter: MessageFilter,
): Promise<{ states: ReadonlyMap<MessageState, number>; isCut: boolean }> {
  const asked = { ...filter, state: undefined, after: undefined, limit: statesMost };
  const ids = idsOfMessages(ctx, await findVisibility(ctx), asked);
  const rows = await ctx.db
    .select({ state: messages.state, count: count() })
    .from(messages)
    .where(inArray(messages.id, ids))
    .groupBy(messages.state);
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return { states: new Map(rows.map((row) => [row.state, row.count])), isCut: total > statesMost };
}

const counted = (found: number, most: number) => ({
  total: Math.min(found, most),
  isTotalLeast: found > most,
});
