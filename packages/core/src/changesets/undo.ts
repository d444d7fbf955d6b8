import { eq } from "drizzle-orm";
import { type Context, changeAllUnjournalled } from "../context.ts";
import { Command, isRefusal, previewCommands } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import type { JournalEntry } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import {
  type ChangeSet,
  createChangeSet,
  getChangeSet,
  insertItems,
  loadChangeSet,
  setSubject,
} from "./change-sets.ts";

import { factsOf, listEdits, periodsOf } from "./set-journal.ts";

/**
 * Drafts the set that undoes an applied set. `conflict` when another set that undoes it is open or applied, `not-allowed` for
 * those who may not edit all that it touched.
 */
export async function revertChangeSet(ctx: Context, { id }: { id: string }): Promise<ChangeSet> {
  const set = await getChangeSet(ctx, { id });
  if (set.state !== "applied") {
    throw new DomainError("conflict", "change-set-state", {
      fault: "state",
      state: set.state,
    });
  }
  const entries = await listEdits(ctx.db, eq(journalEntries.changeSetId, id));
  const refused = new DomainError("not-allowed", "no-right", { action: "change-set.edit" });
  return await draftUndo(ctx, entries, {
    title: `Fortryd: ${set.title}`.slice(0, 120),
    revertsId: id,
    refused,
  });
}

/**
 * Drafts the set that undoes one journal entry about a unit or a location number. `not-found` when there is no such entry, or it
 * is none that can be undone, or one about what the actor may not edit.
 */
export async function revertEntry(ctx: Context, { sequence }: { sequence: number }): Promise<ChangeSet> {
  const [entry] = await listEdits(ctx.db, eq(journalEntries.sequence, sequence));
  const refused = new DomainError("not-found", "nothing-to-undo", { sequence });
  if (!entry) throw refused;
  return await draftUndo(ctx, [entry], { title: `Fortryd: ændring nr. ${sequence}`, refused });
}

async function draftUndo(
  ctx: Context,
  entries: readonly JournalEntry[],
  { title, revertsId, refused }: { title: string; revertsId?: string; refused: DomainError },
): Promise<ChangeSet> {
  const commands = entries.toReversed().flatMap((entry) => undoOf(entry) ?? []);
  if (commands.length === 0) {
    throw new DomainError("not-found", "nothing-to-undo", { fault: "nothing-to-undo" });
  }
  // A draft shows what its commands hold: an entry about what the actor may not edit is not for them to read this way.
  const { problems } = await previewCommands(ctx, commands);
  if (problems.some(isRefusal)) throw refused;
  const set = await createChangeSet(ctx, { title, comment: null, ...(revertsId && { revertsId }) });
  // What the undone change itself left counts as seen; anything later is a conflict that the preview names.
  const seen = new Map(entries.map((entry) => [`${entry.subjectType} ${entry.subjectId}`, entry.sequence]));
  await changeAllUnjournalled(ctx, {}, async (tx, requireMay) => {
    const drafted = await loadChangeSet(tx, ctx, set.id, "update");
    requireMay("change-set.edit", setSubject(drafted));
    // A repeated request finds them there.
    if (drafted.items.length === 0) await insertItems(tx, ctx, drafted, { commands, seen });
  });
  return await getChangeSet(ctx, { id: set.id });
}

/** The command that undoes an entry; undefined for one whose content does not say enough. */
function undoOf(entry: JournalEntry): Command | undefined {
  const { sequence, subjectId } = entry;
  const facts = factsOf(entry);
  if (!facts) return undefined;
  const { before, after } = facts;
  const isUnit = entry.subjectType === "unit";
  const unitRestore = (what: object) =>
    parsed({ kind: "unit.restore", sorId: subjectId, removed: [], added: [], ...what, sequence });
  if (after.replacedBy) {
    return unitRestore({ successors: before.replacedBy ?? [] });
  }
  if (after.withdrawal) return unitRestore({ withdrawal: before.withdrawal ?? [] });
  if (after.registrations) {
    const [was, became] = [before.registrations ?? [], after.registrations];
    const recordedAt = entry.at.toISOString();
    return parsed({
      kind: "registrations.restore",
      gln: subjectId,
      recordedAt,
      before: was,
      after: became,
      sequence,
    });
  }
  const sides = { removed: periodsOf(after.versions), added: periodsOf(before.versions), sequence };
  return parsed(
    isUnit
      ? { kind: "unit.restore", sorId: subjectId, ...sides }
      : { kind: "location.restore", gln: subjectId, ...sides },
  );
}

const parsed = (value: unknown): Command | undefined => Command.safeParse(value).data;
