import { randomUUID } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import { loadSupplier } from "../acceptance/index.ts";
import { type Context, changeUnjournalled } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { MailboxEntry, MailboxQuestion, OpenPayload, PayloadAnswer } from "../messages/index.ts";
import { advance, contentDigest, isFree, lockMessagesOf, payloadParts, wholeOf } from "../messages/index.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import { findHeadsOfMailbox } from "../ordering/index.ts";
import { may, type Subject } from "../permissions/index.ts";
import { advanceDeliveries } from "./advance-delivery.ts";
import { noteCollected } from "./endpoint-hours.ts";

async function mailboxSubject(db: ReadDatabase, gln: string, now: Date): Promise<Subject> {
  const supplierId = await loadSupplier(db, gln, now);
  return { type: "mailbox", id: gln, glns: [gln], supplierId: supplierId ?? undefined };
}

/** Throws `not-allowed` unless the actor may read the mailbox of the location number. */
export async function requireMailbox(ctx: Context, gln: string): Promise<void> {
  const subject = await mailboxSubject(ctx.db, gln, ctx.now);
  if (may(ctx.actor, "mailbox.read", subject, ctx.now)) return;
  // Checked again through `change`, which journals the refusal.
  await changeUnjournalled(ctx, { action: "mailbox.read", subject }, async () => undefined);
}

/**
 * Hands out what is waiting in a mailbox, oldest first, and leases it for the requested time. What is not acknowledged by then is
 * handed out again, so a client must recognise what it already has by `id`.
 */
export async function takeFromMailbox(
  ctx: Context,
  input: MailboxQuestion & { gln: string },
): Promise<MailboxEntry[]> {
  const subject = (tx: Transaction) => mailboxSubject(tx, input.gln, ctx.now);
  return await changeUnjournalled(ctx, { action: "mailbox.read", subject }, async (tx) => {
    const ids = await findInMailbox(tx, ctx, input);
    if (ids.length === 0) return [];
    if (input.visibilityTimeoutSeconds > 0) {
      const leaseUntil = new Date(ctx.now.getTime() + input.visibilityTimeoutSeconds * 1000);
      const lease = { leaseToken: randomUUID(), leaseUntil, leasedBy: null };
      const set = { attempts: sql`${deliveries.attempts} + 1` };
      await advanceDeliveries(tx, ctx.now, { ids }, { event: "leased", lease, set });
    }
    const carried = await lockMessagesOf(tx, ids);
    if (input.visibilityTimeoutSeconds > 0) {
      const moves = carried
        .filter((message) => message.state === "queued" || message.state === "delivering")
        .map((message) => ({ message, happenings: [{ event: "taken" as const }] }));
      await advance(tx, ctx, moves);
    }
    return await loadEntries(tx, ids, carried);
  });
}

type Found = { id: string; place: string; is_ordered: boolean | null };

async function findInMailbox(
  tx: Transaction,
  ctx: Context,
  { gln, limit }: { gln: string; limit: number },
): Promise<string[]> {
  const find = (also = sql`true`) =>
    tx.execute<Found>(sql`
      select d.id, d.place, e.is_ordered
      from deliveries d left join endpoints e on e.id = d.endpoint_id
      where d.receiver = ${gln} and d.state = 'waiting' and d.transport = 'mailbox'
        and ${isFree(ctx.now)} and ${also}
      order by d.created_at, d.id limit ${limit} for update of d skip locked`);
  const { rows } = await find();
  if (!rows.some((row) => row.is_ordered)) return rows.map(({ id }) => id);
  const heads = await findHeadsOfMailbox(tx, ctx, { gln, limit });
  // Deliveries of endpoints without ordering do not wait behind those with it.
  const others = await find(sql`e.is_ordered is not true`);
  const found = [...heads, ...others.rows].sort((a, b) => Number(a.place) - Number(b.place));
  return found.slice(0, limit).map(({ id }) => id);
}

