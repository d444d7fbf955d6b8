import { type Context, changeAll } from "../context.ts";
import {
  type Command,
  editRegister,
  type OrganisationMove,
  type RegisterCopy,
  reserveSorIds,
  type UnitClosing,
} from "../editing/index.ts";
import {
  type LocationChange,
  type LocationClosing,
  type LocationVersion,
  listLocationVersions,
  locationEtag,
  type NewLocation,
} from "../endpoints/index.ts";
import { type ExpectedEtag, requireEtag } from "../etag.ts";
import type { SorId } from "../identifiers/index.ts";
import {
  getUnitLine,
  type NewOrganisation,
  type OrganisationReplacement,
  type OrganisationUpdate,
  type UnitLine,
  unitEtag,
} from "../organisations/index.ts";

/** All currently known versions of a location number, in order of time, and their ETag. */
export type LocationLine = { gln: string; versions: LocationVersion[]; etag: string };

/** The ETag on which an edit is based; absent: any state will do. */
type Based<Input> = Input & { etag?: ExpectedEtag };

async function editUnit(
  ctx: Context,
  command: Command & { sorId?: string },
  etag?: ExpectedEtag,
): Promise<UnitLine> {
  const sorId = command.sorId as string;
  const expect = (copy: RegisterCopy) =>
    requireEtag(etag, unitEtag(copy.units.get(sorId)?.rows ?? []), "unit-changed");
  await editRegister(ctx, [command], { expect, once: true });
  return await getUnitLine(ctx.db, sorId);
}

/**
 * Registers a unit. Editors of the parent may register below it; an institution owner needs the right to edit the whole register.
 * `conflict` when the SOR id is taken, `invalid` (details: `field`, `fault`) when a rule is violated.
 */
export async function createOrganisation(ctx: Context, input: NewOrganisation): Promise<UnitLine> {
  const sorId = input.sorId ?? (await reserveOne(ctx));
  return await editUnit(ctx, { kind: "unit.create", ...input, sorId });
}

/**
 * Changes a unit from a day on, until another when given. Attributes left out are unchanged, also where they differ between
 * periods; days on which the unit is closed stay closed. Repeating it changes nothing.
 */
export async function updateOrganisation(ctx: Context, input: Based<OrganisationUpdate>): Promise<UnitLine> {
  const { etag, ...command } = input;
  return await editUnit(ctx, { kind: "unit.change", ...command }, etag);
}

/** Moves a unit below another parent from a day on. Needs the right to edit at both places. */
export async function moveOrganisation(ctx: Context, input: Based<OrganisationMove>): Promise<UnitLine> {
  const { etag, ...command } = input;
  return await editUnit(ctx, { kind: "unit.move", ...command }, etag);
}

/**
 * Closes a unit from `validTo`, the first day on which it is no longer valid, and names its successors. `conflict` when units
 * below it would be left without a parent.
 */
export async function closeOrganisation(ctx: Context, input: Based<UnitClosing>): Promise<UnitLine> {
  const { etag, ...command } = input;
  return await editUnit(ctx, { kind: "unit.close", ...command }, etag);
}

/**
 * Sets all successors of a unit; those not listed are no longer successors. Every successor must be registered, and none may lead
 * back to the unit.
 */
export async function replaceOrganisation(ctx: Context, input: OrganisationReplacement): Promise<void> {
  await editRegister(ctx, [{ kind: "unit.replace", ...input }], { once: true });
}

async function editLocation(
  ctx: Context,
  command: Command & { gln: string },
  etag?: ExpectedEtag,
): Promise<LocationLine> {
  const { gln } = command;
  const expect = (copy: RegisterCopy) =>
    requireEtag(etag, locationEtag(copy.locations.get(gln)?.rows ?? []), "location-changed");
  await editRegister(ctx, [command], { expect, once: true });
  const versions = await listLocationVersions(ctx.db, gln);
  return { gln, versions, etag: locationEtag(versions) };
}

/**
 * Registers a location number from a day on, and gives it to its unit when one is named; the right to edit that unit is then
 * sufficient. `conflict` when the number is taken: numbers are never reused.
 */
export async function registerLocation(ctx: Context, input: NewLocation): Promise<LocationLine> {
  return await editLocation(ctx, { kind: "location.create", ...input });
}

/** Changes some fields of a location number from a day on, or between two days; other days and earlier knowledge are kept. */
export async function updateLocation(ctx: Context, input: Based<LocationChange>): Promise<LocationLine> {
  const { etag, ...command } = input;
  return await editLocation(ctx, { kind: "location.change", ...command }, etag);
}

/** Closes a location number: from that day on it is no longer valid. Its successor, if any, is stored for lookups. */
export async function closeLocation(ctx: Context, input: Based<LocationClosing>): Promise<LocationLine> {
  const { etag, ...command } = input;
  return await editLocation(ctx, { kind: "location.close", ...command }, etag);
}

// In a transaction of its own: the counter is locked for a moment only.
async function reserveOne(ctx: Context): Promise<SorId> {
  return await changeAll(ctx, {}, async (tx) => {
    const [sorId] = await reserveSorIds(tx, 1);
    return { result: sorId as SorId, entries: [] };
  });
}
