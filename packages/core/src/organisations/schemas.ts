import { z } from "zod";
import { Cvr, Gln, PNumber, ProviderNumber, Shak, SorCode, SorId } from "../identifiers/index.ts";

/** A calendar day, `YYYY-MM-DD`. */
export const Day = z.iso.date().meta({ id: "Day", description: "Calendar day", examples: ["2026-01-31"] });

const line = (max: number) => z.string().trim().min(1).max(max);

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

/** A clinical speciality: code and the type of speciality it is. */
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
    localAttributes: z.array(line(20)).max(5).default([]),
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
