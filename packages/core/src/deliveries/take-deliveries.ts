import { randomUUID } from "node:crypto";
import { eq, inArray, sql } from "drizzle-orm";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type RetryRule, secretsInForce } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { advance, lockMessagesOf, type PayloadParts, readPayload, storedContent } from "../messages/index.ts";
import { deliveries, interchanges } from "../messages/tables.ts";
import { advanceDeliveries } from "./advance-delivery.ts";
import { type DueQuestion, findDue } from "./find-due.ts";

/** A delivery leased to this worker, and its destination. */
export type TakenDelivery = {
  id: string;
  leaseToken: string;
  /** When the lease expires. */
  leaseUntil: Date;
  interchangeId: string;
  messageIds: string[];
  /** Number of earlier attempts. */
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
  /** Messages that are not UTF-8 get a second signature, over their text. */
  signsText: boolean;
  /** The endpoint's own retry rule; null: the default. */
  retry: RetryRule | null;
};

export type TakeQuestion = DueQuestion & {
  /** The lease expires after this time, and any process may take the delivery again. */
  leaseSeconds: number;
  /**
   * The lowest transfer rate to expect: the lease is extended by the size at this rate. Absent: the lease does not depend on the
   * size.
   */
  bytesPerSecondMin?: number | undefined;
  /** Name of the worker, for operators. */
  worker: string;
};

const leaseEnd = (now: Date, { leaseSeconds, bytesPerSecondMin }: TakeQuestion) => {
  const whileSent = bytesPerSecondMin ? sql`${deliveries.sizeBytes} / ${bytesPerSecondMin}::float8` : sql`0`;
  return sql`${now}::timestamptz + make_interval(secs => ${leaseSeconds}::float8 + ${whileSent})`;
};

/**
 * Takes due deliveries under a lease; no other worker gets them before it expires. Slots are shared between suppliers, however
 * much is due for any one of them.
 */
export async function takeDeliveries(ctx: Context, question: TakeQuestion): Promise<TakenDelivery[]> {
  return await work(ctx, async (tx) => {
    const ids = await findDue(tx, ctx, question);
    if (ids.length === 0) return [];
    const leaseToken = randomUUID();
    const lease = { leaseToken, leaseUntil: leaseEnd(ctx.now, question), leasedBy: question.worker };
    await advanceDeliveries(tx, ctx.now, { ids }, { event: "leased", lease });
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

/** The bytes of a delivery leased to this worker. */
export async function readDeliveryPayload(
  ctx: Context,
  delivery: Pick<TakenDelivery, "payloadSha256">,
): Promise<Buffer> {
  return await readPayload(ctx.db, delivery.payloadSha256);
}

/**
 * The bytes of a delivery leased to this worker, part by part; can be read repeatedly. Small payloads are read from the database
 * once.
 */
export async function openDeliveryPayload(
  ctx: Context,
  delivery: Pick<TakenDelivery, "payloadSha256" | "sizeBytes">,
): Promise<PayloadParts> {
  return await storedContent(ctx.db, delivery);
}

/** Releases leases on unsent deliveries, so that another process can take them at once; called by a worker before it exits. */
export async function giveBackDeliveries(
  ctx: Context,
  taken: readonly Pick<TakenDelivery, "id" | "leaseToken">[],
): Promise<void> {
  if (taken.length === 0) return;
  await work(ctx, async (tx) => {
    for (const { id, leaseToken } of taken) {
      const mine = { ids: [id], leaseToken, ifPossible: true } as const;
      const given = await advanceDeliveries(tx, ctx.now, mine, { event: "given-back" });
      if (given.length === 0) continue;
      const carried = await lockMessagesOf(tx, [id]);
      const moves = carried
        .filter((message) => message.state === "delivering")
        .map((message) => ({ message, happenings: [{ event: "given-back" as const }] }));
      await advance(tx, ctx, moves);
    }
  });
}
