import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import {
  Cvr,
  Gln,
  PNumber,
  ProviderNumber,
  queryNumber,
  Shak,
  SorCode,
  SorId,
} from "../identifiers/index.ts";
import { dayText } from "../validity/index.ts";

/** A calendar day, `YYYY-MM-DD`. */
export const Day = dayText().meta({ id: "Day", description: "Calendar day", examples: ["2026-01-31"] });

const line = (max: number) => z.string().trim().min(1).max(max);

const fourDigits = (fault: Fault) =>
  z
    .string()
    .trim()
    .regex(/^\d{4}$/, fault);
/** Metres with three decimals, as text: the files have them so, and every value keeps its digits. */
const metres = (digits: number) =>
  z
    .string()
    .trim()
    .regex(new RegExp(`^[1-9]\\d{${digits - 1}}\\.\\d{3}$`), "coordinate-form" satisfies Fault);

/** A postal, visiting or activity address, after OIO AddressPostal. */
export const PostalAddress = z
  .object({
    street: line(70).optional(),
    building: line(20).optional(),
    floor: line(20).optional(),
    suite: line(20).optional(),
    stairway: line(40).optional(),
    postCode: line(10).optional(),
    district: line(50).optional(),
    country: line(3).optional(),
    municipalityCode: fourDigits("municipality-code-form").optional(),
    streetCode: fourDigits("street-code-form").optional(),
    north: metres(7)
      .optional()
      .meta({
        description: "Coordinate in metres, ETRS89 / UTM zone 32 (EPSG:25832); with `east`",
        examples: ["6347032.450"],
      }),
    east: metres(6)
      .optional()
      .meta({ description: "Its other coordinate", examples: ["557481.680"] }),
  })
  .refine(({ north, east }) => (north === undefined) === (east === undefined), {
    path: ["east"],
    message: "coordinates-whole" satisfies Fault,
  })
  .meta({ id: "PostalAddress", description: "Postal address (OIO AddressPostal)" });
export type PostalAddress = z.infer<typeof PostalAddress>;

/** E-mail, website, telephone and fax of a unit. */
export const VirtualAddress = z
  .object({
    email: line(254).optional(),
    website: line(254).optional(),
    telephone: line(20).optional(),
    fax: line(20).optional(),
  })
  .meta({ id: "VirtualAddress", description: "E-mail, website, telephone and fax" });
export type VirtualAddress = z.infer<typeof VirtualAddress>;

/** A clinical speciality: its code and type. */
export const Speciality = z
  .object({ code: SorCode, type: SorCode.optional() })
  .meta({ id: "Speciality", description: "Clinical speciality" });
export type Speciality = z.infer<typeof Speciality>;

export const OrganisationLevel = z
  .enum(["owner", "institution", "unit"])
  .meta({ id: "OrganisationLevel", description: "owner (IE), institution (SI) or unit (OE)" });
export type OrganisationLevel = z.infer<typeof OrganisationLevel>;

/** All attributes of a unit for one period of validity (SOR XML v1, with CVR, P number and ID27 from later versions). */
export const OrganisationAttributes = z
  .object({
    parentSorId: SorId.nullable(),
    name: line(60),
    typeCode: SorCode.nullable().default(null),
    pharmacyIdentifier: line(20).nullable().default(null),
    shakCode: Shak.nullable().default(null),
    providerNumber: ProviderNumber.nullable().default(null),
    localCode: line(20).nullable().default(null),
    /** LocalAttribute1 to 5 by position; an empty text for an absent one between others. */
    localAttributes: z.array(z.string().trim().max(20)).max(5).default([]),
    cvr: Cvr.nullable().default(null),
    pNumber: PNumber.nullable().default(null),
    gln: Gln.nullable().default(null),
    glnInherited: z.boolean().default(false),
    geographicalParentRelation: line(10).nullable().default(null),
    geographicalParentSorId: SorId.nullable().default(null),
    postalAddress: PostalAddress.nullable().default(null),
    visitingAddress: PostalAddress.nullable().default(null),
    activityAddress: PostalAddress.nullable().default(null),
    virtualAddress: VirtualAddress.nullable().default(null),
    specialities: z.array(Speciality).max(8).default([]),
    hasAmbulantActivity: z.boolean().nullable().default(null),
    admitsPatients: z.boolean().nullable().default(null),
    isReportingLevel: z.boolean().nullable().default(null),
    organisationalLevelCode: line(20).nullable().default(null),
    organisationalLevelName: line(60).nullable().default(null),
    regionCode: z
      .string()
      .regex(/^\d{4}$/)
      .nullable()
      .default(null),
    municipalityCode: z
      .string()
      .regex(/^\d{3,4}$/)
      .nullable()
      .default(null),
    updatedOn: Day.nullable().default(null),
  })
  .meta({ id: "OrganisationAttributes", description: "A unit's attributes in one period of validity" });
export type OrganisationAttributes = z.infer<typeof OrganisationAttributes>;

type Shape = typeof OrganisationAttributes.shape;
type Optional<Field extends z.ZodType> = z.ZodOptional<
  Field extends z.ZodDefault<infer Inner extends z.ZodType> ? Inner : Field
>;

/** The attributes to change, without defaults: attributes left out are unchanged. */
export const OrganisationChanges = z
  .object(
    Object.fromEntries(
      Object.entries(OrganisationAttributes.shape).map(([name, field]) => [
        name,
        (field instanceof z.ZodDefault ? field.unwrap() : field).optional(),
      ]),
    ) as unknown as { [Name in keyof Shape]: Optional<Shape[Name]> },
  )
  .meta({
    id: "OrganisationChanges",
    description: "Attributes of a unit to change; absent ones are unchanged",
  });
