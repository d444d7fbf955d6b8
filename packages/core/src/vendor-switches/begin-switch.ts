import { and, eq, inArray } from "drizzle-orm";
import { type Context, changeAll, requireAnywhere } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { getSupplier } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { dayInDenmark } from "../validity/index.ts";
import { chooseLocations } from "./choose-locations.ts";
import type { NewVendorSwitch } from "./schemas.ts";
import { switchAction } from "./sides.ts";
import { splitWaves } from "./split-waves.ts";
import { switchEntry } from "./switch-entry.ts";
import { newSwitchKey } from "./switch-keys.ts";
import { vendorSwitches, vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";

/** A switch that was begun: its key is shown only here. */
export type BegunSwitch = {
  id: string;
  key: string;
  keyExpiresAt: Date;
  locations: number;
  waves: { number: number; day: string; locations: number }[];
};

/**
 * Begins a switch of location numbers to a new vendor, which has to enter the key within fourteen days. For their present vendor,
 * and for who edits their units. As `chooseLocations` and `splitWaves`; `conflict` when one is part of another open switch.
 */
export async function beginSwitch(ctx: Context, input: NewVendorSwitch): Promise<BegunSwitch> {
  await requireAnywhere(ctx, switchAction, "vendor-switch");
  const { glns, fromSupplierId, sorIds, subjects } = await chooseLocations(ctx, input);
  const split = splitWaves(glns, input.waves, dayInDenmark(ctx.now));
  const { isActive } = await getSupplier(ctx, { id: input.toSupplierId });
  if (!isActive) throw new DomainError("not-found", "no-such-supplier", { field: "toSupplierId" });
  const id = newId();
  const { key, ...keyed } = newSwitchKey(ctx.now);
  const waves = input.waves.map(({ day }, at) => {
    return { number: at + 1, day, locations: split[at]?.length ?? 0 };
  });
  return await changeAll(ctx, { once: true }, async (tx, requireMay) => {
    for (const subject of subjects) requireMay(switchAction, subject);
    await requireFree(tx, glns);
    await tx.insert(vendorSwitches).values({
      ...{ id, state: "offered", fromSupplierId, toSupplierId: input.toSupplierId, sorIds, ...keyed },
      ...{ limitPercent: input.limitPercent, giverNote: input.note },
      ...{ begunBy: nameOf(ctx), begunAt: ctx.now },
    });
    await insertParts(tx, id, waves, split);
    const result = { id, key, keyExpiresAt: keyed.keyExpiresAt, locations: glns.length, waves };
    const after = { toSupplierId: input.toSupplierId, locations: glns.length, waves: waves.length };
    return { result, entries: [switchEntry(id, null, "offered", after)] };
  });
}

export const nameOf = ({ actor }: Context): string => ("name" in actor ? actor.name : actor.kind);

async function requireFree(tx: Transaction, glns: readonly string[]): Promise<void> {
  const open = and(inArray(vendorSwitchLocations.gln, [...glns]), eq(vendorSwitchLocations.isOpen, true));
  if ((await tx.$count(vendorSwitchLocations, open)) === 0) return;
  throw new DomainError("conflict", "already-switching", { fault: "already-switching" });
}

async function insertParts(
  tx: Transaction,
  switchId: string,
  waves: BegunSwitch["waves"],
  split: readonly (readonly string[])[],
): Promise<void> {
  await tx
    .insert(vendorSwitchWaves)
    .values(waves.map(({ number, day }) => ({ id: newId(), switchId, number, day })));
  const rows = split.flatMap((part, at) => part.map((gln) => ({ switchId, gln, wave: at + 1 })));
  for (let from = 0; from < rows.length; from += 5000) {
    await tx.insert(vendorSwitchLocations).values(rows.slice(from, from + 5000));
  }
}
