import { and, eq, isNull, sql } from "drizzle-orm";
import { tellProblems } from "../bulk/index.ts";
import { type Problem, previewCommands } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { listApprovals } from "../endpoints/index.ts";
import { endpoints, systems } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { registrations } from "../message-types/tables.ts";
import { dayInDenmark, later, startOfDayInDenmark } from "../validity/index.ts";
import { asSwitches, glnsOfSwitch, type LoadedSwitch, loadSwitch, takeStep } from "./load-switch.ts";
import { requireGiver } from "./require-giver.ts";
import type { SwitchMapping, SwitchPreview, SwitchType } from "./schemas.ts";
import { type SwitchRow, sidesOf, stepFault, type WaveRow } from "./sides.ts";
import { vendorSwitchLocations, vendorSwitchWaves } from "./tables.ts";
import { waveCommands } from "./wave-commands.ts";

type Asked = { id: string; mapping: SwitchMapping };

async function loadAsTaker(ctx: Context, id: string): Promise<LoadedSwitch> {
  const loaded = await loadSwitch(ctx.db, ctx, id);
  if (sidesOf(ctx, loaded.row).includes("taker")) return loaded;
  throw new DomainError("not-allowed", "no-right", { action: "vendor-switch.edit" });
}

/**
 * What the location numbers of a switch receive and send on its first day, by type, with the endpoint of a mapping and whether its
 * system is approved for it. For the new vendor.
 */
export async function listSwitchTypes(
  ctx: Context,
  { id, mapping }: { id: string; mapping?: SwitchMapping | undefined },
): Promise<SwitchType[]> {
  const { row, waves } = await loadAsTaker(ctx, id);
  return await typesOf(ctx, waves[0], mapping ?? row.mapping);
}

async function typesOf(
  ctx: Context,
  wave: WaveRow | undefined,
  mapping: SwitchMapping | null,
): Promise<SwitchType[]> {
  if (!wave) return [];
  const { messageType, version, direction, gln, validTo, supersededAt } = registrations;
  const from = later(startOfDayInDenmark(wave.day), ctx.now).toISOString();
  const lasts = sql`(${validTo} is null or ${validTo} > ${from}::timestamptz)`;
  const rows = await ctx.db
    .select({ messageType, version, direction, locations: sql<number>`count(distinct ${gln})::int` })
    .from(registrations)
    .innerJoin(vendorSwitchLocations, eq(vendorSwitchLocations.gln, gln))
    .where(and(eq(vendorSwitchLocations.switchId, wave.switchId), isNull(supersededAt), lasts))
    .groupBy(messageType, version, direction)
    .orderBy(messageType, version, direction);
  const day = dayInDenmark(later(startOfDayInDenmark(wave.day), ctx.now));
  const isApproved = mapping && (await approvedOn(ctx.db, mapping.systemId, day));
  return rows.map((row) => {
    const own = mapping?.types.find((type) => textOf(type) === textOf(row));
    const endpointId = own?.endpointId ?? mapping?.endpointId ?? null;
    return { ...row, endpointId, isApproved: isApproved ? isApproved(row) : null };
  });
}

type Typed = Pick<SwitchType, "messageType" | "version" | "direction">;
const textOf = ({ messageType, version, direction }: Typed) => `${messageType} ${version} ${direction}`;

async function approvedOn(db: ReadDatabase, systemId: string, day: string) {
  const approvals = await listApprovals(db, systemId);
  const held = approvals.filter(
    ({ approvedOn: from, expiresOn }) => from <= day && (expiresOn === null || expiresOn > day),
  );
  const texts = new Set(held.map(textOf));
  return (type: Typed) => texts.has(textOf(type));
}

async function requireOwn(db: ReadDatabase, { toSupplierId }: SwitchRow, mapping: SwitchMapping) {
  const { systemId, types } = mapping;
  const refused = (field: string) =>
    new DomainError("invalid", "endpoint-of-another", { field, fault: "endpoint-of-another" });
  const isOwnSystem = and(eq(systems.id, systemId), eq(systems.supplierId, toSupplierId));
  if ((await db.$count(systems, isOwnSystem)) === 0) throw refused("systemId");
  const open = await db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(
      and(
        eq(endpoints.supplierId, toSupplierId),
        sql`${endpoints.state} <> 'closed' and ${endpoints.drainThen} is distinct from 'closed'`,
      ),
    );
  const own = new Set(open.map(({ id }) => id));
  if (!own.has(mapping.endpointId)) throw refused("endpointId");
  const foreign = types.findIndex(({ endpointId }) => !own.has(endpointId));
  if (foreign >= 0) throw refused(`types.${foreign}.endpointId`);
}

/** What a switch would do with this mapping: nothing is written. For the new vendor, while it has not begun. Throws as `requireGiver`. */
export async function previewMapping(ctx: Context, { id, mapping }: Asked): Promise<SwitchPreview> {
  const { row, waves } = await loadAsTaker(ctx, id);
  const fault = stepFault(row, waves, "map", ctx.now);
  if (fault) throw new DomainError("conflict", fault, { fault, state: row.state });
  await requireOwn(ctx.db, row, mapping);
  let [locations, moved] = [0, 0];
  const problems: Problem[] = [];
  for (const wave of waves) {
    const glns = await glnsOfSwitch(ctx.db, id, wave.number);
    await requireGiver(ctx.db, row, { glns, day: wave.day }, ctx.now);
    const { toSupplierId } = row;
    const commands = waveCommands({ glns, day: wave.day, toSupplierId, mapping }, ctx.now);
    const preview = await previewCommands(asSwitches(ctx), commands);
    locations += glns.length;
    for (const each of preview.differences) if (each.type === "registrations") moved += each.removed.length;
    problems.push(...preview.problems);
  }
  const types = await typesOf(ctx, waves[0], mapping);
  const unapproved = types.filter(({ isApproved }) => isApproved === false);
  return { locations, registrations: moved, ...told(problems), unapproved };
}

function told(found: readonly Problem[]) {
  const { problems, ...counts } = tellProblems(found);
  return {
    ...counts,
    problems: problems.map(({ messageType = null, version = null, ...each }) => {
      return { ...each, messageType, version };
    }),
  };
}

/**
 * Confirms the mapping, whereupon the first wave is applied at once and the others before their days. As `previewMapping`; `invalid`
 * (`change-set-has-errors`) when that finds errors.
 */
export async function confirmMapping(ctx: Context, { id, mapping }: Asked): Promise<SwitchPreview> {
  const preview = await previewMapping(ctx, { id, mapping });
  if (preview.errors > 0) {
    throw new DomainError("invalid", "change-set-has-errors", { fault: "problems", count: preview.errors });
  }
  return await takeStep(ctx, { id, step: "map" }, async (tx, { row, waves }) => {
    await requireOwn(tx, row, mapping);
    await orderWaves(tx, waves, ctx.now);
    const { systemId } = mapping;
    return { set: { state: "running", mapping, systemId }, more: { systemId }, result: preview };
  });
}

/** So long before its day a later wave is judged and applied. */
const leadHours = 2;

/** Has the waiting waves applied: the first at once, the others shortly before their days. */
export async function orderWaves(tx: Transaction, waves: readonly WaveRow[], now: Date): Promise<void> {
  for (const { id, number, day, state } of waves) {
    if (state !== "waiting") continue;
    const before = new Date(startOfDayInDenmark(day).getTime() - leadHours * 3_600_000);
    const dueAt = number === 1 ? now : later(before, now);
    await tx.update(vendorSwitchWaves).set({ dueAt }).where(eq(vendorSwitchWaves.id, id));
  }
}
