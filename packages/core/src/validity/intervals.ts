/** A point in time: a calendar day (`YYYY-MM-DD`) or an instant. One timeline uses one kind only. */
export type Point = string | Date;

/** From `validFrom` until just before `validTo`; null means no end. */
export type Validity<At extends Point> = { readonly validFrom: At; readonly validTo: At | null };

/** Negative when `a` is earlier, positive when later, zero when equal; null is the end of time. */
export function compareEnds<At extends Point>(a: At | null, b: At | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (a < b) return -1;
  return b < a ? 1 : 0;
}

/** The later of two beginnings. */
export function later<At extends Point>(a: At, b: At): At {
  return compareEnds(a, b) < 0 ? b : a;
}

/** The earlier of two ends; null is the end of time. */
export function earlier<At extends Point>(a: At | null, b: At | null): At | null {
  return compareEnds(a, b) < 0 ? a : b;
}

/** Whether it is valid at the given moment. */
export function holdsAt<At extends Point>(validity: Validity<At>, at: At): boolean {
  return compareEnds(validity.validFrom, at) <= 0 && compareEnds(at, validity.validTo) < 0;
}

/** Whether it ends before or when it begins, so that it is never valid. */
export function isReversed<At extends Point>(validity: Validity<At>): boolean {
  return compareEnds(validity.validFrom, validity.validTo) >= 0;
}

/** Whether there is a moment at which both are valid. */
export function overlaps<At extends Point>(a: Validity<At>, b: Validity<At>): boolean {
  return compareEnds(a.validFrom, b.validTo) < 0 && compareEnds(b.validFrom, a.validTo) < 0;
}

/** What is left of an interval after subtracting others, in order of time. */
export function subtract<At extends Point>(
  piece: Validity<At>,
  taken: readonly Validity<At>[],
): Validity<At>[] {
  const left: Validity<At>[] = [];
  let from: At | null = piece.validFrom;
  for (const each of taken.toSorted((a, b) => compareEnds(a.validFrom, b.validFrom))) {
    if (from === null || !overlaps({ validFrom: from, validTo: piece.validTo }, each)) continue;
    if (compareEnds(from, each.validFrom) < 0) left.push({ validFrom: from, validTo: each.validFrom });
    from = each.validTo;
  }
  if (from !== null && compareEnds(from, piece.validTo) < 0) {
    left.push({ validFrom: from, validTo: piece.validTo });
  }
  return left;
}

/** The first two that overlap, in order of time; undefined when none do. */
export function findOverlap<At extends Point, Item extends Validity<At>>(
  items: readonly Item[],
): readonly [Item, Item] | undefined {
  const sorted = items.toSorted((a, b) => compareEnds(a.validFrom, b.validFrom));
  let longest = sorted[0];
  for (const item of sorted.slice(1)) {
    if (longest && overlaps(longest, item)) return [longest, item];
    if (longest && compareEnds(longest.validTo, item.validTo) < 0) longest = item;
  }
  return undefined;
}
