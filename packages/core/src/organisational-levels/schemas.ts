import { z } from "zod";
import { SorCode, singleLine } from "../identifiers/index.ts";
import { dayText } from "../validity/index.ts";

/** A clinical-administrative level (ID27). */
export const OrganisationalLevelFields = z
  .object({
    code: SorCode.nullable().default(null).meta({
      description: "SNOMED CT id; null until the authority has published one, and then never changed",
    }),
    name: singleLine(60),
    position: z.int().min(1).max(99).meta({
      description: "Place in the hierarchy: the highest level has the lowest number",
    }),
    expiresOn: dayText()
      .nullable()
      .default(null)
      .meta({ description: "First day on which no unit may be given it any more" }),
  })
  .meta({ id: "OrganisationalLevelFields", description: "A clinical-administrative level" });
export type OrganisationalLevelFields = z.infer<typeof OrganisationalLevelFields>;
