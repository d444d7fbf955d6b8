import type { PostalAddress, VirtualAddress } from "./schemas.ts";

/** From where a unit gets a value. */
export type InheritanceRule = "own" | "parent" | "postal" | "visiting";

/** The effective value of a unit, and the unit it comes from. */
export type Effective<Value> = {
  value: Value;
  inherited: boolean;
  from: { sorId: string; name: string };
  rule: InheritanceRule;
} | null;

/** The attributes of a unit that inheritance uses. */
export type Inheriting = {
  sorId: string;
  name: string;
  level: "owner" | "institution" | "unit";
  postalAddress: PostalAddress | null;
  visitingAddress: PostalAddress | null;
  activityAddress: PostalAddress | null;
  virtualAddress: VirtualAddress | null;
  gln: string | null;
  glnInherited: boolean;
};

export type EffectiveValues = {
  postalAddress: Effective<PostalAddress>;
  visitingAddress: Effective<PostalAddress>;
  activityAddress: Effective<PostalAddress>;
  virtualAddress: Effective<VirtualAddress>;
  gln: Effective<string>;
};

/**
 * The effective addresses and location number of a unit, by SOR's rules of inheritance (SOR XML documentation version 2): postal
 * and virtual address from the parent, visiting from the unit's own postal, activity from the visiting. `path` is the unit first,
 * then its parent, and so on to the owner.
 */
export function effectiveValues(path: readonly Inheriting[]): EffectiveValues {
  const [unit] = path;
  const postalAddress = nearest(path, (each) => each.postalAddress);
  const visitingAddress = ownOr(unit, "visitingAddress", "postal", postalAddress);
  return {
    postalAddress,
    visitingAddress,
    activityAddress:
      unit?.level === "unit" ? ownOr(unit, "activityAddress", "visiting", visitingAddress) : null,
    virtualAddress: nearest(path, (each) => each.virtualAddress),
    gln: unit && unit.gln === null && !unit.glnInherited ? null : nearest(path, (each) => each.gln),
  };
}

function nearest<Value>(
  path: readonly Inheriting[],
  pick: (unit: Inheriting) => Value | null,
): Effective<Value> {
  for (const [distance, unit] of path.entries()) {
    const value = pick(unit);
    if (value === null) continue;
    const from = { sorId: unit.sorId, name: unit.name };
    return { value, inherited: distance > 0, from, rule: distance > 0 ? "parent" : "own" };
  }
  return null;
}

function ownOr(
  unit: Inheriting | undefined,
  key: "visitingAddress" | "activityAddress",
  rule: InheritanceRule,
  otherwise: Effective<PostalAddress>,
): Effective<PostalAddress> {
  const own = unit?.[key];
  if (unit && own) {
    return { value: own, inherited: false, from: { sorId: unit.sorId, name: unit.name }, rule: "own" };
  }
  return otherwise && { ...otherwise, inherited: true, rule };
}
