import { eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Action, may, type Subject } from "../permissions/index.ts";
import type { MessageRow } from "./read-messages.ts";
import type { MessageState } from "./states.ts";
import { deliveries, messages } from "./tables.ts";

/** As whom somebody steps in for a message. */
export type Side = { action: Action; subject: Subject };

export type DeliveryRow = typeof deliveries.$inferSelect;

/** The message's sender, as whom it may be sent again or withdrawn. */
export function senderSide(row: MessageRow): Side {
  const supplierId = row.senderSupplierId ?? undefined;
  return {
    action: "interchange.send",
    subject: { type: "message", id: row.id, glns: [row.sender], supplierId },
  };
}

/** The message's receiver, as whom its mailbox is read and its messages are answered. */
export function receiverSide(row: MessageRow): Side {
  const supplierId = row.receiverSupplierId ?? undefined;
  return {
    action: "mailbox.read",
    subject: { type: "message", id: row.id, glns: [row.receiver], supplierId },
  };
}

export type SideName = "sender" | "receiver";

/** The side of that name. */
export const sideNamed = (row: MessageRow, name: SideName): Side =>
  name === "sender" ? senderSide(row) : receiverSide(row);

/** Whichever side of the message is the actor's: both may see to it that a message gets an end. */
export function eitherSide(ctx: Context, row: MessageRow): Side {
  const sender = senderSide(row);
  return may(ctx.actor, sender.action, sender.subject, ctx.now) ? sender : receiverSide(row);
}

/** Whether the actor may act as this side. */
export const isSide = (ctx: Context, { action, subject }: Side): boolean =>
  may(ctx.actor, action, subject, ctx.now);

/** The message stands where this cannot be done to it. */
export const wrongState = (state: MessageState): DomainError =>
  new DomainError("conflict", "The message's state does not allow it: see state.", {
    fault: "wrong-state",
    state,
  });

/** The message, locked until the transaction ends. */
export async function lockMessage(tx: Transaction, id: string): Promise<MessageRow> {
  const [row] = await tx.select().from(messages).where(eq(messages.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "There is no such message.");
  return row;
}

/** The delivery, locked until the transaction ends. Deliveries are locked before their messages, everywhere. */
export async function lockDelivery(tx: Transaction, id: string | null): Promise<DeliveryRow | undefined> {
  if (!id) return undefined;
  const [found] = await tx.select().from(deliveries).where(eq(deliveries.id, id)).for("update");
  return found;
}

/** Several deliveries, locked in one order, so that two that lock some of the same never wait in a ring. */
export async function lockDeliveries(tx: Transaction, ids: readonly string[]): Promise<DeliveryRow[]> {
  if (ids.length === 0) return [];
  return await tx
    .select()
    .from(deliveries)
    .where(inArray(deliveries.id, [...ids]))
    .orderBy(deliveries.id)
    .for("update");
}

/** Whether somebody has the delivery in hand at this moment. */
export const isInHand = (delivery: DeliveryRow, now: Date): boolean =>
  delivery.leaseUntil !== null && delivery.leaseUntil > now;

/** The journal's line for a message that somebody stepped in for. */
export const entryOf = (row: MessageRow, after: Record<string, unknown>) => ({
  subjectType: "message",
  subjectId: row.id,
  before: { state: row.state },
  after,
});
