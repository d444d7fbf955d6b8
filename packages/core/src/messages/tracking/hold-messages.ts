import { eq } from "drizzle-orm";
import { type Context, change } from "../../context.ts";
import { newId, type Transaction } from "../../database/index.ts";
import { DomainError } from "../../errors.ts";
import { advance, lockMessagesOf } from "../advance.ts";
import { keepOnly, renewEnvelope } from "../carve-delivery.ts";
import { isMovable } from "../move-letters.ts";
import { type MessageRow, requireVisibleMessage, summaryOf } from "../read-messages.ts";
import type { MessageSummary } from "../schemas.ts";
import {
  type DeliveryRow,
  eitherSide,
  entryOf,
  isInHand,
  lockDelivery,
  lockMessage,
  wrongState,
} from "../sides.ts";
import { deliveries, quarantines } from "../tables.ts";
import { forEachMessage, type OneOfMany } from "./reroute-messages.ts";
import type { ReleaseOutcome } from "./schemas.ts";

/**
 * Holds back a letter that has not been handed over, until somebody releases it; others of the same delivery go on. With
 * `takesTwo` its release must be asked for by two. Throws `wrong-state` when it is too late.
 */
export async function holdMessage(
  ctx: Context,
  input: { id: string; reason: string; takesTwo?: boolean | undefined },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    const canBeHeld = row.state === "queued" || (row.state === "held" && row.reason === "paused");
    if (!delivery || row.deliveryId !== delivery.id || !canBeHeld) throw wrongState(row.state);
    if (isInHand(delivery, ctx.now)) throw wrongState("delivering");
    const deliveryId = await setApart(tx, ctx, delivery, row);
    const takesTwo = input.takesTwo ?? false;
    await tx.insert(quarantines).values({ deliveryId, heldAt: ctx.now, takesTwo });
    const held = { event: "held", detail: { reason: "quarantine", takesTwo } } as const;
    const happenings = row.state === "held" ? [{ event: "released" as const }, held] : [held];
    await advance(tx, ctx, [{ message: row, happenings, set: { reason: "quarantine", deliveryId } }]);
    const after = { state: "held", reason: "quarantine", takesTwo } as const;
    const result = summaryOf({ ...row, state: "held", reason: "quarantine", stateSince: ctx.now });
    return { result, entries: [entryOf(row, after)] };
  });
}

// The letter gets a delivery of its own, so that its neighbours can go on; under a new envelope id, as theirs is in use.
async function setApart(
  tx: Transaction,
  ctx: Context,
  delivery: DeliveryRow,
  row: MessageRow,
): Promise<string> {
  const carried = await lockMessagesOf(tx, [delivery.id]);
  const left = carried.filter((other) => other.id !== row.id && isMovable(other.state));
  const still = { state: "held" as const, leaseToken: null, leaseUntil: null, leasedBy: null };
  if (left.length === 0) {
    await tx.update(deliveries).set(still).where(eq(deliveries.id, delivery.id));
    return delivery.id;
  }
  const id = newId();
  const own = await renewEnvelope(tx, ctx, delivery, [row]);
  await tx.insert(deliveries).values({ ...delivery, ...own, ...still, id, attempts: 0 });
  const rest = await keepOnly(tx, ctx, delivery, left);
  await tx.update(deliveries).set(rest).where(eq(deliveries.id, delivery.id));
  return id;
}

/** Who asks for a release, to tell one from another. */
export const askerOf = ({ actor }: Context): string =>
  "id" in actor ? `${actor.kind}:${actor.id}` : actor.kind;

export const nothingAsked = () =>
  new DomainError("conflict", "Nobody has asked for its release.", { fault: "nothing-to-approve" });

/**
 * Lets a letter go that was held back; where it takes two, the first only asks and the second, another, lets it go. Throws
 * `endpoint-paused` for what waits for its endpoint to resume: that is not held by a person; to who comes as the second,
 * `nothing-to-approve` when nobody has asked.
 */
export async function releaseMessage(
  ctx: Context,
  input: { id: string; reason: string; asSecond?: true },
): Promise<ReleaseOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (!delivery || row.deliveryId !== delivery.id || row.state !== "held") throw wrongState(row.state);
    const own = eq(quarantines.deliveryId, delivery.id);
    const [quarantine] = await tx.select().from(quarantines).where(own).for("update");
    if (input.asSecond && (quarantine?.releaseAskedBy ?? null) === null) throw nothingAsked();
    if (!quarantine) {
      throw new DomainError("conflict", "It waits for its endpoint to resume.", { fault: "endpoint-paused" });
    }
    const asker = askerOf(ctx);
    if (quarantine.releaseAskedBy === asker) {
      throw new DomainError("conflict", "Somebody else must let it go.", { fault: "second-person-needed" });
    }
    if (quarantine.takesTwo && quarantine.releaseAskedBy === null) {
      await tx.update(quarantines).set({ releaseAskedBy: asker }).where(own);
      await advance(tx, ctx, [{ message: row, happenings: [{ event: "release-asked" }] }]);
      const result: ReleaseOutcome = { ...summaryOf(row), isReleased: false };
      return { result, entries: [entryOf(row, { releaseAsked: true })] };
    }
    await tx.delete(quarantines).where(own);
    await tx
      .update(deliveries)
      .set({ state: "waiting", nextAttemptAt: ctx.now })
      .where(eq(deliveries.id, delivery.id));
    await advance(tx, ctx, [{ message: row, happenings: [{ event: "released" }], set: { reason: null } }]);
    const summary = summaryOf({ ...row, state: "queued", reason: null, stateSince: ctx.now });
    return { result: { ...summary, isReleased: true }, entries: [entryOf(row, { state: "queued" })] };
  });
}

/** Lets several letters go, each in a transaction of its own; tells of each what became of it. */
export async function releaseMessages(
  ctx: Context,
  input: { ids: readonly string[]; reason: string },
): Promise<OneOfMany<ReleaseOutcome>[]> {
  return await forEachMessage(input.ids, (id) => releaseMessage(ctx, { id, reason: input.reason }));
}
