import { isDeepStrictEqual } from "node:util";
import { type ChangeSet, type CommandOf, commandsMax, draftChangeSet } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import { givesWay } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { LocationFilter, lastingOf, listGlns } from "../message-types/index.ts";
import { wantedAfterSteps } from "../registration-steps/index.ts";
import type { BulkEdit } from "./schemas.ts";

export type BulkCommand = CommandOf<"registrations.edit">;

/** The command that takes steps for one location number. */
export const commandOf = (gln: string, steps: BulkCommand["steps"]): BulkCommand => ({
  kind: "registrations.edit",
  gln: gln as BulkCommand["gln"],
  steps,
});

/** Commands as they come from outside: a set reads them again. */
export const rawCommands = (commands: readonly BulkCommand[]): unknown[] =>
  JSON.parse(JSON.stringify(commands)) as unknown[];

/** The commands of an edit, one for each location number that it changes. */
export type BulkPlan = {
  commands: BulkCommand[];
  /** How many location numbers are selected, and how many of them stay as they are. */
  selected: number;
  unchanged: number;
};

/** The drafted set; null when the edit changes nothing. */
type BulkDraft = Omit<BulkPlan, "commands"> & { set: ChangeSet | null };

/**
 * The commands of one edit of many location numbers; nothing is written. `invalid` when none is selected, `too-large` when there
 * are more than a set can change.
 */
export async function planBulk(ctx: Context, edit: Omit<BulkEdit, "title" | "comment">): Promise<BulkPlan> {
  const glns = await selectGlns(ctx, edit);
  const lasting = await lastingOf(ctx, glns);
  const giveWay = givesWay();
  const commands: BulkPlan["commands"] = [];
  for (const gln of glns) {
    const held = lasting.get(gln) ?? [];
    const [before, after] = [[], edit.steps].map((steps) => wantedAfterSteps(held, steps, ctx.now));
    if (!isDeepStrictEqual(before, after)) commands.push(commandOf(gln, edit.steps));
    await giveWay();
  }
  return { commands, selected: glns.length, unchanged: glns.length - commands.length };
}

async function selectGlns(
  ctx: Context,
  { filter, glns }: Pick<BulkEdit, "filter" | "glns">,
): Promise<string[]> {
  const found = glns
    ? [...new Set(glns)].toSorted()
    : filter
      ? await listGlns(ctx, LocationFilter.parse(filter), commandsMax + 1)
      : [];
  if (found.length === 0) {
    throw new DomainError("invalid", "nothing-selected", { field: "glns", fault: "nothing-selected" });
  }
  if (found.length > commandsMax) throw new DomainError("too-large", "too-many-locations", { commandsMax });
  return found;
}

/** As `planBulk`, and drafts the commands as one change set. */
export async function draftBulk(ctx: Context, edit: BulkEdit): Promise<BulkDraft> {
  const { commands, ...counts } = await planBulk(ctx, edit);
  if (commands.length === 0) return { ...counts, set: null };
  const { title, comment } = edit;
  return { ...counts, set: await draftChangeSet(ctx, { title, comment, commands: rawCommands(commands) }) };
}
