import { inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { listLocationVersions, subjectOfLocation } from "../endpoints/index.ts";
import { endpoints, suppliers } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { type JournalEntry, type JournalFilter, listJournal } from "../journal/index.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { may } from "../permissions/index.ts";
import { type HistoryChange, readHistoryEntry, undoneBy } from "./read-history-entry.ts";
import { JournalCursor, RowId } from "./schemas.ts";

/** One line of a location number's history: when, who, and what changed. Refusals are shown to editors. */
export type HistoryLine = {
  sequence: number;
  at: Date;
  /**
   * Name of the person or key, for their own side and the register authority; of a system job, for everybody; null for others.
   */
  who: string | null;
  whoKind: JournalEntry["actorKind"];
  supplierName: string | null;
  action: string;
  outcome: "done" | "refused";
  /** The reason, for the same readers. */
  comment: string | null;
  changes: HistoryChange[];
  /** The sequence number of the change that this one undid. */
  undoes: number | null;
  /** Whether it changed what is received or sent, so that it may be undone. */
  isUndoable: boolean;
};

const pageMax = 100;

/**
 * The history of a location number, newest first, from the journal, for signed-in users; with `since` only later entries. Changes
 * by another supplier show its name instead of the person's or key's, and no reason.
 */
export async function listLocationHistory(
  ctx: Context,
  input: {
    gln: string;
    after?: string | undefined;
    since?: number | undefined;
    limit?: number | undefined;
  },
): Promise<Page<HistoryLine>> {
  const limit = Math.min(input.limit ?? 25, pageMax);
  const before = input.after === undefined ? undefined : decodeCursor(JournalCursor, input.after);
  const entries = await readEntries(ctx, { gln: input.gln, before, after: input.since, limit: limit + 1 });
  const page = toPage(entries, limit, (last) => last.sequence);
  return { items: await toLines(ctx, page.items), next: page.next };
}

/** One line of a location number's history by its journal sequence; undefined when that entry is about something else. */
export async function findLocationChange(
  ctx: Context,
  { gln, sequence }: { gln: string; sequence: number },
): Promise<HistoryLine | undefined> {
  const entries = await readEntries(ctx, { gln, before: sequence + 1, limit: 1 });
  const [line] = await toLines(
    ctx,
    entries.filter((entry) => entry.sequence === sequence),
  );
  return line;
}

/** The line of a location number's history that an applied change set wrote; undefined when it wrote none. */
export async function findChangeOfSet(
  ctx: Context,
  input: { gln: string; changeSetId: string },
): Promise<HistoryLine | undefined> {
  const entries = await readEntries(ctx, { ...input, limit: 10 });
  const lines = await toLines(ctx, entries);
  return lines.find(({ isUndoable }) => isUndoable);
}

type Question = Pick<JournalFilter, "before" | "after" | "changeSetId" | "limit"> & { gln: string };

async function readEntries(ctx: Context, input: Question): Promise<JournalEntry[]> {
  const { gln } = input;
  if (ctx.actor.kind === "anonymous") throw new DomainError("not-signed-in", "sign-in-first");
  const versions = await listLocationVersions(ctx.db, gln);
  if (versions.length === 0) throw new DomainError("not-found", "no-such-location", { gln });
  const subject = await subjectOfLocation(ctx.db, gln, versions, ctx.now);
  const outcome = may(ctx.actor, "registration.edit", subject, ctx.now) ? undefined : "done";
  return await listJournal(ctx.db, { ...input, outcome });
}

async function toLines(ctx: Context, entries: readonly JournalEntry[]): Promise<HistoryLine[]> {
  const changes = entries.map(readHistoryEntry);
  const names = await loadNames(ctx, entries, changes.flat());
  return entries.map((entry, i) => {
    const line = lineOf(entry, changes[i] ?? [], names);
    return isOthers(ctx, entry) ? { ...line, who: null, comment: null } : line;
  });
}

/** Whether another supplier than the actor's made the change, and the actor may not read the journal. */
function isOthers({ actor, now }: Context, { supplierId }: JournalEntry): boolean {
  if (supplierId === null || ("supplierId" in actor && actor.supplierId === supplierId)) return false;
  return !may(actor, "journal.read", { type: "journal", id: "entries" }, now);
}

type Names = { suppliers: Map<string, string>; endpoints: Map<string, string> };

async function loadNames(
  ctx: Context,
  entries: readonly JournalEntry[],
  changes: readonly HistoryChange[],
): Promise<Names> {
  const named = async (table: typeof suppliers | typeof endpoints, ids: (string | null)[]) => {
    const wanted = [...new Set(ids)].filter((id) => RowId.safeParse(id).success) as string[];
    if (wanted.length === 0) return new Map<string, string>();
    const rows = await ctx.db
      .select({ id: table.id, name: table.name })
      .from(table)
      .where(inArray(table.id, wanted));
    return new Map(rows.map((row) => [row.id, row.name]));
  };
  const endpointIds = changes.flatMap((change) =>
    [...change.before, ...change.after].map((period) => period.endpointId),
  );
  const [supplierNames, endpointNames] = await Promise.all([
    named(
      suppliers,
      entries.map((entry) => entry.supplierId),
    ),
    named(endpoints, endpointIds),
  ]);
  return { suppliers: supplierNames, endpoints: endpointNames };
}

function lineOf(entry: JournalEntry, changes: HistoryChange[], names: Names): HistoryLine {
  const withName = (period: HistoryChange["before"][number]) => ({
    ...period,
    endpointName: names.endpoints.get(period.endpointId ?? "") ?? null,
  });
  return {
    sequence: entry.sequence,
    at: entry.at,
    who: entry.actorName,
    whoKind: entry.actorKind,
    supplierName: names.suppliers.get(entry.supplierId ?? "") ?? null,
    action: entry.action,
    outcome: entry.outcome,
    comment: entry.comment,
    undoes: undoneBy(entry),
    isUndoable: entry.outcome === "done" && entry.action === "registration.edit" && changes.length > 0,
    changes: changes.map((change) => ({
      ...change,
      before: change.before.map(withName),
      after: change.after.map(withName),
    })),
  };
}
