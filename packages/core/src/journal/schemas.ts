import { z } from "zod";
import { queryNumber, RoutedGln, Uuid } from "../identifiers/index.ts";

/** What people look for in the journal; `before` is the key of the next page. */
export const JournalQuery = z.object({
  before: queryNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  outcome: z.enum(["done", "refused"]).optional(),
  subjectType: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .optional(),
  gln: RoutedGln.optional(),
  supplierId: Uuid.optional(),
});
export type JournalQuery = z.infer<typeof JournalQuery>;
