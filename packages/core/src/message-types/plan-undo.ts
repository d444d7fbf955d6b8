import { compareEnds, continueWith, type Piece, subtract, type Validity } from "../validity/index.ts";
import { type Content, contentOf, factOf, lastingAfter, planRegistrations } from "./plan-registrations.ts";
import {
  keyOf,
  type PlanInput,
  type PlannedChange,
  type RegistrationFact,
  type RegistrationPlan,
  type RegistrationRow,
} from "./registration-plan.ts";

/** A recorded change: its time, and the affected registrations before and after it, from that time on. */
export type RecordedChange = { at: Date; before: RegistrationFact[]; after: RegistrationFact[] };

/** What the location number should receive and send after the undo. */
export function wantedAfterUndo(
  { before, after }: RecordedChange,
  current: readonly RegistrationRow[],
  now: Date,
): RegistrationFact[] {
  const touched = new Set([...before, ...after].map(keyOf));
  const others = current.filter((row) => !touched.has(keyOf(row))).map(factOf);
  return lastingAfter(now, [...others, ...before]);
}

/**
 * The plan that undoes a change: from now on the registrations before it apply again. The time between change and undo is kept as
 * it was; where nothing was registered then, the earlier registrations are filled in, so that an interrupted period is continuous
 * again. `input.wanted` is the result of `wantedAfterUndo`.
 */
export function planUndo(undone: RecordedChange, input: PlanInput): RegistrationPlan {
  const formats = new Map(undone.before.map((fact) => [keyOf(fact), fact.format]));
  const judged = planRegistrations({ ...input, restoring: formats });
  const touched = new Set([...undone.before, ...undone.after].map(keyOf));
  // The starts are the original ones, so warnings about starts do not apply.
  const problems = judged.problems.filter(({ code }) => code !== "begins-now" && code !== "start-kept");
  if (problems.some(({ severity }) => severity === "error")) {
    return { ...judged, problems, superseded: [], added: [] };
  }
  const parts = [...touched].map((key) => restoreLine(key, undone, input));
  const lines = new Map(parts.map((part) => [part.key, part]));
  const changes = judged.changes.map((change): PlannedChange => {
    const after = lines.get(keyOf(change))?.after;
    return after ? { ...change, after } : change;
  });
  return {
    changes,
    problems,
    superseded: parts.flatMap((part) => part.superseded),
    added: parts.flatMap((part) => part.added),
  };
}

function restoreLine(key: string, undone: RecordedChange, { current, now }: PlanInput) {
  // Start just before the change, so that periods it cut are joined with what is restored.
  const from = new Date(Math.min(undone.at.getTime(), now.getTime()) - 1);
  const rows = current.filter((row) => keyOf(row) === key && compareEnds(from, row.validTo) < 0);
  const held = within(rows, { validFrom: from, validTo: now });
  const before = undone.before.filter((fact) => keyOf(fact) === key);
  const filled = within(before, { validFrom: undone.at, validTo: now }).flatMap(({ content, ...piece }) =>
    subtract<Date>(piece, held).map((left) => ({ ...left, content })),
  );
  const pieces = [...held, ...filled, ...within(before, { validFrom: now, validTo: null })];
  const done = continueWith(rows, from, pieces, contentOf);
  const added = done.added.map(({ content, validFrom, validTo }) => ({ ...content, validFrom, validTo }));
  const kept = rows.filter((row) => !done.superseded.includes(row)).map(factOf);
  return { key, superseded: done.superseded, added, after: lastingAfter(now, [...kept, ...added]) };
}

function within(facts: readonly RegistrationFact[], window: Validity<Date>): Piece<Content, Date>[] {
  return facts
    .map((fact) => ({
      validFrom: compareEnds(fact.validFrom, window.validFrom) < 0 ? window.validFrom : fact.validFrom,
      validTo: compareEnds(fact.validTo, window.validTo) < 0 ? fact.validTo : window.validTo,
      content: contentOf(fact),
    }))
    .filter((piece) => compareEnds(piece.validFrom, piece.validTo) < 0);
}
