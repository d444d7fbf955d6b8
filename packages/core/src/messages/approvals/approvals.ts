import { and, asc, eq } from "drizzle-orm";
import { type Context, change } from "../../context.ts";
import { advance } from "../advance.ts";
import { requireVisibleMessage, summaryOf } from "../read-messages.ts";
import { eitherSide, entryOf, lockDelivery, lockMessage, wrongState } from "../sides.ts";
import { deliveries, messages, quarantines } from "../tables.ts";
import { askerOf, nothingAsked, releaseMessage } from "../tracking/hold-messages.ts";
import type { ReleaseOutcome } from "../tracking/schemas.ts";
import { findVisibility, whereVisible } from "../visibility.ts";
import { listReasons } from "./list-reasons.ts";
import type { Approval } from "./schemas.ts";

const shownMost = 500;

/** Letters whose release takes two, of one's own side: those first that wait for a second, the longest held first. */
export async function listApprovals(ctx: Context): Promise<Approval[]> {
  const visible = whereVisible(await findVisibility(ctx), messages);
  const rows = await ctx.db
    .select({ message: messages, quarantine: quarantines })
    .from(quarantines)
    .innerJoin(deliveries, eq(deliveries.id, quarantines.deliveryId))
    .innerJoin(messages, eq(messages.deliveryId, deliveries.id))
    .where(and(eq(quarantines.takesTwo, true), eq(messages.state, "held"), visible))
    .orderBy(asc(quarantines.heldAt), asc(messages.id))
    .limit(shownMost);
  const own = askerOf(ctx);
  const reasons = await listReasons(
    ctx,
    rows.map(({ message }) => message.id),
  );
  return rows
    .map(({ message, quarantine: { heldAt, releaseAskedBy } }) => ({
      message: summaryOf(message),
      heldAt: heldAt.toISOString(),
      ...(reasons.get(message.id) ?? { heldFor: null, askedFor: null, askedBy: null }),
      waitsFor: releaseAskedBy === null ? ("first" as const) : ("second" as const),
      isOwnRequest: releaseAskedBy === own,
    }))
    .toSorted((a, b) => Number(b.waitsFor === "second") - Number(a.waitsFor === "second"));
}

/**
 * Says yes, as the second, to the release that another has asked for. Throws `conflict`: `nothing-to-approve` when nobody has
 * asked, `second-person-needed` to the one who has.
 */
export async function approveRelease(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<ReleaseOutcome> {
  return await releaseMessage(ctx, { ...input, asSecond: true });
}

/** Says no to the release that was asked for, or takes one's own request back: the letter stays, and two must ask again. */
export async function declineRelease(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<ReleaseOutcome> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (!delivery || row.deliveryId !== delivery.id || row.state !== "held") throw wrongState(row.state);
    const own = eq(quarantines.deliveryId, delivery.id);
    const [quarantine] = await tx.select().from(quarantines).where(own).for("update");
    if (!quarantine || quarantine.releaseAskedBy === null) throw nothingAsked();
    await tx.update(quarantines).set({ releaseAskedBy: null }).where(own);
    await advance(tx, ctx, [{ message: row, happenings: [{ event: "release-declined" }] }]);
    const result: ReleaseOutcome = { ...summaryOf(row), isReleased: false };
    return { result, entries: [entryOf(row, { releaseAsked: false })] };
  });
}
