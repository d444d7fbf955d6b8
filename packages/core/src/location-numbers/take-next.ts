import { and, asc, eq, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { isReleased } from "./list-numbers.ts";
import { glnAt, loadRanges, type Range } from "./ranges.ts";
import { locationNumberRanges, locationNumbers } from "./tables.ts";

const candidatesAtOnce = 1000;

// The table of registered numbers belongs to a later folder, which may not be imported, so its name is written out in the SQL.
async function takenOf(tx: Transaction, glns: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.execute<{ gln: string }>(sql`
    select gln from locations where gln = any(${sql.param(glns)}::text[])
    union select gln from location_numbers where gln = any(${sql.param(glns)}::text[])`);
  return new Set(rows.map(({ gln }) => gln));
}

async function nextOfRange(tx: Transaction, range: Range): Promise<string | undefined> {
  for (let from = range.next; from <= range.to; from += candidatesAtOnce) {
    const count = Math.min(candidatesAtOnce, range.to - from + 1);
    const glns = Array.from({ length: count }, (_, at) => glnAt(range, from + at));
    const taken = await takenOf(tx, glns);
    const at = glns.findIndex((gln) => !taken.has(gln));
    const next = at === -1 ? from + count : from + at + 1;
    await tx.update(locationNumberRanges).set({ next }).where(eq(locationNumberRanges.id, range.id));
    if (at !== -1) return glns[at];
  }
  return undefined;
}

async function oldestReleased(tx: Transaction, day: string): Promise<string | undefined> {
  const released = await tx
    .select({ gln: locationNumbers.gln })
    .from(locationNumbers)
    .where(
      and(isReleased(day), sql`not exists (select from locations l where l.gln = ${locationNumbers.gln})`),
    )
    .orderBy(asc(locationNumbers.changedAt), asc(locationNumbers.gln))
    .limit(1);
  return released[0]?.gln;
}

/**
 * A number that is free: the next one of the open ranges; when they are used up, the one that was released longest ago. `conflict`
 * when none is left. The caller holds the lock of the numbers.
 */
export async function takeNext(tx: Transaction, day: string): Promise<string> {
  for (const range of await loadRanges(tx)) {
    const gln = range.isOpen ? await nextOfRange(tx, range) : undefined;
    if (gln !== undefined) return gln;
  }
  const gln = await oldestReleased(tx, day);
  if (gln !== undefined) return gln;
  throw new DomainError("conflict", "numbers-used-up", { fault: "used-up" });
}
