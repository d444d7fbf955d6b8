import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { journalEntries, journalHead } from "./tables.ts";

export const journalChannel = "sor_journal";
export const firstHash = "0".repeat(64);

export type NewEntry = {
  action: string;
  outcome: "done" | "refused";
  subjectType: string;
  subjectId: string;
  glns?: readonly string[] | undefined;
  sorIds?: readonly string[] | undefined;
  before?: unknown;
  after?: unknown;
  comment?: string | undefined;
  changeSetId?: string | undefined;
};

type ActorColumns = Pick<
  typeof journalEntries.$inferInsert,
  "actorKind" | "actorId" | "actorName" | "supplierId"
>;

function actorColumns(actor: Actor): ActorColumns {
  switch (actor.kind) {
    case "anonymous":
      return { actorKind: "anonymous", actorId: null, actorName: null, supplierId: null };
    case "system":
      return { actorKind: "system", actorId: actor.job, actorName: actor.job, supplierId: null };
    case "user":
    case "key":
      return {
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
        supplierId: actor.supplierId,
      };
  }
}

/** The hash that chains an entry to the previous one: SHA-256 over both, hexadecimal. */
export function chainHash(
  previousHash: string,
  entry: Omit<typeof journalEntries.$inferInsert, "hash">,
): string {
  const content = [
    entry.sequence,
    entry.at.toISOString(),
    entry.actorKind,
    entry.actorId ?? null,
    entry.actorName ?? null,
    entry.supplierId ?? null,
    entry.action,
    entry.outcome,
    entry.subjectType,
    entry.subjectId,
    entry.glns,
    entry.sorIds,
    canonical(entry.before ?? null),
    canonical(entry.after ?? null),
    entry.comment ?? null,
    ...(entry.changeSetId ? [entry.changeSetId] : []),
  ];
  return createHash("sha256").update(previousHash).update(JSON.stringify(content)).digest("hex");
}

// jsonb does not keep the order of keys, so the hash is computed over sorted keys.
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

/**
 * Appends entries at the end of a transaction and returns the number of the last. The head row stays locked until the transaction
 * ends, so numbers have no gaps and become visible in order.
 */
export async function appendEntries(
  tx: Transaction,
  actor: Actor,
  now: Date,
  entries: readonly NewEntry[],
): Promise<number> {
  if (entries.length === 0) throw new RangeError("a change appends at least one entry");
  const [head] = await tx.select().from(journalHead).where(eq(journalHead.id, 1)).for("update");
  if (!head) throw new Error("the journal has no head row: the database is not migrated");
  let { sequence, hash } = head;
  const rows = entries.map((entry) => {
    sequence += 1;
    const row = {
      sequence,
      at: now,
      ...actorColumns(actor),
      action: entry.action,
      outcome: entry.outcome,
      subjectType: entry.subjectType,
      subjectId: entry.subjectId,
      glns: [...(entry.glns ?? [])],
      sorIds: [...(entry.sorIds ?? [])],
      before: entry.before === undefined ? null : canonical(entry.before),
      after: entry.after === undefined ? null : canonical(entry.after),
      comment: entry.comment ?? null,
      changeSetId: entry.changeSetId ?? null,
    };
    hash = chainHash(hash, row);
    return { ...row, hash };
  });
  for (let start = 0; start < rows.length; start += 1000) {
    await tx.insert(journalEntries).values(rows.slice(start, start + 1000));
  }
  await tx.update(journalHead).set({ sequence, hash }).where(eq(journalHead.id, 1));
  await tx.execute(sql`select pg_notify(${journalChannel}, ${String(sequence)})`);
  return sequence;
}
