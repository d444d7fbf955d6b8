import { z } from "zod";
import { Gln, queryNumber, SorId, singleLine } from "../identifiers/index.ts";
import { dayText } from "../validity/index.ts";

const note = singleLine(200).nullable().default(null);

/** A range of location numbers of this installation; with the check digit, prefix and number have 13 digits. */
export const NumberRange = z
  .object({
    prefix: z
      .string()
      .regex(/^\d{3,11}$/, "prefix-form")
      .meta({ description: "The first digits of every number, 3 to 11", examples: ["5790009"] }),
    from: z.int().min(0).max(999_999_999),
    to: z.int().min(0).max(999_999_999).meta({ description: "The last one, inclusive" }),
    note,
  })
  .refine(({ from, to }) => from <= to, { error: "range-reversed", path: ["to"] })
  .refine(({ prefix, to }) => String(to).length <= 12 - prefix.length, {
    error: "range-digits",
    path: ["to"],
  })
  .meta({ id: "NumberRange", description: "A range of location numbers" });
export type NumberRange = z.infer<typeof NumberRange>;

/** What can be changed about a range: whether numbers are still taken from it, and its note. */
export const NumberRangeState = z
  .object({ isOpen: z.boolean(), note })
  .meta({ id: "NumberRangeState", description: "Whether numbers are taken from a range" });
export type NumberRangeState = z.infer<typeof NumberRangeState>;

const recipient = {
  holder: singleLine(100).meta({ description: "For whom or what" }),
  unitSorId: SorId.nullable().default(null).meta({
    description: "The unit that gets it, or its parent: whoever may edit there may have a number for it",
  }),
};

/** A location number to be given out: the next free one, or one that is reserved or released. */
export const NumberAllocation = z
  .object({ ...recipient, gln: Gln.optional() })
  .meta({ id: "NumberAllocation", description: "For whom a location number is allocated" });
export type NumberAllocation = z.infer<typeof NumberAllocation>;

/** A location number to be kept until a day. */
export const NumberReservation = z
  .object({
    ...recipient,
    reservedUntil: dayText().meta({
      description: "First day on which the reservation no longer holds, within a year",
    }),
  })
  .meta({ id: "NumberReservation", description: "For whom a location number is reserved, and until when" });
export type NumberReservation = z.infer<typeof NumberReservation>;

export const NumberState = z
  .enum(["reserved", "allocated", "released", "retired"])
  .meta({ id: "LocationNumberState", description: "What became of a location number" });

/** Which location numbers to list: by state and first digits; one page. */
export const NumberFilter = z.strictObject({
  state: NumberState.optional(),
  prefix: z
    .string()
    .regex(/^\d{1,13}$/)
    .optional(),
  limit: queryNumber(1, 1000).default(100),
  after: z.string().max(2000).optional(),
});
export type NumberFilter = z.input<typeof NumberFilter>;

export const NumberKey = z.tuple([z.string()]);
