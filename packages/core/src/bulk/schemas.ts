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

/** A bulk edit as a job: whether it is only tried, and whether its set is applied or left as a draft. */
export const BulkRequest = BulkEdit.extend({
  dryRun: z.boolean().default(false).meta({ description: "Only say what would happen" }),
  into: z.enum(["now", "draft"]).default("now").meta({
    description: "Apply the set, or submit it where somebody else must approve; or leave it a draft",
  }),
  endings: z.int().optional().meta({ description: "How many registrations end, where they are many" }),
}).meta({
  id: "BulkRequest",
  description: "One edit of what many location numbers receive and send, as a job",
});
export type BulkRequest = z.infer<typeof BulkRequest>;

/** What became of a bulk edit. */
export const BulkResult = z
  .object({
    selected: z.int(),
    changed: z.int().meta({ description: "Location numbers that change" }),
    unchanged: z.int(),
    endings: z.int().meta({ description: "Registrations that end" }),
    errors: z.int().meta({ description: "With errors nothing is changed" }),
    warnings: z.int(),
    problems: z
      .array(
        z.object({
          severity: z.enum(["error", "warning"]),
          gln: z.string(),
          code: z.string(),
          messageType: z.string().optional(),
          version: z.string().optional(),
        }),
      )
      .meta({ description: "The first hundred, errors first" }),
    changeSetId: z.string().nullable(),
    changeSetState: z.string().nullable(),
  })
  .meta({ id: "BulkResult", description: "What a bulk edit does or did" });
export type BulkResult = z.infer<typeof BulkResult>;

/** A bulk edit, and how far it is. */
export const BulkJob = z
  .object({
    id: z.string(),
    title: z.string(),
    dryRun: z.boolean(),
    state: z.enum(["waiting", "planning", "checking", "applying", "ended", "failed"]),
    result: BulkResult.nullable(),
    fault: z.string().nullable().meta({ description: "Why it failed" }),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "BulkJob", description: "A bulk edit of registrations" });
export type BulkJob = z.infer<typeof BulkJob>;
