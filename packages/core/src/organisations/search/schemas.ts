import { z } from "zod";
import { Cvr, Gln, PNumber, ProviderNumber, Shak, SorCode, SorId } from "../../identifiers/index.ts";
import { after, limit, Moment, OrganisationLevel } from "../schemas.ts";
import { unitKinds } from "./unit-kinds.ts";

/** What kind of place a unit is. */
export const UnitKind = z.enum(unitKinds).meta({
  id: "UnitKind",
  description:
    "What kind of place: the type of the institution that the unit belongs to, or of the owner itself",
});
export type UnitKind = z.infer<typeof UnitKind>;

/** Whether a unit is open on the day, closed by then, or opens later. */
export const UnitStatus = z
  .enum(["open", "closed", "coming", "all"])
  .meta({ id: "UnitStatus", description: "Open on the day, closed by then, opening later, or all of them" });
export type UnitStatus = z.infer<typeof UnitStatus>;

/** By what the hits of a search are counted. */
export const FacetName = z
  .enum(["level", "kind", "type", "region", "municipality"])
  .meta({ id: "FacetName", description: "By what the hits of a search are counted" });
export type FacetName = z.infer<typeof FacetName>;

/** A search for units by name, town, post code or any identifier. */
export const SearchQuestion = z
  .object({
    /** Without it, all units that the filters leave, by name. */
    q: z.string().max(200).optional().meta({ description: "Name, town, post code or any identifier" }),
    level: OrganisationLevel.optional(),
    kind: UnitKind.optional(),
    typeCode: SorCode.optional(),
    /** Units that share a location number are one hit. */
    folded: z.boolean().default(false),
    region: z
      .string()
      .regex(/^\d{4}$/)
      .optional(),
    municipality: z
      .string()
      .regex(/^\d{3,4}$/)
      .optional(),
    sorId: SorId.optional(),
    /** The unit's own location number. */
    gln: Gln.optional(),
    cvr: Cvr.optional(),
    pNumber: PNumber.optional(),
    providerNumber: ProviderNumber.optional(),
    shak: Shak.optional(),
    /** Post code of one of its addresses, own or inherited. */
    postCode: z
      .string()
      .regex(/^\d{3,4}$/)
      .optional(),
    /** The unit directly above. */
    parent: SorId.optional(),
    /** A unit above at any distance, or the unit itself. */
    subtreeOf: SorId.optional(),
    status: UnitStatus.default("open"),
    /** Something was recorded about the unit at this instant or later. */
    changedSince: z.date().optional(),
    facets: z.array(FacetName).max(5).default([]),
    ...Moment.shape,
    limit: limit(200).default(25),
    after,
  })
  .meta({ id: "SearchQuestion", description: "Search for units" });
export type SearchQuestion = z.input<typeof SearchQuestion>;

/** Cursor key of a search: the tier of the hit, and its place there. */
export const SearchKey = z.tuple([z.number().int().min(0), z.string(), z.string(), z.string()]);
export type SearchKey = z.infer<typeof SearchKey>;
