import { randomUUID } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type RetryRule, secretsInForce } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { advance, lockMessagesOf, type PayloadParts, readPayload, storedContent } from "../messages/index.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import { type DueQuestion, findDue } from "./find-due.ts";

/** A delivery that this worker now holds, and where it goes. */
export type TakenDelivery = {
  id: string;
  leaseToken: string;
  /** From then on another may have it. */
  leaseUntil: Date;
  interchangeId: string;
  messageIds: string[];
  /** Attempts before this one. */
  attempts: number;
  giveUpAt: Date;
  payloadSha256: string;
  sizeBytes: number;
  contentType: string;
  controlReference: string;
  endpointId: string;
  transport: "webhook" | "folder";
  supplierId: string;
  address: string;
  signingSecrets: string[];
  /** Messages that are not UTF-8 get a second signature over text. */
  signsText: boolean;
  /** The endpoint's own rule of trying again; null: the gateway's. */
  retry: RetryRule | null;
};

export type TakeQuestion = DueQuestion & {
  /** After this the lease is over and anybody may take the delivery again. */
  leaseSeconds: number;
  /** The slowest that bytes are taken: the lease is longer by so much. Absent: it does not depend on the size. */
  bytesPerSecondMin?: number | undefined;
  /** Who takes; for people. */
  worker: string;
};

const leaseEnd = (now: Date, { leaseSeconds, bytesPerSecondMin }: TakeQuestion) => {
  const whileSent = bytesPerSecondMin ? sql`${deliveries.sizeBytes} / ${bytesPerSecondMin}::float8` : sql`0`;
  return sql`${now}::timestamptz + make_interval(secs => ${leaseSeconds}::float8 + ${whileSent})`;
};

/**
 * Takes work that is due, under a lease; nobody else is given it before the lease is over. Each supplier gets its share of the
 * places, whatever waits for others.
 */
export async function takeDeliveries(ctx: Context, question: TakeQuestion): Promise<TakenDelivery[]> {
  return await work(ctx, async (tx) => {
    const ids = await findDue(tx, ctx, question);
    if (ids.length === 0) return [];
    const leaseToken = randomUUID();
    await tx
      .update(deliveries)
      .set({
        leaseToken,
        leaseUntil: leaseEnd(ctx.now, question),
        leasedBy: question.worker,
      })
      .where(inArray(deliveries.id, ids));
    const carried = await lockMessagesOf(tx, ids);
    await advance(
      tx,
      ctx,
      carried.flatMap((message) =>
        message.state === "queued" || message.state === "delivering"
          ? [{ message, happenings: [{ event: "taken" as const }] }]
          : [],
      ),
    );
    const messageIds = Map.groupBy(carried, (message) => message.deliveryId);
    const rows = await loadTaken(tx, ids, ctx.now);
    const result = rows.map((row) => ({
      ...row,
      leaseToken,
      messageIds: (messageIds.get(row.id) ?? []).map((message) => message.id),
    }));
    return result;
  });
}

async function loadTaken(tx: Transaction, ids: readonly string[], now: Date) {
  const rows = await tx
    .select({
      id: deliveries.id,
      leaseUntil: deliveries.leaseUntil,
      interchangeId: deliveries.interchangeId,
      attempts: deliveries.attempts,
      giveUpAt: deliveries.giveUpAt,
      payloadSha256: deliveries.payloadSha256,
      sizeBytes: deliveries.sizeBytes,
      contentType: deliveries.contentType,
      controlReference: interchanges.controlReference,
      endpointId: endpoints.id,
      transport: endpoints.transport,
      supplierId: endpoints.supplierId,
      address: endpoints.address,
      secrets: endpoints.secrets,
      signsText: endpoints.signsText,
      retry: endpoints.retry,
    })
    .from(deliveries)
    .innerJoin(interchanges, eq(interchanges.id, deliveries.interchangeId))
    .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
    .where(inArray(deliveries.id, [...ids]));
  return rows.map(({ transport, leaseUntil, secrets, ...row }) => {
    if (transport === "mailbox" || !leaseUntil) throw new Error("a mailbox is not delivered to");
    const signingSecrets = secretsInForce(secrets, now);
    return { ...row, transport, leaseUntil, signingSecrets, address: row.address ?? "" };
  });
}

/** The bytes of a delivery that this worker holds. */
export async function readDeliveryPayload(
  ctx: Context,
  delivery: Pick<TakenDelivery, "payloadSha256">,
): Promise<Buffer> {
  return await readPayload(ctx.db, delivery.payloadSha256);
}

/** The bytes of a delivery that this worker holds, part by part, as often as they are asked for; small ones are read once. */
export async function openDeliveryPayload(
  ctx: Context,
  delivery: Pick<TakenDelivery, "payloadSha256" | "sizeBytes">,
): Promise<PayloadParts> {
  return await storedContent(ctx.db, delivery);
}

/** Gives deliveries back unsent, so that another process can take them at once: what a worker does before it ends. */
export async function giveBackDeliveries(
  ctx: Context,
  taken: readonly Pick<TakenDelivery, "id" | "leaseToken">[],
): Promise<void> {
  if (taken.length === 0) return;
  await work(ctx, async (tx) => {
    for (const { id, leaseToken } of taken) {
      const mine = and(eq(deliveries.id, id), eq(deliveries.leaseToken, leaseToken));
      const given = await tx
        .update(deliveries)
        .set({ leaseToken: null, leaseUntil: null, leasedBy: null })
        .where(mine)
        .returning({ id: deliveries.id });
      if (given.length === 0) continue;
      const carried = await lockMessagesOf(tx, [id]);
      const moves = carried
        .filter((message) => message.state === "delivering")
        .map((message) => ({ message, happenings: [{ event: "given-back" as const }] }));
      await advance(tx, ctx, moves);
    }
  });
}
