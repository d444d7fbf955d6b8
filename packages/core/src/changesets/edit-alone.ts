import { eq } from "drizzle-orm";
import { type Context, changeAll, requireAnywhere } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import {
  type Applied,
  asError,
  Command,
  editRegister,
  isRefusal,
  nextSorId,
  type Preview,
  type Problem,
  previewCommands,
  type RegisterCopy,
  subjectOf,
} from "../editing/index.ts";
import { listLocationVersions, locationEtag } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, requireEtag } from "../etag.ts";
import type { Fault } from "../faults/index.ts";
import { journalEntries } from "../journal/tables.ts";
import { getUnitLine, type NewOrganisation, unitEtag } from "../organisations/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { type ChangeSet, getChangeSet, ownerOf, setEntry, setSubject } from "./change-sets.ts";
import { insertSet } from "./draft-set.ts";

import { readCommands } from "./save-edit.ts";

import { earliestDay, requireTyped } from "./steps.ts";

/** One edit that is a set of its own; the hash of its preview is that of the command as it is read again. */
export type LoneEdit = {
  command: Command;
  title: string;
  comment?: string | null | undefined;
  /** The ETags of the unit or location number on which the edit is based; absent: any state will do. */
  etag?: ExpectedEtag;
  /** How many facts end, where they are many. */
  endings?: number | undefined;
};

/** What the edit does, and its set: applied, or submitted where a second person must approve; null when nothing changed. */
export type LoneEdited = { preview: Preview; set: ChangeSet | null };

class NeedsAnother extends Error {
  readonly preview: Preview;
  constructor(preview: Preview) {
    super("needs another person");
    this.preview = preview;
  }
}

/**
 * Applies one edit as a change set of its own, or submits that set where a rule asks a second person. Throws as `editRegister`,
 * and `invalid` (field `endings`) when many facts end and their number was not given.
 */
export async function editAlone(ctx: Context, edit: LoneEdit): Promise<LoneEdited> {
  const { title, endings } = edit;
  const command = Command.parse(edit.command);
  const row = { id: newId(), title, comment: edit.comment ?? null, ...ownerOf(ctx) };
  const done = await editRegister(ctx, [command], {
    comment: title,
    changeSetId: row.id,
    once: true,
    expect: (copy) => requireBased(command, edit.etag, rowsIn(copy, command)),
    within: async (tx, preview) => {
      if (preview.differences.length === 0) return [];
      requireTyped(preview, endings);
      if (preview.effects.approvals.length > 0) throw new NeedsAnother(preview);
      const applied = { state: "applied", appliedAt: ctx.now, appliedBy: row.ownerId } as const;
      return [await addSet(tx, ctx, { row, command, preview, state: applied })];
    },
  }).catch(async (error: unknown) => {
    if (!(error instanceof NeedsAnother)) throw error;
    return await submitAlone(ctx, row, command, error.preview);
  });
  const set = done.sequence === null ? null : await setOfEntry(ctx, done.sequence);
  return { preview: done, set };
}

/** What `editAlone` would do or refuse. Nothing is written, no number is taken and no refusal is journalled. */
export async function previewAlone(ctx: Context, edit: LoneEdit): Promise<LoneEdited> {
  const command = Command.parse(edit.command);
  const preview = await previewCommands(ctx, [command]);
  const refused = preview.problems.find(isRefusal);
  if (refused) throw asRefusal(refused);
  requireBased(command, edit.etag, await rowsOf(ctx.db, command));
  const first = preview.problems.find(({ severity }) => severity === "error");
  if (first) throw asError(first);
  if (preview.differences.length > 0) requireTyped(preview, edit.endings);
  return { preview, set: null };
}

const asRefusal = ({ details }: Problem) => {
  const { action } = details;
  const subjectType = action === "unit.edit" ? "unit" : "location";
  return new DomainError("not-allowed", "no-right", { action, subjectType });
};

type SetRow = { id: string; title: string; comment: string | null } & ReturnType<typeof ownerOf>;
type LoneSet = {
  row: SetRow;
  command: Command;
  preview: Preview;
  state: { state: "submitted" } | { state: "applied"; appliedAt: Date; appliedBy: string };
};

async function addSet(tx: Transaction, ctx: Context, { row, command, preview, state }: LoneSet) {
  const { sorIds, supplierIds } = preview.effects;
  const applyBy = earliestDay([command], dayInDenmark(ctx.now));
  const submitted = { submittedAt: ctx.now, submittedHash: preview.hash, applyBy, sorIds, supplierIds };
  await insertSet(tx, ctx, { ...row, ...submitted, ...state }, [command]);
  return setEntry(row, null, state.state);
}

async function submitAlone(ctx: Context, row: SetRow, command: Command, preview: Preview): Promise<Applied> {
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    requireMay("change-set.edit", setSubject(row));
    const entry = await addSet(tx, ctx, { row, command, preview, state: { state: "submitted" } });
    const numbered = (sequence: number): Applied => ({ ...preview, sequence });
    return { result: { ...preview, sequence: null }, entries: [entry], numbered };
  });
}

// A repeated request gets its first result, which names the set by its entry in the journal.
async function setOfEntry(ctx: Context, sequence: number): Promise<ChangeSet> {
  const [entry] = await ctx.db
    .select({ id: journalEntries.changeSetId })
    .from(journalEntries)
    .where(eq(journalEntries.sequence, sequence));
  return await getChangeSet(ctx, { id: entry?.id ?? "" });
}

type Rows = { present: string; fault: Fault } | undefined;

function requireBased(command: Command, etag: ExpectedEtag, rows: Rows): void {
  // What is not registered is reported as such by the command.
  if (rows && !command.kind.endsWith(".create")) requireEtag(etag, rows.present, rows.fault);
}

function rowsIn(copy: RegisterCopy, command: Command): Rows {
  const { type, id } = subjectOf(command);
  const unit = type === "unit" ? copy.units.get(id) : undefined;
  if (unit) return { present: unitEtag(unit.rows), fault: "unit-changed" };
  const location = type === "location" ? copy.locations.get(id) : undefined;
  return location && { present: locationEtag(location.rows), fault: "location-changed" };
}

async function rowsOf(db: ReadDatabase, command: Command): Promise<Rows> {
  const { type, id } = subjectOf(command);
  if (type === "unit") {
    const line = await getUnitLine(db, id).catch(ifMissing);
    return line && { present: unitEtag(line.versions), fault: "unit-changed" };
  }
  const versions = await listLocationVersions(db, id);
  return versions.length === 0 ? undefined : { present: locationEtag(versions), fault: "location-changed" };
}

function ifMissing(error: unknown): undefined {
  if (error instanceof DomainError && error.code === "not-found") return undefined;
  throw error;
}

/**
 * The command that registers a unit: without a SOR id it gets a reserved one, or in a preview the next, which stays free. Throws
 * `not-allowed` for those who edit no units.
 */
export async function numberUnit(ctx: Context, unit: NewOrganisation, isPreview: boolean): Promise<Command> {
  if (unit.sorId !== undefined) return { kind: "unit.create", ...unit, sorId: unit.sorId };
  if (isPreview) return { kind: "unit.create", ...unit, sorId: await nextSorId(ctx.db) };
  await requireAnywhere(ctx, "unit.edit", "unit");
  const [command] = await readCommands(ctx, [{ kind: "unit.create", ...unit }]);
  return command as Command;
}
