import { asc } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { keyOf, type RegistrationFact } from "../message-types/index.ts";
import { compareEnds } from "../validity/index.ts";
import { isHeld } from "./brake.ts";
import type { Recuts } from "./differences.ts";
import type { RegisterCopy, UnitDraft } from "./register-copy.ts";
import { approvalRules } from "./tables.ts";

/** Kinds of change for which a rule can ask a second person. */
export const approvalKinds = [
  "new-owner",
  "closing-with-registrations",
  "move-across-owners",
  "many-endings",
  "any",
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** An approval that the effects of a set demand: the rule's kind, and the part of the register whose rule it is. */
export type NeededApproval = { kind: ApprovalKind; subtreeSorId: string | null };

/** What a set does as a whole. */
export type Effects = {
  approvals: NeededApproval[];
  /** Units, location numbers and registrations that end. */
  endings: number;
  /** Units, location numbers and registrations that are touched. */
  touched: number;
  /** Whether so much ends that the number has to be typed. */
  isHeld: boolean;
  /** Every unit touched, those of touched location numbers, and all their ancestors, before and after. */
  sorIds: string[];
  /** Suppliers of the touched location numbers. */
  supplierIds: string[];
};

/**
 * The effects of what is to be written: approvals follow from all that a set touches, not from its commands (R4). `pathsOfGlns` has
 * the units of location numbers and their ancestors.
 */
export async function effectsOf(
  db: ReadDatabase,
  copy: RegisterCopy,
  recuts: Recuts,
  pathsOfGlns: ReadonlyMap<string, readonly string[]>,
): Promise<Effects> {
  const [endings, touchedCount] = [countEndings(recuts), countTouched(recuts)];
  const held = isHeld({ endings, touched: touchedCount });
  const kinds = new Map<ApprovalKind, ReadonlySet<string>>();
  const touched = recuts.units.map(({ draft }) => draft);
  const add = (kind: ApprovalKind, units: readonly UnitDraft[]) => {
    if (units.length > 0) kinds.set(kind, new Set(units.flatMap((unit) => pathsOf(copy, unit))));
  };
  add(
    "new-owner",
    touched.filter((unit) => unit.isNew && unit.level === "owner"),
  );
  add(
    "move-across-owners",
    touched.filter((unit) => holds(unit) && ownerOf(copy, unit, "rows") !== ownerOf(copy, unit, "pieces")),
  );
  add("closing-with-registrations", closedWithRegistrations(copy, recuts));
  const all = new Set(touched.flatMap((unit) => pathsOf(copy, unit)));
  const glns = [...recuts.locations, ...recuts.registrations].map(({ draft }) => draft.gln);
  const concerned = new Set([...all, ...glns.flatMap((gln) => pathsOfGlns.get(gln) ?? [])]);
  if (held) kinds.set("many-endings", concerned);
  if (all.size > 0) kinds.set("any", all);
  const rules =
    kinds.size === 0 ? [] : await db.select().from(approvalRules).orderBy(asc(approvalRules.kind));
  const approvals = rules.flatMap(({ kind, subtreeSorId }): NeededApproval[] => {
    const sorIds = kinds.get(kind);
    return sorIds && (subtreeSorId === null || sorIds.has(subtreeSorId)) ? [{ kind, subtreeSorId }] : [];
  });
  const contents = recuts.locations.flatMap(({ draft }) => [
    ...draft.rows,
    ...draft.pieces.map((piece) => piece.content),
  ]);
  return {
    approvals,
    endings,
    touched: touchedCount,
    isHeld: held,
    sorIds: [...concerned],
    supplierIds: [...new Set(contents.flatMap((content) => content.supplierId ?? []))],
  };
}

/** Whether it stands somewhere both before and after. */
const holds = (unit: UnitDraft) => unit.rows.length > 0 && unit.pieces.length > 0;

const hasEnded = (
  rows: readonly { validTo: string | null }[],
  pieces: readonly { validTo: string | null }[],
) =>
  rows.length > 0 &&
  (pieces.length === 0 || compareEnds(pieces.at(-1)?.validTo ?? null, rows.at(-1)?.validTo ?? null) < 0);

function countEndings({ units, locations, registrations }: Recuts): number {
  const ended = [...units, ...locations].filter(({ draft }) => hasEnded(draft.rows, draft.pieces)).length;
  const stopped = registrations.map(({ before, after }) => Math.max(0, countRuns(before) - countRuns(after)));
  return stopped.reduce((sum, count) => sum + count, ended);
}

// Periods of one type that adjoin are one, at whatever endpoint: moving back to another endpoint ends nothing.
const countRuns = (facts: readonly RegistrationFact[]): number =>
  facts.filter(
    (fact) =>
      !facts.some(
        (other) => keyOf(other) === keyOf(fact) && compareEnds(other.validTo, fact.validFrom) === 0,
      ),
  ).length;

function countTouched({ units, successors, withdrawals, locations, registrations }: Recuts): number {
  const subjects = new Set([
    ...units.map(({ draft }) => draft.sorId),
    ...[...successors, ...withdrawals].map(({ sorId }) => sorId),
    ...locations.map(({ draft }) => draft.gln),
  ]);
  return registrations.reduce(
    (sum, { before, after }) => sum + Math.max(before.length, after.length),
    subjects.size,
  );
}

function closedWithRegistrations(copy: RegisterCopy, { units }: Recuts): UnitDraft[] {
  return units.flatMap(({ draft }) => {
    if (!hasEnded(draft.rows, draft.pieces)) return [];
    const glns = draft.rows.flatMap((row) => row.gln ?? []);
    const had = glns.some((gln) =>
      (copy.registrations.get(gln)?.rows ?? []).some((row) => compareEnds(copy.now, row.validTo) < 0),
    );
    return had ? [draft] : [];
  });
}

type State = "rows" | "pieces";

function contentsOf(unit: UnitDraft, state: State): readonly { parentSorId: string | null }[] {
  return state === "rows" ? unit.rows : unit.pieces.map((piece) => piece.content);
}

/** The unit and all its ancestors, at any time, before and after. */
function pathsOf(copy: RegisterCopy, unit: UnitDraft): string[] {
  const seen = new Set<string>();
  const open = [unit.sorId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const found = copy.units.get(id);
    for (const state of ["rows", "pieces"] as const) {
      open.push(...(found ? contentsOf(found, state) : []).flatMap((content) => content.parentSorId ?? []));
    }
  }
  return [...seen];
}

/** The owner at the top of the last period. */
function ownerOf(copy: RegisterCopy, unit: UnitDraft, state: State): string {
  const seen = new Set<string>();
  let id = unit.sorId;
  for (;;) {
    seen.add(id);
    const found = copy.units.get(id);
    const parent = found ? contentsOf(found, state).at(-1)?.parentSorId : undefined;
    if (!parent || seen.has(parent)) return id;
    id = parent;
  }
}
