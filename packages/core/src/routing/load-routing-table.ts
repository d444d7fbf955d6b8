import { sql } from "drizzle-orm";
import type { Database, Transaction } from "../database/index.ts";
import { currentPosition, firstHash, stampOf } from "../journal/index.ts";
import {
  readLocations,
  readParties,
  readUnits,
  streamPairs,
  streamPeriods,
  streamUnits,
} from "./read-rows.ts";
import { RoutingTable, type TableChange } from "./routing-table.ts";

/** A table and the hash of its journal entry, which identifies the journal. */
export type LoadedTable = { table: RoutingTable; hash: string };

/** Above this number of changed locations or units the whole table is reloaded. */
const changedMax = 20_000;
const changesAtOnce = 1000;

const snapshot = { isolationLevel: "repeatable read", accessMode: "read only" } as const;

type Head = { sequence: number; hash: string };

/** Reads the whole register at one sequence, in one database snapshot, with bounded memory beside the table. */
export async function loadRoutingTable(db: Database): Promise<LoadedTable> {
  return await db.transaction(async (tx) => {
    const { sequence, hash } = await currentPosition(tx);
    await tx.execute(sql`set local statement_timeout = '10min'`);
    const { rows } = await tx.execute<{ count: number }>(sql`select count(*)::int as count from locations`);
    const table = new RoutingTable(sequence, rows[0]?.count ?? 0, stampOf(hash));
    table.parties.put(await readParties(tx));
    for await (const [gln, periods] of streamPeriods(tx)) table.setPeriods(gln, periods);
    for await (const [gln, pairs] of streamPairs(tx)) table.setPairs(gln, pairs);
    for await (const [sorId, versions] of streamUnits(tx)) table.units.set(sorId, versions);
    return { table, hash };
  }, snapshot);
}

/**
 * The update that brings a table to the newest sequence; "reload" when there are too many changes or the entries do not list
 * them.
 */
type Advance = { kind: "none" } | { kind: "change"; change: TableChange; hash: string } | { kind: "reload" };

type Told = { subject_type: string; subject_id: string; outcome: string; glns: string[]; sor_ids: string[] };

const partyTypes = new Set(["endpoint", "system", "supplier", "net-operator"]);

/** Which parts of the table some journal entries affect. Pure. */
function touchedBy(entries: readonly Told[]) {
  const done = entries.filter((entry) => entry.outcome === "done");
  const glns = new Set(done.flatMap((entry) => entry.glns));
  const sorIds = new Set(done.flatMap((entry) => entry.sor_ids));
  const isImport = done.some((entry) => entry.subject_type === "register" && entry.glns.length === 0);
  return {
    glns,
    sorIds,
    endpoints: done.flatMap((entry) => (entry.subject_type === "endpoint" ? [entry.subject_id] : [])),
    hasParties: done.some((entry) => partyTypes.has(entry.subject_type)),
    isEverything: isImport || glns.size > changedMax || sorIds.size > changedMax,
  };
}

async function readTold(tx: Transaction, after: number, to: number): Promise<Told[] | undefined> {
  if (to - after > changedMax) return undefined;
  const { rows } = await tx.execute<Told>(sql`
    select subject_type, subject_id, outcome, glns, sor_ids from journal_entries
    where sequence > ${after} and sequence <= ${to} order by sequence`);
  return rows;
}

/** Which parts of the table the journal entries after a number, up to another, affect; undefined when they are too many. */
export async function readTouched(tx: Transaction, after: number, to: number) {
  const told = await readTold(tx, after, to);
  return told && touchedBy(told);
}

async function continues(tx: Transaction, after: number, hash: string): Promise<boolean> {
  if (after === 0) return hash === firstHash;
  const { rows } = await tx.execute<{ hash: string }>(
    sql`select hash from journal_entries where sequence = ${after}`,
  );
  return rows[0]?.hash === hash;
}

async function inParts<Value>(
  keys: ReadonlySet<string>,
  read: (part: string[]) => Promise<Map<string, Value>>,
): Promise<Map<string, Value>> {
  const all = [...keys];
  const found = new Map<string, Value>();
  for (let start = 0; start < all.length; start += changesAtOnce) {
    for (const [key, value] of await read(all.slice(start, start + changesAtOnce))) found.set(key, value);
  }
  return found;
}

/**
 * Reads what changed after a sequence, in one database snapshot, so that the table moves atomically from one sequence to another.
 * Asks for a reload when the journal does not continue after `from` (a restored or another database).
 */
export async function readAdvance(db: Database, from: Head): Promise<Advance> {
  return await db.transaction(async (tx): Promise<Advance> => {
    const head = await currentPosition(tx);
    if (head.sequence === from.sequence && head.hash === from.hash) return { kind: "none" };
    if (head.sequence <= from.sequence || !(await continues(tx, from.sequence, from.hash)))
      return { kind: "reload" };
    const touched = await readTouched(tx, from.sequence, head.sequence);
    if (!touched || touched.isEverything) return { kind: "reload" };
    const locations = await inParts(touched.glns, (part) => readLocations(tx, part));
    const used = [...locations.values()].flatMap(({ pairs }) =>
      pairs.flatMap((pair) => pair.endpointId ?? []),
    );
    const endpoints = [...new Set([...used, ...touched.endpoints])];
    const needsParties = touched.hasParties || locations.size > 0;
    const change: TableChange = {
      sequence: head.sequence,
      stamp: stampOf(head.hash),
      locations,
      units: await inParts(touched.sorIds, (part) => readUnits(tx, part)),
      ...(needsParties && { parties: await readParties(tx, endpoints) }),
    };
    return { kind: "change", change, hash: head.hash };
  }, snapshot);
}
