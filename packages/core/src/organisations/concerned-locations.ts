import type { Transaction } from "../database/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { effectiveValues } from "./inherit.ts";
import { glnsOfSubtree, loadPaths } from "./paths.ts";
import type { UnitRecut } from "./unit-line.ts";
import type { Attributes } from "./version-attributes.ts";

const passedOn = ["parentSorId", "gln", "glnInherited", "regionCode", "municipalityCode"] as const;

/** Whether a change affects the units below: what they inherit, or their place in the tree. */
export function reachesBelow({ superseded, added }: UnitRecut): boolean {
  const facts = (list: readonly Attributes[]) =>
    new Set(list.map((each) => JSON.stringify(passedOn.map((name) => each[name]))));
  const before = facts(superseded);
  const after = facts(added.map((piece) => piece.content));
  return before.size !== after.size || [...after].some((each) => !before.has(each));
}

/**
 * Location numbers whose lookups a change to a unit may affect: its own, the one it inherits, and those below if the change
 * affects them.
 */
export async function concernedLocations(
  tx: Transaction,
  sorId: string,
  done: UnitRecut,
  now: Date,
): Promise<string[]> {
  const day = dayInDenmark(now);
  const contents = [...done.superseded, ...done.added.map((piece) => piece.content)];
  const own = contents.flatMap((content) => content.gln ?? []);
  const path = (await loadPaths(tx, [sorId], { validAt: day, knownAt: null })).get(sorId) ?? [];
  const inherited = effectiveValues(path).gln?.value ?? [];
  const below = reachesBelow(done) ? await glnsOfSubtree(tx, sorId, day) : [];
  return [...new Set([...own, ...below].concat(inherited))].toSorted();
}
