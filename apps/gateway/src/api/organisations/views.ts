import { SorId } from "@sor/core/identifiers";
import { countMax, Day, FacetName, OrganisationLevel, UnitIdentifierKind } from "@sor/core/organisations";
import { z } from "zod";

export const PathStep = z.object({ sorId: SorId, level: OrganisationLevel, name: z.string() });
const unitShape = {
  sorId: SorId,
  level: OrganisationLevel,
  name: z.string(),
  validFrom: Day,
  validTo: z.union([Day, z.null()]).meta({ description: "First day on which it is no longer valid" }),
};
export const Unit = z
  .looseObject({ ...unitShape, path: z.array(PathStep) })
  .meta({ id: "Unit", description: "A unit of the register on a day, with its path from the owner down" });
export const UnitVersion = z
  .looseObject({ ...unitShape, recordedAt: z.iso.datetime(), supersededAt: z.iso.datetime().nullable() })
  .meta({
    id: "UnitVersion",
    description: "What was valid from one day to another, and since when it was known",
  });
const BranchUnit = z
  .object({
    ...{ sorId: SorId, name: z.string(), level: OrganisationLevel, parentSorId: SorId.nullable() },
    clinicalLevel: z.string().nullable(),
    clinicalLevelCode: z.string().nullable(),
    clinicalParentSorId: SorId.nullable(),
  })
  .meta({
    id: "BranchUnit",
    description: "A unit in the organisational and the clinical-administrative hierarchy",
  });
export const Branch = z.object({
  items: z.array(BranchUnit),
  isAll: z.boolean().meta({ description: "Whether all units are in the answer; `limit` cuts it" }),
});
export const UnitPage = z
  .object({ items: z.array(Unit), next: z.string().nullable() })
  .meta({ id: "UnitPage", description: "A page of units" });
const FoldedUnit = z
  .object({
    sorId: SorId,
    name: z.string(),
    level: OrganisationLevel,
    typeCode: z.string().nullable(),
    isMatch: z.boolean(),
  })
  .meta({ id: "FoldedUnit", description: "A unit of a folded hit, and whether it has what was asked for" });
const SearchHit = Unit.extend({
  match: z.enum(["identifier", "prefix", "words", "spelling", "filters"]),
  matched: z.object({ kind: UnitIdentifierKind, value: z.string() }).nullable(),
  isMatch: z.boolean(),
  units: z.array(FoldedUnit),
  unitCount: z.number().int(),
}).meta({ id: "SearchHit", description: "A unit that was found, how, and the units folded under it" });
const Counted = z.array(z.object({ value: z.string(), count: z.number().int() }));
export const SearchPage = z
  .object({
    items: z.array(SearchHit.partial().required({ sorId: true })),
    next: z.string().nullable(),
    count: z.number().int().nullable(),
    facets: z.record(FacetName, Counted).optional(),
  })
  .meta({
    id: "SearchPage",
    description: `A page of hits. \`count\`: all of them, at most ${countMax}; only on the first page`,
  });
