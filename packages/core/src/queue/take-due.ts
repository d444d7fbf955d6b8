import { randomUUID } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Transaction } from "../database/index.ts";
import { chooseFairly, holdersWithoutRoom, openPlaces, type Places } from "../shares/index.ts";
import { isUnleased } from "./lease.ts";

/** A table with `leaseColumns` whose rows become due. */
export type LeasedQueue = {
  table: PgTable & Record<"leaseToken" | "leaseUntil", AnyPgColumn>;
  /** Its primary key. */
  id: AnyPgColumn;
  dueAt: AnyPgColumn;
  /** Which rows are still to be worked on at all, in the words of its partial index. */
  isOpen?: SQL;
};

type Question = {
  now: Date;
  limit: number;
  leaseSeconds: number;
  /** Tables joined to the queue's, for `where` and `holder`: `join … on …`. */
  joined?: SQL;
  /** Which of the due rows this process can work on. */
  where?: SQL;
  /** SQL text: in whose share a row counts. Absent: first come, first served. */
  holder?: SQL;
  /** The places of this process and how many of them each holder has. Absent: all are free for anybody. */
  places?: Places | undefined;
};

/** A row leased to this process. */
export type TakenRow = { id: string; holder: string; leaseToken: string; leaseUntil: Date };

type Due = { id: string; holder: string };

/**
 * Leases due rows to this process, oldest first and round-robin over holders, so that many rows of one leave room for the others.
 * A row is taken by one process at a time; when that one dies, the lease expires and another takes it.
 */
export async function takeDue(tx: Transaction, queue: LeasedQueue, question: Question): Promise<TakenRow[]> {
  const { now, limit, leaseSeconds, places = openPlaces(limit) } = question;
  const { rows } = await tx.execute<Due>(findDue(queue, question, holdersWithoutRoom(places)));
  const chosen = chooseFairly(rows, ({ holder }) => holder, places);
  if (chosen.length === 0) return [];
  const leaseToken = randomUUID();
  const leaseUntil = new Date(now.getTime() + leaseSeconds * 1000);
  const ids = sql.param(chosen.map(({ id }) => id));
  await tx.execute(sql`update ${queue.table}
    set lease_token = ${leaseToken}, lease_until = ${leaseUntil} where ${queue.id} = any(${ids}::uuid[])`);
  return chosen.map((row) => ({ ...row, leaseToken, leaseUntil }));
}

// The conditions are repeated outside: PostgreSQL checks only those again on a row that changed before it was locked.
function findDue(
  { table, id, dueAt, isOpen = sql`true` }: LeasedQueue,
  { now, limit, joined = sql``, where = sql`true`, holder = sql`''::text` }: Question,
  withoutRoom: readonly string[],
): SQL {
  const isDue = sql`${isOpen} and ${dueAt} <= ${now} and ${isUnleased(table.leaseUntil, now)}`;
  return sql`
    select due.id, due.holder from (
      select ${id} as id, ${holder} as holder, ${dueAt} as at,
        row_number() over (partition by ${holder} order by ${dueAt}) as turn
      from ${table} ${joined}
      where ${isDue} and ${where} and ${holder} <> all(${sql.param([...withoutRoom])}::text[])
    ) due join ${table} on ${id} = due.id
    where ${isDue} order by due.turn, due.at limit ${limit} for update of ${table} skip locked`;
}
