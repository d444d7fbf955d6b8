import { eq } from "drizzle-orm";
import { endQuarantine, lockQuarantine, type Quarantine, requireHolder } from "../acceptance/index.ts";
import { quarantines } from "../acceptance/tables.ts";
import { actorForUserId, isOnePerson } from "../access/index.ts";
import { asActor, type Context, change, changedBy } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { advanceDeliveries, partingDelivery } from "../deliveries/index.ts";
import { DomainError } from "../errors.ts";
import type { MessageSummary } from "../messages/index.ts";
import {
  advance,
  type DeliveryRow,
  eitherSide,
  entryOf,
  isSide,
  lockDelivery,
  lockMessage,
  lockMessagesOf,
  type MessageRow,
  requireVisibleMessage,
  senderSide,
  sideNamed,
  summaryOf,
  wrongState,
} from "../messages/index.ts";
import { deliveries } from "../messages/tables.ts";
import { isInHand } from "../queue/index.ts";
import { isMovable, keepOnly, renewEnvelope } from "../redirection/index.ts";
import type { ReleaseOutcome } from "../tracking/index.ts";
import { forEachMessage, type OneOfMany } from "./reroute-messages.ts";

/**
 * Holds a message that has not been sent, until a user or key of the same side releases it; others of the same delivery go on.
 * With `takesTwo` its release takes two persons. Throws `wrong-state` when it is too late.
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
    const heldBy = isSide(ctx, senderSide(row)) ? "sender" : "receiver";
    await tx.insert(quarantines).values({ messageId: row.id, heldAt: ctx.now, heldBy, takesTwo });
    const held = { event: "held", detail: { reason: "quarantine", takesTwo } } as const;
    const happenings = row.state === "held" ? [{ event: "released" as const }, held] : [held];
    await advance(tx, ctx, [{ message: row, happenings, set: { reason: "quarantine", deliveryId } }]);
    const after = { state: "held", reason: "quarantine", takesTwo } as const;
    const result = summaryOf({ ...row, state: "held", reason: "quarantine", stateSince: ctx.now });
    return { result, entries: [entryOf(row, after)] };
  });
}

// The message gets a delivery of its own, so that the others can be sent; with a new envelope id, as the old one is in use.
async function setApart(
  tx: Transaction,
  ctx: Context,
  delivery: DeliveryRow,
  row: MessageRow,
): Promise<string> {
  const carried = await lockMessagesOf(tx, [delivery.id]);
  const left = carried.filter((other) => other.id !== row.id && isMovable(other.state));
  if (left.length === 0) {
    await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, { event: "held" });
    return delivery.id;
  }
  const id = newId();
  const own = await renewEnvelope(tx, ctx, delivery, [row]);
  const apart = { event: "held", set: own } as const;
  await tx.insert(deliveries).values(partingDelivery(delivery, id, apart, ctx.now));
  const rest = await keepOnly(tx, ctx, delivery, left);
  await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, { event: "reduced", set: rest });
  return id;
}

export const nothingAsked = () =>
  new DomainError("conflict", "nothing-to-approve", { fault: "nothing-to-approve" });

type Held = { delivery: DeliveryRow; row: MessageRow; quarantine: Quarantine | undefined };

/** A held message with its delivery and its hold, locked in that order. Throws `wrong-state`. */
export async function lockHeld(tx: Transaction, seen: MessageRow): Promise<Held> {
  const delivery = await lockDelivery(tx, seen.deliveryId);
  const row = await lockMessage(tx, seen.id);
  if (!delivery || row.deliveryId !== delivery.id || row.state !== "held") throw wrongState(row.state);
  return { delivery, row, quarantine: await lockQuarantine(tx, row.id) };
}

/**
 * Releases a held message, for the side that holds it. Where it takes two persons, the first only asks and the second releases
 * it; keys do not count as persons. Throws `conflict`: `endpoint-paused` for a message held because its endpoint is paused,
 * `held-by-other-side`, `person-needed` to a key, `second-person-needed` to the one who has asked, `not-independent` to a second
 * who may be the same person as the first; with `asSecond`, `nothing-to-approve` when nobody has asked.
 */
export async function releaseMessage(
  ctx: Context,
  input: { id: string; reason: string; asSecond?: true },
): Promise<ReleaseOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const { delivery, row, quarantine } = await lockHeld(tx, seen);
    if (!quarantine && !input.asSecond) {
      throw new DomainError("conflict", "endpoint-paused", { fault: "endpoint-paused" });
    }
    if (!quarantine) throw nothingAsked();
    requireHolder(ctx, row, quarantine);
    const first = quarantine.takesTwo ? await findFirst(tx, ctx, row, quarantine) : undefined;
    if (input.asSecond && first === undefined) throw nothingAsked();
    if (quarantine.takesTwo) {
      const person = personOf(ctx);
      if (first === undefined) return await askForRelease(tx, ctx, row, person);
      await requireAnother(tx, ctx, first, person);
    }
    await endQuarantine(tx, row.id, quarantine.heldBy);
    return await letGo(tx, ctx, delivery, row);
  });
}

async function letGo(tx: Transaction, ctx: Context, delivery: DeliveryRow, row: MessageRow) {
  await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, { event: "released" });
  await advance(tx, ctx, [{ message: row, happenings: [{ event: "released" }], set: { reason: null } }]);
  const summary = summaryOf({ ...row, state: "queued", reason: null, stateSince: ctx.now });
  const result: ReleaseOutcome = { ...summary, isReleased: true };
  return changedBy(result, [entryOf(row, { state: "queued" })]);
}

function personOf({ actor }: Context): string {
  if (actor.kind === "user") return actor.id;
  throw new DomainError("conflict", "person-needed", {
    fault: "person-needed",
  });
}

/** The user who has asked for the release: the request is valid while that user may still release the message. */
export async function findFirst(
  db: ReadDatabase,
  ctx: Context,
  row: MessageRow,
  { releaseAskedBy, heldBy }: Quarantine,
): Promise<string | undefined> {
  if (releaseAskedBy === null) return undefined;
  const actor = await actorForUserId(db, releaseAskedBy, ctx.now);
  const isAllowed = actor !== undefined && isSide(asActor(ctx, actor), sideNamed(row, heldBy));
  return isAllowed ? releaseAskedBy : undefined;
}

async function askForRelease(tx: Transaction, ctx: Context, row: MessageRow, person: string) {
  await tx.update(quarantines).set({ releaseAskedBy: person }).where(eq(quarantines.messageId, row.id));
  await advance(tx, ctx, [{ message: row, happenings: [{ event: "release-asked" }] }]);
  const result: ReleaseOutcome = { ...summaryOf(row), isReleased: false };
  return changedBy(result, [entryOf(row, { releaseAsked: true })]);
}

async function requireAnother(tx: Transaction, ctx: Context, first: string, second: string): Promise<void> {
  if (first === second) {
    throw new DomainError("conflict", "second-person-needed", { fault: "second-person-needed" });
  }
  if (await isOnePerson(tx, [first, second], ctx.now)) {
    throw new DomainError("conflict", "not-independent", { fault: "not-independent" });
  }
}

/** Releases several messages, each in a transaction of its own; returns the outcome of each. */
export async function releaseMessages(
  ctx: Context,
  input: { ids: readonly string[]; reason: string },
): Promise<OneOfMany<ReleaseOutcome>[]> {
  return await forEachMessage(input.ids, (id) => releaseMessage(ctx, { id, reason: input.reason }));
}
