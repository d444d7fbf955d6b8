import { z } from "zod";
import { queryNumber, RoutedGln, Uuid } from "../identifiers/index.ts";
import { actions } from "../permissions/index.ts";
import { WrittenDay } from "../validity/index.ts";

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
