import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import type { PruneKind } from "./retention.ts";

/** What a batch removed: ids in order, the range of time, and the size. */
type Batch = { ids: string[]; oldestAt: Date | null; newestAt: Date | null; bytes: number };

const ended = ["delivered", "receipted-positive", "receipted-negative", "rejected", "expired", "cancelled"];
const isOpen = sql`m.state <> all(${sql.param(ended)}::text[])`;

// An interchange is kept while one of its messages, or a message in one of its deliveries, has not ended.
const isAtRest = sql`
  not exists (select from messages m where m.interchange_id = i.id and ${isOpen})
  and not exists (select from deliveries d join messages m on m.delivery_id = d.id
    where d.interchange_id = i.id and ${isOpen})
  and not exists (select from deliveries d where d.interchange_id = i.id and d.state in ('waiting', 'held'))`;

async function batchOf(tx: Transaction, query: SQL): Promise<Batch> {
  const { rows } = await tx.execute<{ id: string; at: string; bytes: number | string | null }>(query);
  const times = rows.map(({ at }) => new Date(at).getTime());
  return {
    ids: rows.map(({ id }) => id),
    oldestAt: rows.length > 0 ? new Date(Math.min(...times)) : null,
    newestAt: rows.length > 0 ? new Date(Math.max(...times)) : null,
    bytes: rows.reduce((sum, { bytes }) => sum + Number(bytes ?? 0), 0),
  };
}

async function prunePayloads(tx: Transaction, before: Date, limit: number): Promise<Batch> {
  const batch = await batchOf(
    tx,
    sql`select i.id, i.received_at as at, i.size_bytes as bytes from interchanges i
      where i.payload_pruned_at is null and i.received_at < ${before} and ${isAtRest}
      order by i.received_at limit ${limit} for update of i skip locked`,
  );
  if (batch.ids.length === 0) return batch;
  const ids = sql`any(${sql.param(batch.ids)}::uuid[])`;
  await tx.execute(sql`update interchanges set payload_pruned_at = now() where id = ${ids}`);
  // The same bytes may be the content of another interchange that is kept, or that is being stored concurrently: that transaction
  // has locked the payload's row, and the next statement sees what it stored.
  const names = sql`select payload_sha256 from interchanges where id = ${ids}
    union select payload_sha256 from deliveries where interchange_id = ${ids}`;
  await tx.execute(sql`select from payloads where sha256 in (${names}) order by sha256, part for update`);
  await tx.execute(
    sql`delete from payloads p where p.sha256 in (${names}) and not exists (
      select from interchanges i where i.payload_sha256 = p.sha256 and i.payload_pruned_at is null)`,
  );
  return batch;
}

async function pruneMessages(tx: Transaction, before: Date, limit: number): Promise<Batch> {
  const batch = await batchOf(
    tx,
    sql`select i.id, i.received_at as at, 0 as bytes from interchanges i
      where i.received_at < ${before} and i.payload_pruned_at is not null and ${isAtRest}
        and not exists (select from deliveries d join messages m on m.delivery_id = d.id
          where d.interchange_id = i.id and m.interchange_id <> i.id)
      order by i.received_at limit ${limit} for update of i skip locked`,
  );
  if (batch.ids.length === 0) return batch;
  const ids = sql`any(${sql.param(batch.ids)}::uuid[])`;
  const ofMessages = sql`in (select id from messages where interchange_id = ${ids})`;
  await tx.execute(
    sql`delete from feed_entries where event_id in (select id from message_events where message_id ${ofMessages})`,
  );
  await tx.execute(sql`delete from message_events where message_id ${ofMessages}`);
  await tx.execute(sql`delete from message_patients where message_id ${ofMessages}`);
  await tx.execute(sql`delete from messages where interchange_id = ${ids}`);
  await tx.execute(
    sql`delete from delivery_attempts where delivery_id in (select id from deliveries where interchange_id = ${ids})`,
  );
  await tx.execute(sql`delete from deliveries where interchange_id = ${ids}`);
  await tx.execute(sql`delete from interchanges where id = ${ids}`);
  return batch;
}

// The certificate is a hash over keys, not contents, so that it identifies no person or party.
async function pruneReferences(tx: Transaction, before: Date, limit: number): Promise<Batch> {
  return await batchOf(
    tx,
    sql`delete from seen_references where ctid = any(array(
        select ctid from seen_references where seen_at < ${before} order by seen_at limit ${limit} for update skip locked))
      returning interchange_id::text || ' ' || kind || ' ' || reference || ' ' || scope as id, seen_at as at, 0 as bytes`,
  );
}

async function pruneKeys(tx: Transaction, before: Date, limit: number): Promise<Batch> {
  return await batchOf(
    tx,
    sql`delete from idempotency_keys where ctid = any(array(
        select ctid from idempotency_keys where created_at < ${before} order by created_at limit ${limit} for update skip locked))
      returning owner || ' ' || key as id, created_at as at, 0 as bytes`,
  );
}

/** Removes one batch of a kind that is due, oldest first, and returns what it was; an empty batch means that nothing is due. */
export const pruneBatch: Readonly<
  Record<PruneKind, (tx: Transaction, before: Date, limit: number) => Promise<Batch>>
> = {
  payloads: prunePayloads,
  messages: pruneMessages,
  references: pruneReferences,
  "idempotency-keys": pruneKeys,
};
