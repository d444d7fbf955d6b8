import { Day, type ShakItem, type ShakPeriod } from "@sor/core/organisations";
import { z } from "zod";

const periodShape = {
  code: z.string(),
  validFrom: Day,
  validTo: Day.nullable().meta({ description: "First day on which it is no longer valid" }),
  name: z.string(),
  kind: z.enum(["hospital", "department", "ward"]),
  institutionKind: z
    .string()
    .nullable()
    .meta({ description: "Of a hospital: code of `shak-institution-kinds`" }),
  owner: z.string().nullable().meta({ description: "Of a hospital: code of `shak-owners`" }),
  specialities: z
    .array(z.string())
    .meta({ description: "Of a ward, the main one first: `shak-specialities`" }),
};
const Period = z.object(periodShape).meta({ id: "ShakPeriod", description: "A SHAK code in one period" });
const Item = z
  .object({ ...periodShape, isValid: z.boolean(), childCount: z.int() })
  .meta({ id: "ShakCode", description: "A SHAK code on a day: the period of the day, or else its last one" });
export const ItemPage = z.object({ items: z.array(Item), next: z.string().nullable() });
export const Whole = z
  .object({
    code: z.string(),
    periods: z.array(Period),
    ancestors: z.array(z.object({ code: z.string(), name: z.string() })),
  })
  .meta({ id: "ShakCodePeriods", description: "All periods of a SHAK code, and the codes above it" });
export const OfUnit = z
  .object({ code: z.string(), validFrom: Day, validTo: Day.nullable() })
  .meta({ id: "ShakOfUnit", description: "A SHAK code of a unit, and the days on which the unit has it" });

/** A period as an example of the description. */
export const period = {
  ...{ code: "1301", validFrom: "2007-01-01", validTo: null, name: "Eksempelhospitalet", kind: "hospital" },
  ...{ institutionKind: "101", owner: "1", specialities: [] },
};
export const item = { ...period, isValid: true, childCount: 12 };

export function periodView({ code, validFrom, validTo, name, kind, groups }: ShakPeriod) {
  const isHospital = kind === "hospital";
  const group = (at: number) => (isHospital && groups[at] ? groups[at] : null);
  return {
    ...{ code, validFrom, validTo, name, kind, institutionKind: group(0), owner: group(1) },
    specialities: kind === "ward" ? groups.filter((each) => each !== "") : [],
  };
}
export const itemView = (each: ShakItem) => ({
  ...periodView(each),
  isValid: each.isValid,
  childCount: each.childCount,
});

export const ofUnit = { code: "1301", validFrom: "2007-01-01", validTo: null };
