import type { Transaction } from "../database/index.ts";
import { mayMove, touchedGlns, touchedUnits } from "../deltas/index.ts";
import type { JournalEntry } from "../journal/index.ts";
import { everBelow, holdersOf, membersAmong, ownGlns, withAllBelow } from "./subtree.ts";

/** What a page of the feed is about, as seen from the part of the register below a unit. */
export type Membership = {
  /** Whether the subject of an entry belongs to it now, or did before; undefined: neither. A rebase is for all. */
  of: (entry: JournalEntry) => "inside" | "left" | "all" | undefined;
  /** Units to be read again or forgotten: those told of, and all below those that may have moved. */
  units: readonly string[];
  glns: readonly string[];
  hasUnit: (sorId: string) => boolean;
  hasGln: (gln: string) => boolean;
};

/**
 * Judges the subjects of entries by where units stand now, not at the entry: a reader who has come to the end has exactly the
 * part that is below the unit, whatever moved meanwhile. When a unit moves, all that is below it now is read again.
 */
export async function membershipIn(
  tx: Transaction,
  root: string,
  entries: readonly JournalEntry[],
  day: string,
): Promise<Membership> {
  const moved = await withAllBelow(tx, entries.filter(mayMove).flatMap(touchedUnits), day);
  const touched = [...new Set([...entries.flatMap(touchedUnits), ...moved])];
  const told = [...new Set([...entries.flatMap(touchedGlns), ...(await ownGlns(tx, touched))])];
  const holders = await holdersOf(tx, told, { isEver: true });
  const present = await holdersOf(tx, told, { isEver: false });
  const all = [...new Set([...touched, ...[...holders.values()].flat()])];
  const members = await membersAmong(tx, root, all, day);
  const once = await everBelow(tx, root, all);
  const hasUnit = (sorId: string) => members.has(sorId);
  const hasGln = (gln: string) => present.get(gln)?.some(hasUnit) ?? false;
  const hadGln = (gln: string) => holders.get(gln)?.some((sorId) => once.has(sorId)) ?? false;
  const placeOf = (isIn: boolean, wasIn: boolean) => {
    if (isIn) return "inside";
    return wasIn ? "left" : undefined;
  };
  return {
    of: ({ subjectType, subjectId }) => {
      if (subjectType === "register") return "all";
      return subjectType === "unit"
        ? placeOf(hasUnit(subjectId), once.has(subjectId))
        : placeOf(hasGln(subjectId), hadGln(subjectId));
    },
    units: touched.filter((sorId) => once.has(sorId)),
    glns: told.filter((gln) => hasGln(gln) || hadGln(gln)),
    hasUnit,
    hasGln,
  };
}
