import { and, eq, ne, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { isInForce, may, roleActions, type Subject } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { switchSteps, VendorSwitch } from "./schemas.ts";
import { vendorSwitches, type vendorSwitchWaves } from "./tables.ts";

export type SwitchRow = typeof vendorSwitches.$inferSelect;
export type WaveRow = typeof vendorSwitchWaves.$inferSelect;
type Side = VendorSwitch["sides"][number];
export type SwitchStep = (typeof switchSteps)[number];

export const switchAction = "vendor-switch.edit";

export const noSuchSwitch = () => new DomainError("not-found", "no-such-switch");

const subjects: Record<Side, (row: SwitchRow) => Subject> = {
  giver: (row) => ({ ...subjects.owner(row), supplierId: row.fromSupplierId ?? undefined }),
  taker: ({ id, toSupplierId }) => ({ type: "vendor-switch", id, supplierId: toSupplierId }),
  owner: ({ id, sorIds }) => ({ type: "vendor-switch", id, unitPath: sorIds }),
};

/**
 * The sides that the actor is on: the present vendor or whoever edits the units above (giver), the new vendor's own accounts once
 * they have entered the key (taker), and those who edit the units (owner).
 */
export function sidesOf({ actor, now }: Context, row: SwitchRow): Side[] {
  const isOfTaker = "supplierId" in actor && actor.supplierId === row.toSupplierId;
  const sides = (["giver", "taker", "owner"] as const).filter((side) =>
    may(actor, switchAction, subjects[side](row), now),
  );
  return sides.filter((side) => side !== "taker" || (isOfTaker && row.acceptedAt !== null));
}

/** The subject of the permission for a step, on the first side that may take it. */
export function subjectFor(ctx: Context, row: SwitchRow, sides: readonly Side[]): Subject {
  const own = sidesOf(ctx, row).find((side) => sides.includes(side));
  return subjects[own ?? "owner"](row);
}

/** Which sides may take a step. */
export const sidesOfStep: Record<SwitchStep, readonly Side[]> = {
  "renew-key": ["giver"],
  map: ["taker"],
  stop: ["giver", "taker", "owner"],
  return: ["taker", "owner"],
  continue: ["taker", "owner"],
};

/** Whether a wave that was applied has begun to hold. */
const hasBegun = (waves: readonly WaveRow[], now: Date): boolean =>
  waves.some(({ state, day }) => state !== "waiting" && state !== "dropped" && day <= dayInDenmark(now));

const underWay = ["offered", "accepted", "running", "halted", "done"] as const;
const statesOfStep: Record<SwitchStep, readonly SwitchRow["state"][]> = {
  "renew-key": ["offered"],
  map: ["accepted"],
  stop: underWay,
  return: underWay,
  continue: ["halted"],
};

/** Why a step cannot be taken now; undefined when it can. */
export function stepFault(
  row: SwitchRow,
  waves: readonly WaveRow[],
  step: SwitchStep,
  now: Date,
): "switch-state" | "switch-begun" | "switch-not-begun" | undefined {
  if (row.endsAs !== null || !statesOfStep[step].includes(row.state)) return "switch-state";
  if (step === "stop" && hasBegun(waves, now)) return "switch-begun";
  return step === "return" && !hasBegun(waves, now) ? "switch-not-begun" : undefined;
}

/** Condition for the switches that the actor may be on a side of; `sidesOf` decides. */
export function onASide({ actor, now }: Context): SQL | undefined {
  if (actor.kind === "system") return undefined;
  if (actor.kind === "anonymous") return sql`false`;
  const grants = actor.grants.filter(
    (grant) => isInForce(grant, now) && roleActions[grant.role].has(switchAction),
  );
  if (grants.some(({ scope }) => scope.kind === "all")) return undefined;
  const parts = grants.flatMap(({ scope }) => (scope.kind === "subtree" ? [scope.sorId] : []));
  const { supplierId } = actor;
  return or(
    supplierId === null ? undefined : eq(vendorSwitches.fromSupplierId, supplierId),
    supplierId === null
      ? undefined
      : and(eq(vendorSwitches.toSupplierId, supplierId), ne(vendorSwitches.state, "offered")),
    parts.length > 0 ? sql`${vendorSwitches.sorIds} && ${sql.param(parts)}::text[]` : undefined,
    sql`false`,
  );
}
