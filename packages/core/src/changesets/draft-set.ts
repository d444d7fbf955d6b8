import { type Context, changeAll, requireAnywhere } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { type Command, commandsMax, subjectOf } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import {
  type ChangeSet,
  getChangeSet,
  insertItems,
  ownerOf,
  requireRoom,
  setEntry,
  setSubject,
} from "./change-sets.ts";
import { readCommands } from "./save-edit.ts";
import type { NewChangeSet } from "./schemas.ts";
import { newestEntries } from "./seen.ts";
import { changeSets } from "./tables.ts";

/**
 * Drafts a change set with its commands, or none, at once. As `createChangeSet` and `addCommands`: `invalid` (details: `at`,
 * `field`) for a command that is not well-formed, `too-large` for too many; then there is no set.
 */
export async function draftChangeSet(
  ctx: Context,
  input: NewChangeSet & { id?: string; commands: readonly unknown[] },
): Promise<ChangeSet> {
  await requireAnywhere(ctx, "change-set.edit", "change-set");
  if (input.commands.length > commandsMax) {
    throw new DomainError("too-large", "change-set-full", { commandsMax });
  }
  const commands = await readCommands(ctx, input.commands);
  const { title, comment } = input;
  const { id } = await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const set = { id: input.id ?? newId(), ...ownerOf(ctx) };
    requireMay("change-set.edit", setSubject(set));
    const row = { ...set, title, comment, state: "draft" } as const;
    await insertSet(tx, ctx, row, commands);
    return { result: { id: set.id }, entries: [setEntry(row, null, "draft")] };
  });
  return await getChangeSet(ctx, { id });
}

/** Inserts a set of the actor with its commands; what stands now about their subjects counts as seen. */
export async function insertSet(
  tx: Transaction,
  ctx: Context,
  row: Omit<typeof changeSets.$inferInsert, "createdAt" | "updatedAt">,
  commands: readonly Command[],
): Promise<void> {
  if (row.state !== "applied" && row.state !== "proposed") await requireRoom(tx, row.ownerId);
  const stamps = { createdAt: ctx.now, updatedAt: ctx.now };
  const [set] = await tx
    .insert(changeSets)
    .values({ ...row, ...stamps })
    .returning();
  if (!set) throw new Error("a set that was inserted is returned");
  const seen = await newestEntries(tx, commands.map(subjectOf));
  await insertItems(tx, ctx, { ...set, items: [], decisions: [], remarks: [] }, { commands, seen });
}
