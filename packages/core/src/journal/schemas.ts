import { z } from "zod";
import { RoutedGln, Uuid } from "../identifiers/index.ts";

/** What people look for in the journal; `before` is the key of the next page. */
export const JournalQuery = z.object({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  outcome: z.enum(["done", "refused"]).optional(),
  subjectType: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .optional(),
  gln: RoutedGln.optional(),
  supplierId: Uuid.optional(),
});
export type JournalQuery = z.infer<typeof JournalQuery>;
