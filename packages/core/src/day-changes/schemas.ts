import { z } from "zod";
import { queryNumber } from "../identifiers/index.ts";
import { Day, UnitQuestion } from "../organisations/index.ts";

/** Whether something begins to hold, ends, or is replaced by another content of the same unit or location number. */
export const ComingKind = z
  .enum(["begins", "changes", "ends"])
  .meta({ id: "ComingKind", description: "What happens on the day" });
export type ComingKind = z.infer<typeof ComingKind>;

export const ComingSubject = z.enum(["unit", "location", "registrations"]).meta({
  id: "ComingSubject",
  description: "What it happens to; registrations belong to a location number",
});
export type ComingSubject = z.infer<typeof ComingSubject>;

/** Codes of message types, in order, by what the location number does with them. */
export const ComingTypes = z
  .object({ receive: z.array(z.string()), send: z.array(z.string()) })
  .meta({ id: "ComingTypes", description: "Message types that a location number receives and sends" });
export type ComingTypes = z.infer<typeof ComingTypes>;

/** Which coming changes, in order of day; `subtreeOf`: only of the unit and what is below it. */
export const ComingQuestion = z.strictObject({
  subtreeOf: UnitQuestion.shape.sorId
    .optional()
    .meta({ description: "SOR id: only of this unit and what is below it" }),
  subject: ComingSubject.optional(),
  kind: ComingKind.optional(),
  limit: queryNumber(1, 500).default(100),
  after: z.string().max(2000).optional().meta({ description: "Cursor: `next` of the previous page" }),
});
export type ComingQuestion = z.input<typeof ComingQuestion>;

export const ComingKey = z.tuple([Day, ComingSubject, z.string()]);
