import { eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Action, may, type Subject } from "../permissions/index.ts";
import type { MessageRow } from "./read-messages.ts";
import type { MessageState } from "./states.ts";
import { deliveries, messages } from "./tables.ts";

/** One side of a message, in whose name a user acts on it. */
type Side = { action: Action; subject: Subject };

export type DeliveryRow = typeof deliveries.$inferSelect;

/** The message's sender, in whose name it may be resent or withdrawn. */
export function senderSide(row: Pick<MessageRow, "id" | "sender" | "senderSupplierId">): Side {
  const supplierId = row.senderSupplierId ?? undefined;
  return {
    action: "interchange.send",
    subject: { type: "message", id: row.id, glns: [row.sender], supplierId },
  };
}

/** The message's receiver, in whose name its mailbox is read and its messages are answered. */
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

/** The actor's side of the message: both sides may see to it that a message is not stuck. */
export function eitherSide(ctx: Context, row: MessageRow): Side {
  const sender = senderSide(row);
  return may(ctx.actor, sender.action, sender.subject, ctx.now) ? sender : receiverSide(row);
}

/** Whether the actor may act as this side. */
export const isSide = (ctx: Context, { action, subject }: Side): boolean =>
  may(ctx.actor, action, subject, ctx.now);

/** The message is in a state in which this cannot be done. */
export const wrongState = (state: MessageState): DomainError =>
  new DomainError("conflict", "wrong-state", {
    fault: "wrong-state",
    state,
  });

/** The message, locked until the transaction ends. */
export async function lockMessage(tx: Transaction, id: string): Promise<MessageRow> {
  const [row] = await tx.select().from(messages).where(eq(messages.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "no-such-message");
  return row;
}

/**
 * The delivery, locked until the transaction ends. Deliveries are locked before their messages, everywhere, to avoid deadlocks.
 */
export async function lockDelivery(tx: Transaction, id: string | null): Promise<DeliveryRow | undefined> {
  if (!id) return undefined;
  const [found] = await tx.select().from(deliveries).where(eq(deliveries.id, id)).for("update");
  return found;
}

/** Several deliveries, locked in a fixed order to avoid deadlocks. */
export async function lockDeliveries(tx: Transaction, ids: readonly string[]): Promise<DeliveryRow[]> {
  if (ids.length === 0) return [];
  return await tx
    .select()
    .from(deliveries)
    .where(inArray(deliveries.id, [...ids]))
    .orderBy(deliveries.id)
    .for("update");
}

/** The journal entry for an operator's action on a message. */
export const entryOf = (row: MessageRow, after: Record<string, unknown>) => ({
  subjectType: "message",
  subjectId: row.id,
  before: { state: row.state },
  after,
});