async function loadEntries(
  tx: Transaction,
  ids: readonly string[],
  carried: Awaited<ReturnType<typeof lockMessagesOf>>,
): Promise<MailboxEntry[]> {
  const rows = await tx
    .select({ delivery: deliveries, interchange: interchanges })
    .from(deliveries)
    .innerJoin(interchanges, eq(interchanges.id, deliveries.interchangeId))
    .where(inArray(deliveries.id, [...ids]))
    .orderBy(deliveries.createdAt, deliveries.id);
  const byDelivery = Map.groupBy(carried, (message) => message.deliveryId);
  return rows.map(({ delivery, interchange }) => ({
    id: delivery.id,
    interchangeId: interchange.id,
    sender: interchange.sender,
    receiver: interchange.receiver,
    controlReference: interchange.controlReference,
    contentType: delivery.contentType,
    sizeBytes: delivery.sizeBytes,
    contentDigest: contentDigest(delivery.payloadSha256),
    createdAt: delivery.createdAt.toISOString(),
    expiresAt: delivery.giveUpAt.toISOString(),
    leaseUntil: delivery.leaseUntil?.toISOString() ?? null,
    timesHandedOut: delivery.attempts,
    isTest: interchange.isTest,
    messages: (byDelivery.get(delivery.id) ?? [])
      .sort((a, b) => a.position - b.position)
      .map(({ id, reference, messageType, version }) => ({ id, reference, messageType, version })),
  }));
}

/** The bytes of a delivery in a mailbox, all at once; as `openFromMailbox`. */
export async function readFromMailbox(
  ctx: Context,
  input: { gln: string; id: string },
): Promise<PayloadAnswer> {
  const { parts, sizeBytes: _, ...answer } = await openFromMailbox(ctx, input);
  return { ...answer, bytes: await wholeOf(parts()) };
}

/** Opens the bytes of a delivery in a mailbox, exactly as they were sent. Throws `not-found` when it is not in this mailbox. */
export async function openFromMailbox(
  ctx: Context,
  input: { gln: string; id: string },
): Promise<OpenPayload> {
  await requireMailbox(ctx, input.gln);
  const [found] = await ctx.db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.id, input.id),
        eq(deliveries.receiver, input.gln),
        eq(deliveries.transport, "mailbox"),
        inArray(deliveries.state, ["waiting", "done"]),
      ),
    );
  if (!found) throw new DomainError("not-found", "no-such-delivery");
  return {
    interchangeId: found.interchangeId,
    contentType: found.contentType,
    contentDigest: contentDigest(found.payloadSha256),
    ...payloadParts(ctx.db, found.payloadSha256, found.sizeBytes),
  };
}

export type Acknowledged = {
  acknowledged: string[];
  /** Not in this mailbox, or expired before they were acknowledged. */
  unknown: string[];
  /** For metrics: seconds from acceptance until now, of what was acknowledged for the first time. */
  secondsSinceAccepted: number[];
};

/** Marks deliveries as acknowledged by the receiver: they are delivered and leave the mailbox. Idempotent. */
export async function acknowledgeMailbox(
  ctx: Context,
  input: { gln: string; ids: readonly string[] },
): Promise<Acknowledged> {
  const subject = (tx: Transaction) => mailboxSubject(tx, input.gln, ctx.now);
  return await changeUnjournalled(ctx, { action: "mailbox.read", subject }, async (tx) => {
    const wanted = [...new Set(input.ids)].sort();
    const rows = await tx
      .select()
      .from(deliveries)
      .where(
        and(
          inArray(deliveries.id, wanted),
          eq(deliveries.receiver, input.gln),
          eq(deliveries.transport, "mailbox"),
          inArray(deliveries.state, ["waiting", "done"]),
        ),
      )
      .orderBy(deliveries.id)
      .for("update");
    const waiting = rows.filter((row) => row.state === "waiting");
    const ids = waiting.map((row) => row.id);
    if (ids.length > 0) {
      await advanceDeliveries(tx, ctx.now, { ids }, { event: "delivered" });
      await noteCollected(tx, waiting, ctx.now);
      const carried = await lockMessagesOf(tx, ids);
      await advance(
        tx,
        ctx,
        carried.map((message) => ({ message, happenings: [{ event: "delivered" as const }] })),
      );
    }
    const known = new Set(rows.map((row) => row.id));
    const result = {
      acknowledged: wanted.filter((id) => known.has(id)),
      unknown: wanted.filter((id) => !known.has(id)),
      secondsSinceAccepted: waiting.map((row) => (ctx.now.getTime() - row.createdAt.getTime()) / 1000),
    };
    return result;
  });
}
