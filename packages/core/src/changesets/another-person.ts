import { and, eq, inArray } from "drizzle-orm";
import { isOnePerson } from "../access/index.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { journalEntries } from "../journal/tables.ts";

/**
 * Whether the user is another natural person than all these accounts: an account of the same person, and whoever made a key among
 * them, do not count as another.
 */
export async function isAnother(
  tx: Transaction,
  ctx: Context,
  accounts: readonly string[],
  userId: string,
): Promise<boolean> {
  const { actorId, actorKind, outcome, subjectId, subjectType } = journalEntries;
  const makers = await tx
    .selectDistinct({ id: actorId })
    .from(journalEntries)
    .where(
      and(
        eq(subjectType, "key"),
        inArray(subjectId, [...accounts]),
        eq(outcome, "done"),
        eq(actorKind, "user"),
      ),
    );
  for (const account of [...accounts, ...makers.flatMap(({ id }) => id ?? [])]) {
    if (await isOnePerson(tx, [account, userId], ctx.now)) return false;
  }
  return true;
}
