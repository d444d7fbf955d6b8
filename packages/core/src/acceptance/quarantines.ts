import { and, eq, inArray, ne, notExists, or, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { MessageRow } from "../messages/index.ts";
import { isSide, type SideName, sideNamed } from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { quarantines } from "./tables.ts";

export type Quarantine = typeof quarantines.$inferSelect;
/** How a message is held: by which side, and whether its release takes two persons. */
export type Hold = Pick<Quarantine, "heldBy" | "takesTwo">;

/** No message of the delivery `d` is held by one of its sides: only that side can release it. */
export const isNotQuarantined = sql`not exists (
  select from messages held join quarantines q on q.message_id = held.id where held.delivery_id = d.id)`;

/**
 * Those of these deliveries that no side holds. Checked after they are locked: the snapshot of the locking statement may predate
 * the quarantine.
 */
export async function withoutQuarantined(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const held = await tx
    .select({ id: messages.deliveryId })
    .from(quarantines)
    .innerJoin(messages, eq(messages.id, quarantines.messageId))
    .where(inArray(messages.deliveryId, [...ids]));
  const isHeld = new Set(held.map(({ id }) => id));
  return ids.filter((id) => !isHeld.has(id));
}

/** How the message is held; undefined when no side holds it. */
export async function findQuarantine(db: ReadDatabase, messageId: string): Promise<Quarantine | undefined> {
  const [found] = await db.select().from(quarantines).where(eq(quarantines.messageId, messageId));
  return found;
}

/** The same, locked until the transaction ends. */
export async function lockQuarantine(tx: Transaction, messageId: string): Promise<Quarantine | undefined> {
  const own = eq(quarantines.messageId, messageId);
  const [found] = await tx.select().from(quarantines).where(own).for("update");
  return found;
}

/** Throws `conflict` (`held-by-other-side`) when the actor is not of the side that holds the message. */
export function requireHolder(ctx: Context, row: MessageRow, { heldBy }: Hold): void {
  if (isSide(ctx, sideNamed(row, heldBy))) return;
  throw new DomainError("conflict", "held-by-other-side", {
    fault: "held-by-other-side",
    heldBy,
  });
}

// The message, its original if it is a copy, and all copies of either.
const sameContent = (messageId: string) => sql`(
  with recursive origins as (
    select m.id, m.origin_id from messages m where m.id = ${messageId}
    union select m.id, m.origin_id from messages m join origins o on m.id = o.origin_id
  ), same as (
    select o.id from origins o union select m.id from messages m join same s on m.origin_id = s.id
  ) select same.id from same)`;

/**
 * How a copy of the message must be held when the actor sends it: like any message of the same content whose release takes two
 * persons, or that the other side holds. Undefined when it may be sent.
 */
export async function holdOfCopy(tx: Transaction, ctx: Context, row: MessageRow): Promise<Hold | undefined> {
  const rows = await tx
    .select({ heldBy: quarantines.heldBy, takesTwo: quarantines.takesTwo })
    .from(quarantines)
    .where(inArray(quarantines.messageId, sameContent(row.id)));
  return (
    rows.find(({ takesTwo }) => takesTwo) ?? rows.find(({ heldBy }) => !isSide(ctx, sideNamed(row, heldBy)))
  );
}

/** Ends the hold of a message, and that side's remaining holds of the same content whose messages ended without a release. */
export async function endQuarantine(tx: Transaction, messageId: string, heldBy: SideName): Promise<void> {
  const isHeld = tx
    .select({ id: messages.id })
    .from(messages)
    .where(
      and(eq(messages.id, quarantines.messageId), eq(messages.state, "held"), ne(messages.id, messageId)),
    );
  await tx
    .delete(quarantines)
    .where(
      or(
        eq(quarantines.messageId, messageId),
        and(
          eq(quarantines.heldBy, heldBy),
          inArray(quarantines.messageId, sameContent(messageId)),
          notExists(isHeld),
        ),
      ),
    );
}
