import { and, asc, eq, or } from "drizzle-orm";
import { requireHolder } from "../acceptance/index.ts";
import { quarantines } from "../acceptance/tables.ts";
import { type Context, change } from "../context.ts";
import {
  advance,
  eitherSide,
  entryOf,
  findVisibility,
  requireVisibleMessage,
  type SideColumns,
  summaryOf,
  type Visibility,
  whereVisible,
} from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import type { ReleaseOutcome } from "../tracking/index.ts";
import { findFirst, lockHeld, nothingAsked, releaseMessage } from "./hold-messages.ts";
import { listReasons } from "./list-reasons.ts";
import type { Approval } from "./schemas.ts";

const shownMost = 500;

const { sender, receiver, senderSupplierId, receiverSupplierId } = messages;
const columnsOf: Record<"sender" | "receiver", SideColumns> = {
  sender: { sender, receiver: sender, senderSupplierId, receiverSupplierId: senderSupplierId },
  receiver: { sender: receiver, receiver, senderSupplierId: receiverSupplierId, receiverSupplierId },
};

// Only the side that holds a message can release it.
const whereHolder = (visibility: Visibility) =>
  or(
    ...(["sender", "receiver"] as const).map((side) =>
      and(eq(quarantines.heldBy, side), whereVisible(visibility, columnsOf[side])),
    ),
  );

/**
 * Messages that the actor's side holds and whose release takes two persons: first those waiting for the second, the longest held
 * first.
 */
export async function listApprovals(ctx: Context): Promise<Approval[]> {
  const rows = await ctx.db
    .select({ message: messages, quarantine: quarantines })
    .from(quarantines)
    .innerJoin(messages, eq(messages.id, quarantines.messageId))
    .where(
      and(eq(quarantines.takesTwo, true), eq(messages.state, "held"), whereHolder(await findVisibility(ctx))),
    )
    .orderBy(asc(quarantines.heldAt), asc(messages.id))
    .limit(shownMost);
  const own = ctx.actor.kind === "user" ? ctx.actor.id : undefined;
  const reasons = await listReasons(
    ctx,
    rows.map(({ message }) => message.id),
  );
  const approvals: Approval[] = [];
  for (const { message, quarantine } of rows) {
    const first = await findFirst(ctx.db, ctx, message, quarantine);
    approvals.push({
      message: summaryOf(message),
      heldAt: quarantine.heldAt.toISOString(),
      ...(reasons.get(message.id) ?? { heldFor: null, askedFor: null, askedBy: null }),
      waitsFor: first === undefined ? "first" : "second",
      isOwnRequest: first !== undefined && first === own,
    });
  }
  return approvals.toSorted((a, b) => Number(b.waitsFor === "second") - Number(a.waitsFor === "second"));
}

/**
 * Approves, as the second person, a release that another has asked for. Throws what `releaseMessage` throws, and `conflict` with
 * `nothing-to-approve` when nobody has asked.
 */
export async function approveRelease(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<ReleaseOutcome> {
  return await releaseMessage(ctx, { ...input, asSecond: true });
}

/**
 * Declines a release that was asked for, or withdraws one's own request: the message stays held, and two must ask again. For the
 * side that holds it, including keys.
 */
export async function declineRelease(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<ReleaseOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const { row, quarantine } = await lockHeld(tx, seen);
    if (quarantine) requireHolder(ctx, row, quarantine);
    if (!quarantine || quarantine.releaseAskedBy === null) throw nothingAsked();
    await tx.update(quarantines).set({ releaseAskedBy: null }).where(eq(quarantines.messageId, row.id));
    await advance(tx, ctx, [{ message: row, happenings: [{ event: "release-declined" }] }]);
    const result: ReleaseOutcome = { ...summaryOf(row), isReleased: false };
    return { result, entries: [entryOf(row, { releaseAsked: false })] };
  });
}
