import { z } from "zod";
import { commandsMax, NewChangeSet } from "../changesets/index.ts";
import { Gln } from "../identifiers/index.ts";
import { LocationFilter } from "../message-types/index.ts";
import { RegistrationStep } from "../registration-steps/index.ts";

/** Which location numbers to change, and how: all that a filter finds, or those of a list. */
export const BulkEdit = NewChangeSet.extend({
  filter: LocationFilter.omit({ sort: true, after: true, limit: true }).optional(),
  glns: z.array(Gln).max(commandsMax).optional().meta({ description: "Instead of a filter" }),
  steps: z.array(RegistrationStep).min(1).max(50),
}).meta({ id: "BulkEdit", description: "One edit of what many location numbers receive and send" });
export type BulkEdit = z.infer<typeof BulkEdit>;

/** A search of the list of location numbers to keep: its name and its query string. */
export const SearchToSave = z.object({
  name: z.string().trim().min(1).max(60),
  query: z.string().max(2000),
});
export type SearchToSave = z.infer<typeof SearchToSave>;
