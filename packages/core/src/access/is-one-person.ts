import { sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";

/** Longer than a message waits: a password set after the message was accepted counts. */
export const credentialDays = 7;

// Who created the links by which a user's password was set since then; the journal has both events.
const linkMakers = (userId: string, since: Date) => sql`
  select made.actor_id from journal_entries used
  join journal_entries made on made.subject_type = 'invitation' and made.subject_id = used.after->>'invitation'
  where used.subject_type = 'user' and used.subject_id = ${userId} and used.at >= ${since}
    and made.actor_kind = 'user' and made.actor_id is not null`;

/**
 * Whether two accounts may belong to one person where two are required: they are the same account, have the same mail address, or
 * within the last seven days one of them, or the same third account, created the links by which their passwords were set.
 */
export async function isOnePerson(
  tx: Transaction,
  [one, other]: readonly [string, string],
  now: Date,
): Promise<boolean> {
  if (one === other) return true;
  const since = new Date(now.getTime() - credentialDays * 86_400_000);
  const found = await tx.execute<{ is_one: boolean }>(sql`select
    exists (select from users a join users b on lower(a.email) = lower(b.email)
      where a.id::text = ${one} and b.id::text = ${other})
    or exists (
      (select ${one}::text union ${linkMakers(one, since)})
      intersect
      (select ${other}::text union ${linkMakers(other, since)})
    ) as is_one`);
  return found.rows[0]?.is_one === true;
}
