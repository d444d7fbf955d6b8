import type { Context } from "@sor/core";
import { ChangeSetState } from "@sor/core/changesets";
import type { JournalEntry } from "@sor/core/journal";
import { readHistoryEntry } from "@sor/core/message-types";
import { setStateOf } from "#lib/change-words.ts";
import { isUndoable } from "#lib/server/changes/undo-entry.ts";
import { diffOf, type FieldChange } from "#lib/server/journal-changes.ts";
import { nameSubjects } from "#lib/server/journal-subjects.ts";
import { endpointNames } from "#lib/server/message-views.ts";

// The changes of an import may be long; the page shows only the beginning.
const charactersShown = 4000;
const fieldsShown = 20;

function shown(value: unknown): string | null {
  if (value === null) return null;
  const text = JSON.stringify(value, null, 2);
  return text.length > charactersShown ? `${text.slice(0, charactersShown)}\n…` : text;
}

/** A change of a change set, its states in words. */
function ofSet(change: FieldChange): FieldChange {
  if (change.path.join() !== "state") return change;
  const worded = Object.entries(change).map(([side, value]) => {
    const state = ChangeSetState.safeParse(value);
    return [side, state.success ? setStateOf(state.data).text : value];
  });
  return Object.fromEntries(worded) as FieldChange;
}

/** The changes of an entry: for a location number as in its history, for everything else by field. */
function changesIn(entry: JournalEntry) {
  const history = entry.subjectType === "location" ? readHistoryEntry(entry) : [];
  const diff = history.length > 0 ? { changes: [], isPartial: false } : diffOf(entry.before, entry.after);
  return {
    history,
    fields: diff.changes
      .slice(0, fieldsShown)
      .map((change) => (entry.subjectType === "change-set" ? ofSet(change) : change)),
    fieldsMore: Math.max(0, diff.changes.length - fieldsShown),
    // Raw data are shown only where the text omits something.
    data: diff.isPartial ? { before: shown(entry.before), after: shown(entry.after) } : null,
  };
}

export type EntryView = Awaited<ReturnType<typeof viewEntries>>[number];

/** Entries of the journal as the page and the file show them: names, links and what changed. `vendors`: names by id. */
export async function viewEntries(
  ctx: Context,
  entries: readonly JournalEntry[],
  vendors: Readonly<Record<string, string>>,
) {
  const subjects = await nameSubjects(ctx, entries, vendors);
  const changed = entries.map(changesIn);
  const periods = changed.flatMap(({ history }) =>
    history.flatMap(({ before, after }) => [...before, ...after]),
  );
  const endpoints = await endpointNames(
    ctx,
    periods.map(({ endpointId }) => endpointId),
  );
  for (const period of periods) period.endpointName = endpoints.get(period.endpointId ?? "") ?? null;
  return entries.map(
    ({ sequence, at, actorKind, actorId, actorName, supplierId, action, outcome, ...entry }, index) => ({
      ...{ sequence, at, actorName, action, outcome, comment: entry.comment, subjectType: entry.subjectType },
      actorHref: actorKind === "user" && actorId !== null ? `/brugere/${actorId}` : null,
      supplierName: supplierId === null ? null : (vendors[supplierId] ?? null),
      subject: subjects[index],
      changes: changed[index],
      isUndoable: isUndoable({ action, outcome }),
    }),
  );
}
