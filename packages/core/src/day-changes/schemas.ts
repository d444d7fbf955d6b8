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

/** Which coming changes, in order of day; `subtreeOf`: only of the unit and what is below it. */
export const ComingQuestion = z.object({
  subtreeOf: UnitQuestion.shape.sorId.optional(),
  subject: ComingSubject.optional(),
  kind: ComingKind.optional(),
  limit: queryNumber(1, 500).default(100),
  after: z.string().max(2000).optional(),
});
export type ComingQuestion = z.input<typeof ComingQuestion>;

export const ComingKey = z.tuple([Day, ComingSubject, z.string()]);
