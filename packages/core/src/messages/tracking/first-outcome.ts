import { and, eq, inArray } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { MessageState } from "../states.ts";
import { messages } from "../tables.ts";

const undecided: readonly MessageState[] = ["received", "validated", "routed", "queued", "delivering"];

/** Whether every message of an interchange has come to where its sender can be told something: arrived, held, or why not. */
export async function hasFirstOutcome(ctx: Context, input: { id: string }): Promise<boolean> {
  const open = await ctx.db.$count(
    messages,
    and(eq(messages.interchangeId, input.id), inArray(messages.state, [...undecided])),
  );
  return open === 0;
}
