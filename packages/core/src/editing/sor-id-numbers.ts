import { sql } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { makeSorId, type SorId } from "../identifiers/index.ts";
import { sorIdNumbers } from "./tables.ts";

// The highest sequence number in the register's own namespace (1000016, partition 00).
const highest = sql<
  string | null
>`(select max(left(sor_id, -10)::bigint) from organisations where sor_id ~ '^[0-9]{1,8}100001600[0-9]$')`;

/** Reserves SOR ids of our own for units to be created. A reserved id is never given again, whether it is used or not. */
export async function reserveSorIds(tx: Transaction, count: number): Promise<SorId[]> {
  if (count === 0) return [];
  const [row] = await tx
    .insert(sorIdNumbers)
    .values({ last: sql`coalesce(${highest}, 0) + ${count}` })
    .onConflictDoUpdate({
      target: sorIdNumbers.id,
      set: { last: sql`greatest(${sorIdNumbers.last}, coalesce(${highest}, 0)) + ${count}` },
    })
    .returning();
  const last = Number(row?.last ?? 0);
  return Array.from({ length: count }, (_, index) => makeSorId(last - count + 1 + index) as SorId);
}

/** The SOR ids that would be reserved next; for a preview, which reserves none. */
export async function nextSorIds(db: ReadDatabase, count: number): Promise<SorId[]> {
  if (count === 0) return [];
  const rows = await db
    .select({ last: sql<string | null>`n.last` })
    .from(sql`(select greatest((select last from sor_id_numbers), ${highest}) as last) as n`);
  const last = Number(rows[0]?.last ?? 0);
  return Array.from({ length: count }, (_, index) => makeSorId(last + 1 + index) as SorId);
}

/** The SOR id that would be reserved next. */
export async function nextSorId(db: ReadDatabase): Promise<SorId> {
  const [sorId] = await nextSorIds(db, 1);
  return sorId as SorId;
}