export type OrganisationChanges = z.infer<typeof OrganisationChanges>;

/** A unit to register. Without a SOR id it gets the next free one. */
export const NewOrganisation = z
  .object({
    sorId: SorId.optional(),
    level: OrganisationLevel,
    validFrom: Day,
    validTo: Day.nullable().default(null),
    attributes: OrganisationAttributes,
  })
  .meta({ id: "NewOrganisation", description: "A unit to register" });
export type NewOrganisation = z.infer<typeof NewOrganisation>;

/** A change to a unit from a day on (until another, when given). */
export const OrganisationUpdate = z
  .object({
    sorId: SorId,
    validFrom: Day,
    validTo: Day.nullable().default(null),
    attributes: OrganisationChanges,
  })
  .meta({ id: "OrganisationUpdate", description: "A change to a unit from a day on" });
export type OrganisationUpdate = z.infer<typeof OrganisationUpdate>;

/** The closing of a unit; `validTo` is the first day on which it is no longer valid. */
export const OrganisationClosing = z
  .object({ sorId: SorId, validTo: Day })
  .meta({ id: "OrganisationClosing", description: "The first day on which a unit is no longer valid" });
export type OrganisationClosing = z.infer<typeof OrganisationClosing>;

/** How much a unit takes over after another: all of it, a part of it, or a function. */
export const SuccessorShare = z
  .enum(["all", "part", "function"])
  .meta({ id: "SuccessorShare", description: "How much a unit takes over: all, a part, or a function" });
export type SuccessorShare = z.infer<typeof SuccessorShare>;

/** A unit that takes over after another. Without a share the only one takes over all, and each of several a part. */
const NewSuccessor = z
  .object({ sorId: SorId, share: SuccessorShare.optional() })
  .meta({ id: "NewSuccessor", description: "A unit that takes over after another, and how much" });
/** The units that take over after another. */
export const NewSuccessors = z.array(NewSuccessor).max(100);

/** Why a unit should never have been registered. */
export const WithdrawalReason = z
  .enum(["duplicate", "never-existed", "misplaced", "test", "other"])
  .meta({ id: "WithdrawalReason", description: "Why a unit should never have been registered" });
export type WithdrawalReason = z.infer<typeof WithdrawalReason>;

/** That a unit was registered in error, and the first day on which it is no longer valid. */
export const Withdrawal = z
  .object({ reason: WithdrawalReason, validTo: Day })
  .meta({ id: "Withdrawal", description: "That a unit was registered in error, and until when it stood" });
export type Withdrawal = z.infer<typeof Withdrawal>;

/** All successors of a unit; an empty list removes every successor. */
export const OrganisationReplacement = z
  .object({ sorId: SorId, successors: NewSuccessors })
  .meta({ id: "OrganisationReplacement", description: "The successors of a unit" });
export type OrganisationReplacement = z.infer<typeof OrganisationReplacement>;

/** How many a page has at most. */
export const limit = (most = 1000) => queryNumber(1, most);
/** The cursor of a page. */
export const after = z
  .string()
  .max(2000)
  .optional()
  .meta({ description: "Cursor: `next` of the previous page" });

/** The day, and the instant of knowledge; default: today and present knowledge. */
export const Moment = z
  .object({
    validAt: Day.optional().meta({ description: "The state on this day; default: today" }),
    knownAt: z
      .date()
      .optional()
      .meta({ description: "The state as registered at this instant; default: now" }),
  })
  .meta({ id: "Moment" });
export type Moment = z.infer<typeof Moment>;

/** A unit and a moment. The SOR id is any text: one with a wrong check digit is simply not found. */
export const UnitQuestion = Moment.extend({ sorId: z.string().max(40) });
export type UnitQuestion = z.infer<typeof UnitQuestion>;

/** The identifiers by which units are found. */
export const UnitIdentifierKind = z
  .enum(["gln", "sorId", "shak", "providerNumber", "cvr", "pNumber"])
  .meta({ id: "UnitIdentifierKind", description: "Kind of identifier" });
export type UnitIdentifierKind = z.infer<typeof UnitIdentifierKind>;

/** Which units have an identifier. */
export const IdentifierQuestion = Moment.extend({
  kind: UnitIdentifierKind,
  value: z.string().min(1).max(40),
  limit: limit().default(200),
});
export type IdentifierQuestion = z.input<typeof IdentifierQuestion>;

/** A page of the children of a unit; `sorId` null for the institution owners, which are the roots. */
export const BelowQuestion = Moment.extend({
  sorId: z.string().max(40).nullable(),
  limit: limit().default(100),
  after,
});
export type BelowQuestion = z.input<typeof BelowQuestion>;

/** What can be told of a unit beside its summary. */
export const Included = z
  .enum(["attributes", "successions", "shak", "childCount"])
  .meta({ id: "Included", description: "What is told of each unit beside its summary" });
export type Included = z.infer<typeof Included>;

/** A page of the units that were registered in error, the last withdrawn first. */
export const WithdrawalsQuestion = z.strictObject({
  reason: WithdrawalReason.optional(),
  limit: limit().default(100),
  after,
});
export type WithdrawalsQuestion = z.input<typeof WithdrawalsQuestion>;
export const WithdrawalKey = z.tuple([z.iso.datetime(), z.string()]);

/** Cursor keys of lists: by name, by depth in the tree. */
export const NameKey = z.tuple([z.string(), z.string()]);
export const DepthKey = z.tuple([z.number(), z.string()]);
