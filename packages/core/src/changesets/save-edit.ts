import { type Context, changeAllUnjournalled } from "../context.ts";
import { newId } from "../database/index.ts";
import {
  type Command,
  editRegister,
  isRefusal,
  nextSorIds,
  type Preview,
  type Problem,
  previewCommands,
  reserveSorIds,
} from "../editing/index.ts";
import { addCommands, type ChangeSet, createChangeSet, getChangeSet } from "./change-sets.ts";
import { findChangeSet, findOpenDraft } from "./find-sets.ts";
import { resolveCommands } from "./read-commands.ts";
import { requireSeen, type Seen } from "./seen.ts";
import { applyChangeSet, requireTyped, submitChangeSet } from "./steps.ts";

/** The set with the edit, null when problems stopped it; and the problems, warnings among them. */
export type SavedEdit = { set: ChangeSet | null; problems: Problem[] };

/** Commands as they come from outside, read and given their numbers (see `addCommands`). */
export async function readCommands(ctx: Context, raw: readonly unknown[]): Promise<Command[]> {
  return await changeAllUnjournalled(ctx, {}, (tx) =>
    resolveCommands(raw, (count) => reserveSorIds(tx, count)),
  );
}

/** The effect of the commands of a form. New units have the SOR ids that are next; none is taken. */
export async function previewEdit(ctx: Context, raw: readonly unknown[]): Promise<Preview> {
  const commands = await resolveCommands(raw, (count) => nextSorIds(ctx.db, count));
  return await previewCommands(ctx, commands);
}

/** The commands of one form, and where they go. */
export type Edit = {
  title: string;
  commands: readonly unknown[];
  into: "now" | "draft";
  /** The state of the unit or location number that the form showed. */
  seen?: Seen | undefined;
  endings?: number | undefined;
};

/**
 * Saves the commands of one form. `draft` collects them in the actor's newest draft, or a new one. `now` applies them as a set of
 * their own, or submits it where a rule asks a second person; with errors nothing is saved. `conflict` (fault `etag`) when
 * what is in `seen` has changed; `not-allowed`, journalled, for a command that the actor may not give.
 */
export async function saveEdit(ctx: Context, input: Edit): Promise<SavedEdit> {
  const { title, seen } = input;
  const id = newId();
  // First of all: a form that is posted again gets its first answer, whatever stands in the register by now.
  const kept = await changeAllUnjournalled(ctx, { once: true }, async (tx) => {
    await requireSeen(tx, seen);
    return id;
  });
  const earlier = kept === id ? undefined : await findChangeSet(ctx, { id: kept });
  if (earlier) return { set: earlier, problems: [] };
  if (input.into === "draft") {
    const open = (await findOpenDraft(ctx)) ?? (await createChangeSet(ctx, { id, title, comment: null }));
    return { set: await addCommands(ctx, { id: open.id, commands: input.commands, seen }), problems: [] };
  }
  const preview = await previewEdit(ctx, input.commands);
  const { problems } = preview;
  if (problems.some((problem) => problem.severity === "error")) {
    if (problems.some(isRefusal)) await refuse(ctx, input.commands);
    return { set: null, problems };
  }
  requireTyped(preview, input.endings);
  await createChangeSet(ctx, { id, title, comment: null });
  await addCommands(ctx, { id, commands: input.commands, seen });
  const { state } = await submitChangeSet(ctx, { id, endings: input.endings });
  if (state === "approved") await applyChangeSet(ctx, { id });
  return { set: await getChangeSet(ctx, { id }), problems };
}

// Applying asks for every right before anything else, and journals the refusal.
async function refuse(ctx: Context, commands: readonly unknown[]): Promise<void> {
  await editRegister(ctx, await resolveCommands(commands, (count) => nextSorIds(ctx.db, count)));
}
