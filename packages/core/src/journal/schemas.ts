import { z } from "zod";
import { queryNumber, RoutedGln, Uuid } from "../identifiers/index.ts";
import { actions } from "../permissions/index.ts";
import { WrittenDay } from "../validity/index.ts";

/** What becomes of a login, which asks for no permission. */
export const loginActions = [
  "login",
  "login.code",
  "second-factor.on",
  "second-factor.off",
  "second-factor.codes",
] as const;
export type LoginAction = (typeof loginActions)[number];

/** Everything that entries of the journal say was done or refused. */
export const journalActions = [...actions, ...loginActions] as const;
export type JournalAction = (typeof journalActions)[number];

/** What people look for in the journal; `before` is the key of the next page. */
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
  /** How the name of a user, key or job begins; letter case is ignored. */
  who: z.string().max(100).optional(),
  action: z.enum(journalActions).optional(),
  gln: RoutedGln.optional(),
  supplierId: Uuid.optional(),
});
export type JournalQuery = z.infer<typeof JournalQuery>;
