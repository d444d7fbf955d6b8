import { and, eq, gt } from "drizzle-orm";
import { hashSecret } from "../access/index.ts";
import { type Context, changeAll, requireAnywhere } from "../context.ts";
import { DomainError } from "../errors.ts";
import { nameOf } from "./begin-switch.ts";
import { takeStep } from "./load-switch.ts";
import type { SwitchAcceptance } from "./schemas.ts";
import { switchAction } from "./sides.ts";
import { switchEntry } from "./switch-entry.ts";
import { newSwitchKey } from "./switch-keys.ts";
import { vendorSwitches } from "./tables.ts";

/**
 * Accepts the switch that a key belongs to, as the vendor that it is offered to; the key is used up. `not-found` for any key that
 * is unknown, used, expired or another vendor's.
 */
export async function acceptSwitch(ctx: Context, { key, note }: SwitchAcceptance): Promise<{ id: string }> {
  await requireAnywhere(ctx, switchAction, "vendor-switch");
  const supplierId = "supplierId" in ctx.actor ? ctx.actor.supplierId : null;
  const noSuchKey = new DomainError("not-found", "no-such-switch-key", { field: "key" });
  if (supplierId === null) throw noSuchKey;
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    const [row] = await tx
      .select()
      .from(vendorSwitches)
      .where(
        and(
          eq(vendorSwitches.keyHash, hashSecret(key)),
          eq(vendorSwitches.toSupplierId, supplierId),
          eq(vendorSwitches.state, "offered"),
          gt(vendorSwitches.keyExpiresAt, ctx.now),
        ),
      )
      .for("update");
    if (!row) throw noSuchKey;
    const { id } = row;
    requireMay(switchAction, { type: "vendor-switch", id, supplierId });
    await tx
      .update(vendorSwitches)
      .set({
        ...{ state: "accepted", keyHash: null, takerNote: note },
        ...{ acceptedBy: nameOf(ctx), acceptedAt: ctx.now },
      })
      .where(eq(vendorSwitches.id, id));
    return { result: { id }, entries: [switchEntry(id, "offered", "accepted")] };
  });
}

/** Gives an offered switch a new key; the old one is worth nothing any more. */
export async function renewSwitchKey(
  ctx: Context,
  { id }: { id: string },
): Promise<{ key: string; keyExpiresAt: Date }> {
  return await takeStep(ctx, { id, step: "renew-key" }, async () => {
    const { key, ...keyed } = newSwitchKey(ctx.now);
    return { set: keyed, result: { key, keyExpiresAt: keyed.keyExpiresAt } };
  });
}
