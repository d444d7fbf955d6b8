import type { BranchUnit } from "@sor/core/organisations";
import { levelName } from "#lib/unit-words.ts";
import { m } from "#lib/words/index.ts";
import type { HierarchyUnit, PictureLine } from "./view.ts";

const childrenDrawn = 8;

/** The organisational and the clinical hierarchy of a branch; the latter without the units that have no clinical level. */
export function branchesOf(units: readonly BranchUnit[]): {
  organisational: HierarchyUnit[];
  clinical: HierarchyUnit[];
} {
  const clinical = units.filter((unit) => unit.clinicalLevel !== null);
  return {
    organisational: nested(units, (unit) => ({ above: unit.parentSorId, kind: levelName(unit.level) })),
    clinical: nested(clinical, (unit) => ({
      above: unit.clinicalParentSorId,
      kind: unit.clinicalLevel ?? "",
    })),
  };
}

function nested(
  units: readonly BranchUnit[],
  place: (unit: BranchUnit) => { above: string | null; kind: string },
): HierarchyUnit[] {
  const made = new Map(
    units.map((unit): [string, HierarchyUnit] => {
      const { sorId, name } = unit;
      return [sorId, { sorId, name, kind: place(unit).kind, below: [] }];
    }),
  );
  const tops: HierarchyUnit[] = [];
  for (const unit of units) {
    const own = made.get(unit.sorId) as HierarchyUnit;
    const above = made.get(place(unit).above ?? "");
    (above?.below ?? tops).push(own);
  }
  return tops;
}

type Around = {
  above: readonly { name: string }[];
  unit: { name: string };
  siblings: { count: number; isAll: boolean };
  children: { units: readonly { name: string; childCount: number }[]; isAll: boolean };
};

/** The lines of the picture of a unit's surroundings, from the top down. */
export function pictureOf({ above, unit, siblings, children }: Around): PictureLine[] {
  const own = above.length;
  const drawn = children.units.slice(0, childrenDrawn);
  const rest = children.units.length - drawn.length;
  return [
    ...above.map(({ name }, depth): PictureLine => ({ text: name, depth, role: "above" })),
    ...(own > 0 && siblings.count > 0
      ? [{ text: siblingsText(siblings), depth: own, role: "note" } as const]
      : []),
    { text: unit.name, depth: own, role: "self" },
    ...drawn.map(
      ({ name, childCount }): PictureLine => ({
        text: childCount > 0 ? `${name} (${childCount})` : name,
        depth: own + 1,
        role: "below",
      }),
    ),
    ...(rest > 0 || !children.isAll
      ? [{ text: m.hierarchy_more({ count: rest }), depth: own + 1, role: "note" } as const]
      : []),
  ];
}

const siblingsText = ({ count, isAll }: { count: number; isAll: boolean }): string =>
  isAll ? m.hierarchy_siblings({ count }) : m.hierarchy_siblings_least({ count });
