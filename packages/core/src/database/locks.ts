import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "./connect.ts";

/** What each advisory lock of this database protects. `of` names one of many, such as a supplier; empty for the whole. */
const locks = {
  migration: "the schema",
  administrators: "that somebody administers the register",
  "unit-tree":
    "units, written by one writer at a time: moving two units under each other at once would make a circle",
  "location-numbers": "giving out location numbers: no number is given out twice",
  "alert-watch": "opening and closing incidents",
  "alert-subscriptions": "how many receivers of alerts a supplier has",
  "change-subscriptions": "how many webhooks of the change feed a supplier has",
  "subscription-confirmations": "how many confirmations an address is sent",
  "followed-moves": "moving deliveries after their location number",
  "saved-searches": "how many searches an account has saved",
  "bulk-jobs": "how many bulk edits of a supplier are open",
  "change-sets": "how many open change sets an account has",
  proposals: "how many proposals a network and an account make",
  requests: "one request by its owner and Idempotency-Key",
  "newsletter-numbers": "giving out the numbers of newsletters",
  resends: "how many resend jobs an actor has",
  snapshots: "that one snapshot of the register is made at a time, and one key signs them",
  retention: "removing what is older than the retention",
} as const;
export type LockName = keyof typeof locks;

/** The text whose hash is the lock's number: names are unique, so two purposes cannot share a lock by mistake. */
export const lockText = (name: LockName, of = ""): string => `sor ${name} ${of}`;

/** The number of the lock with this text, as an SQL expression over a text expression or value. */
const lockNumber = (text: SQL | string): SQL => sql`hashtextextended(${text}, 7366)`;

/** Waits for the lock and holds it until the transaction ends. */
export async function waitForLock(tx: Transaction, name: LockName, of?: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockNumber(lockText(name, of))})`);
}

/** Tries to take the lock until the transaction ends; false when another transaction holds it. */
export async function tryLock(tx: Transaction, name: LockName, of?: string): Promise<boolean> {
  const { rows } = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(${lockNumber(lockText(name, of))}) as taken`,
  );
  return rows[0]?.taken === true;
}

/** Tries to take several locks; returns those that were taken. */
export async function tryLocks(tx: Transaction, name: LockName, of: readonly string[]): Promise<Set<string>> {
  if (of.length === 0) return new Set();
  const { rows } = await tx.execute<{ id: string; taken: boolean }>(
    sql`select id, pg_try_advisory_xact_lock(${lockNumber(sql`${lockText(name)} || id`)}) as taken
      from unnest(${sql.param([...of])}::text[]) as id`,
  );
  return new Set(rows.flatMap(({ id, taken }) => (taken ? [id] : [])));
}
