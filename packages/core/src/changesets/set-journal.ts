import { and, asc, eq, gt, inArray, type SQL } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { Command, type Difference, type Period, subjectOf } from "../editing/index.ts";
import type { LocationFields } from "../endpoints/index.ts";
import type { JournalEntry } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import type { RegistrationFact } from "../message-types/index.ts";
import type { Attributes } from "../organisations/index.ts";
import { getChangeSet } from "./change-sets.ts";

import { JournalFacts } from "./schemas.ts";

const edits = ["unit.edit", "location.edit", "registration.edit"];

/** A step of a set: who took it to which state, when, and why. */
export type SetStep = {
  at: Date;
  who: string | null;
  from: string | null;
  to: string;
  comment: string | null;
  /** It took up the set from another. */
  isTakenUp: boolean;
};

/** A change of a set's subject that its author did not see. */
export type LaterChange = { sequence: number; at: Date; difference: Difference };

/** What an entry says of both sides; undefined when it does not say enough. */
export function factsOf(entry: JournalEntry): { before: JournalFacts; after: JournalFacts } | undefined {
  const before = JournalFacts.safeParse(entry.before ?? {}).data;
  const after = JournalFacts.safeParse(entry.after ?? {}).data;
  return before && after && { before, after };
}

/** The periods of a side of an entry. */
export const periodsOf = (versions: readonly Record<string, unknown>[] = []) =>
  versions.map(({ validFrom, validTo, ...content }) => ({ validFrom, validTo, content }));

/** The edits of the register among the entries that meet a condition, oldest first. */
export async function listEdits(db: ReadDatabase, condition: SQL | undefined): Promise<JournalEntry[]> {
  return await db
    .select()
    .from(journalEntries)
    .where(and(condition, inArray(journalEntries.action, edits), eq(journalEntries.outcome, "done")))
    .orderBy(asc(journalEntries.sequence));
}

/** What a set did when it was applied, from the journal; empty for one that is not applied. For everybody who may see it. */
export async function listAppliedDifferences(ctx: Context, { id }: { id: string }): Promise<Difference[]> {
  await getChangeSet(ctx, { id });
  const entries = await listEdits(ctx.db, eq(journalEntries.changeSetId, id));
  return entries.flatMap((entry) => differenceOf(entry) ?? []);
}

/** The entries with these numbers, as far as they changed a subject of the set. For everybody who may see it. */
export async function listLaterChanges(
  ctx: Context,
  { id, sequences }: { id: string; sequences: readonly number[] },
): Promise<LaterChange[]> {
  if (sequences.length === 0) return [];
  const { items } = await getChangeSet(ctx, { id });
  const subjects = items.map(({ command }) => subjectOf(command));
  const own = new Set(subjects.map((subject) => `${subject.type} ${subject.id}`));
  const entries = await listEdits(ctx.db, inArray(journalEntries.sequence, [...sequences]));
  return entries.flatMap((entry): LaterChange[] => {
    const difference = differenceOf(entry);
    if (!difference || !own.has(`${entry.subjectType} ${entry.subjectId}`)) return [];
    return [{ sequence: entry.sequence, at: entry.at, difference }];
  });
}

/** The steps of a set, oldest first: edits of a draft count as one, the last. For everybody who may see it. */
export async function listSteps(ctx: Context, { id }: { id: string }): Promise<SetStep[]> {
  await getChangeSet(ctx, { id });
  const { subjectType, subjectId, outcome, sequence } = journalEntries;
  const entries = await ctx.db
    .select()
    .from(journalEntries)
    .where(and(eq(subjectType, "change-set"), eq(subjectId, id), eq(outcome, "done")))
    .orderBy(asc(sequence));
  const steps = entries.map(({ at, actorName, before, after, comment }): SetStep => {
    const [from, { state: to, takenUp }] = [
      JournalFacts.parse(before ?? {}).state,
      JournalFacts.parse(after ?? {}),
    ];
    return {
      at,
      who: actorName,
      from: from ?? null,
      to: to ?? "draft",
      comment,
      isTakenUp: takenUp === true,
    };
  });
  const isEdit = (step: SetStep | undefined) => step?.from === "draft" && step.to === "draft";
  return steps.filter((step, index) => !(isEdit(step) && isEdit(steps[index + 1])));
}

/** The commands that were removed from a set since a time. For everybody who may see the set. */
export async function listRemoved(
  ctx: Context,
  { id, since }: { id: string; since: Date },
): Promise<Command[]> {
  await getChangeSet(ctx, { id });
  const { subjectType, subjectId, outcome, sequence, at } = journalEntries;
  const entries = await ctx.db
    .select({ after: journalEntries.after })
    .from(journalEntries)
    .where(and(eq(subjectType, "change-set"), eq(subjectId, id), eq(outcome, "done"), gt(at, since)))
    .orderBy(asc(sequence));
  return entries.flatMap(
    ({ after }) => Command.safeParse(JournalFacts.parse(after ?? {}).removed).data ?? [],
  );
}

function differenceOf(entry: JournalEntry): Difference | undefined {
  const facts = factsOf(entry);
  if (!facts) return undefined;
  const { before, after } = facts;
  const id = entry.subjectId;
  if (after.replacedBy)
    return { type: "successors", id, removed: before.replacedBy ?? [], added: after.replacedBy };
  if (after.withdrawal)
    return { type: "withdrawal", id, removed: before.withdrawal ?? [], added: after.withdrawal };
  if (after.registrations) {
    const [removed, added] = [before.registrations ?? [], after.registrations];
    return {
      type: "registrations",
      id,
      removed: removed.map(registrationOf),
      added: added.map(registrationOf),
    };
  }
  const [removed, added] = [periodsOf(before.versions), periodsOf(after.versions)];
  // The journal holds what the writers put there, in the form of the tables.
  return entry.subjectType === "unit"
    ? { type: "unit", id, removed: removed as Period<Attributes>[], added: added as Period<Attributes>[] }
    : {
        type: "location",
        id,
        removed: removed as Period<LocationFields>[],
        added: added as Period<LocationFields>[],
      };
}

const registrationOf = (fact: Record<string, unknown>) =>
  ({
    ...fact,
    validFrom: new Date(String(fact["validFrom"])),
    validTo: fact["validTo"] === null ? null : new Date(String(fact["validTo"])),
  }) as RegistrationFact;
