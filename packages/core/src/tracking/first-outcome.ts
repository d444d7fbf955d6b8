import { and, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { MessageState } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";

const undecided: readonly MessageState[] = ["received", "validated", "routed", "queued", "delivering"];

/** Whether every message of these interchanges has an outcome for its sender: delivered, held, or refused with a reason. */
export async function hasFirstOutcome(ctx: Context, input: { ids: readonly string[] }): Promise<boolean> {
  const open = await ctx.db.$count(
    messages,
    and(inArray(messages.interchangeId, [...input.ids]), inArray(messages.state, [...undecided])),
  );
  return open === 0;
}
