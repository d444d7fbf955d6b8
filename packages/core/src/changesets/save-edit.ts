import { type Context, changeAll } from "../context.ts";
import { type Command, type Problem, previewCommands } from "../editing/index.ts";
import { addCommands, type ChangeSet, createChangeSet, getChangeSet } from "./change-sets.ts";

import { findOpenDraft } from "./find-sets.ts";

import { resolveCommands } from "./read-commands.ts";

import { applyChangeSet, submitChangeSet } from "./steps.ts";

/** The set with the edit, null when problems stopped it; and the problems, warnings among them. */
export type SavedEdit = { set: ChangeSet | null; problems: Problem[] };

/** Commands as they come from outside, read and given their numbers (see `addCommands`). */
export async function readCommands(ctx: Context, raw: readonly unknown[]): Promise<Command[]> {
  return await changeAll(ctx, {}, async (tx) => ({ result: await resolveCommands(tx, raw), entries: [] }));
}

/**
 * Saves the commands of one form. `draft` collects them in the actor's newest draft, or a new one. `now` applies them as a set of
 * their own, or submits it where a rule asks a second person; with errors nothing is saved.
 */
export async function saveEdit(
  ctx: Context,
  input: { title: string; commands: readonly unknown[]; into: "now" | "draft"; endings?: number | undefined },
): Promise<SavedEdit> {
  const commands = await readCommands(ctx, input.commands);
  if (input.into === "draft") {
    const id = (
      (await findOpenDraft(ctx)) ?? (await createChangeSet(ctx, { title: input.title, comment: null }))
    ).id;
    return { set: await addCommands(ctx, { id, commands }), problems: [] };
  }
  const { problems } = await previewCommands(ctx, commands);
  if (problems.some((problem) => problem.severity === "error")) return { set: null, problems };
  const { id } = await createChangeSet(ctx, { title: input.title, comment: null });
  await addCommands(ctx, { id, commands });
  const { state } = await submitChangeSet(ctx, { id, endings: input.endings });
  if (state === "approved") await applyChangeSet(ctx, { id });
  return { set: await getChangeSet(ctx, { id }), problems };
}
