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
