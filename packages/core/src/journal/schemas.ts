import { z } from "zod";
import { queryNumber, RoutedGln, SorId, Uuid } from "../identifiers/index.ts";
import { actions } from "../permissions/index.ts";
import { dayText, WrittenDay } from "../validity/index.ts";

/** Login events, which need no permission. */
export const loginActions = [
  "login",
  "login.code",
  "second-factor.on",
  "second-factor.off",
  "second-factor.codes",
] as const;
export type LoginAction = (typeof loginActions)[number];

/** All actions that journal entries can have. */
export const journalActions = [...actions, ...loginActions] as const;
export type JournalAction = (typeof journalActions)[number];

/** Search criteria for the journal; `before` is the key of the next page. */
export const JournalQuery = z.object({
  before: queryNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  outcome: z.enum(["done", "refused"]).optional(),
  subjectType: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .optional(),
  /** Days in Denmark, the last inclusive. */
  fromDay: WrittenDay.optional(),
  toDay: WrittenDay.optional(),
  /** Prefix of the name of a user, key or job; letter case is ignored. */
  who: z.string().max(100).optional(),
  action: z.enum(journalActions).optional(),
  gln: RoutedGln.optional(),
  supplierId: Uuid.optional(),
});
export type JournalQuery = z.infer<typeof JournalQuery>;

/** The same for programs, which also ask for one subject, unit or actor, and say how much they read at once. */
export const AuditQuery = JournalQuery.omit({ before: true, fromDay: true, toDay: true })
  .extend({
    fromDay: dayText().optional().meta({ description: "First day in Denmark" }),
    toDay: dayText().optional().meta({ description: "Last day in Denmark, inclusive" }),
    subjectId: z.string().max(200).optional(),
    sorId: SorId.optional().meta({ description: "Entries that concern this unit" }),
    actorId: z.string().max(100).optional().meta({ description: "Id of a user or key, name of a job" }),
    limit: queryNumber(1, 1000).default(100),
    after: z.string().max(2000).optional().meta({ description: "Cursor: `next` of the previous page" }),
  })
  .strict();
export type AuditQuery = z.infer<typeof AuditQuery>;

/** A cursor of the journal: the number of the last entry shown. */
export const JournalKey = z.tuple([z.int().min(1)]);

/** Which entries to check; at most 100,000 at once. */
export const AuditCheck = z
  .strictObject({
    from: z.int().min(1).optional().meta({ description: "First number; default: the first of all" }),
    to: z.int().min(1).optional().meta({ description: "Last number; default: the newest" }),
    anchor: z
      .strictObject({ sequence: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) })
      .optional()
      .meta({
        description: "An entry as it was noted elsewhere: a journal rewritten as a whole differs from it",
      }),
  })
  .meta({ id: "AuditCheck", description: "Which journal entries to check" });
export type AuditCheck = z.infer<typeof AuditCheck>;
