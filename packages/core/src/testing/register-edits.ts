import type { z } from "zod";
import {
  addApprovalRule,
  addCommands,
  applyChangeSet,
  createChangeSet,
  endApprovalRule,
  listApprovalRules,
  NewApprovalRule,
  submitChangeSet,
} from "../changesets/index.ts";
import { type Context, changeAll, createContext, unchanged } from "../context.ts";
import type { Database } from "../database/index.ts";
import {
  type Command,
  editRegister,
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
import type { Actor } from "../permissions/index.ts";
import { testDatabase } from "./test-database.ts";

/** The instant at which the editors of `editorsOfRegister` work, and its day in Denmark. */
export const editingNow = new Date("2026-06-01T10:00:00Z");
export const editingToday = "2026-06-01";

let serial = 0;

/** A unit to create below a parent, from 2020 on: an owner without one, else an institution. */
export const unitToCreate = (parentSorId: string | null, more: object = {}) => ({
  kind: "unit.create",
  level: parentSorId === null ? "owner" : "institution",
  validFrom: "2020-01-01",
  attributes: { parentSorId, name: `Enhed ${++serial}` },
  ...more,
});

/** A person who edits the whole register, or the part below a unit. */
function editor(name: string, sorId?: string): Actor {
  const scope = sorId === undefined ? ({ kind: "all" } as const) : ({ kind: "subtree", sorId } as const);
  const role = sorId === undefined ? "authority" : "region";
  const number = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e9;
  return {
    kind: "user",
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    name,
    supplierId: null,
    grants: [{ role, scope, validFrom: new Date(0), validTo: null }],
  };
}

/** Drafts a change set with these commands and gives its id. */
export async function draftSet(ctx: Context, commands: readonly unknown[]): Promise<string> {
  const set = await createChangeSet(ctx, { title: `Sæt ${++serial}`, comment: null });
  await addCommands(ctx, { id: set.id, commands });
  return set.id;
}

/** Drafts, submits and applies a set; gives the unit or location number of each command. */
export async function applySet(ctx: Context, commands: readonly unknown[]): Promise<string[]> {
  const set = await createChangeSet(ctx, { title: `Sæt ${++serial}`, comment: null });
  const { items } = await addCommands(ctx, { id: set.id, commands });
  await submitChangeSet(ctx, { id: set.id });
  await applyChangeSet(ctx, { id: set.id });
  return items.map(({ command }) => ("sorId" in command ? command.sorId : command.gln));
}

/**
 * A register with two owners, an institution below the first, and editors: regions of the first owner, persons of the authority,
 * and regions of the second. Only moves across owners and many endings need a second person.
 */
export async function editorsOfRegister(): Promise<{
  db: Database;
  owner: string;
  house: string;
  otherOwner: string;
  system: Context;
  region: (name?: string) => Context;
  authority: (name?: string, at?: Date) => Context;
  stranger: Context;
}> {
  const db = await testDatabase();
  const as = (actor: Actor, at = editingNow) => createContext(db, actor, at);
  const system = as({ kind: "system", job: "test" });
  await setApprovalRules(db, []);
  const [owner, house] = (await applySet(system, [
    unitToCreate(null, { sorId: "new:owner" }),
    unitToCreate("new:owner", { sorId: "new:house" }),
  ])) as [string, string];
  const [otherOwner] = (await applySet(system, [unitToCreate(null)])) as [string];
  await setApprovalRules(db, [{ kind: "move-across-owners" }, { kind: "many-endings" }]);
  return {
    db,
    owner,
    house,
    otherOwner,
    system,
    region: (name = "region") => as(editor(name, owner)),
    authority: (name = "authority", at = editingNow) => as(editor(name), at),
    stranger: as(editor("stranger", otherOwner)),
  };
}

const rulesContext = (db: Database) => createContext(db, { kind: "system", job: "test" }, editingNow);

/** Ends every rule that asks a second person, and adds these. */
export async function setApprovalRules(
  db: Database,
  rules: readonly z.input<typeof NewApprovalRule>[],
): Promise<void> {
  const ctx = rulesContext(db);
  for (const { id } of await listApprovalRules(ctx)) await endApprovalRule(ctx, { id });
  for (const rule of rules) await addApprovalRule(ctx, NewApprovalRule.parse(rule));
}

/** Runs `work` while every change of the register, or below a unit, needs a second person, and gives what it gave. */
export async function withEveryChangeApproved<T>(
  db: Database,
  work: () => Promise<T>,
  subtreeSorId?: string,
): Promise<T> {
  const ctx = rulesContext(db);
  const { id } = await addApprovalRule(ctx, NewApprovalRule.parse({ kind: "any", subtreeSorId }));
  try {
    return await work();
  } finally {
    await endApprovalRule(ctx, { id });
  }
}

// Single edits that ask no second person, whatever the rules: for records of a test.

/** All currently known versions of a location number, in order of time, and their ETag. */
type LocationLine = { gln: string; versions: LocationVersion[]; etag: string };

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
    return unchanged(sorId as SorId);
  });
}
