import { type Changed, type Context, change, unchanged } from "../context.ts";
import { type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { Fault } from "../faults/index.ts";
import { unitPathOf, unitPathOfGln } from "../organisations/index.ts";
import type { Subject } from "../permissions/index.ts";
import { addDays, dayInDenmark } from "../validity/index.ts";
import { findNumber, type LocationNumber, lockNumbers, lookAtLocation } from "./list-numbers.ts";
import type { NumberAllocation, NumberReservation } from "./schemas.ts";
import { locationNumbers } from "./tables.ts";
import { takeNext } from "./take-next.ts";

const reservedDaysMax = 366;
type Found = LocationNumber | undefined;

const cannot = (gln: string, found: Found, fault: Fault) =>
  new DomainError("conflict", fault, { fault: "number-state", gln, state: found?.state ?? "free" });

async function pathOfUnit(tx: Transaction, unitSorId: string | null, day: string): Promise<string[]> {
  if (unitSorId === null) return [];
  const path = await unitPathOf(tx, unitSorId, day);
  if (path.length > 0) return path;
  throw new DomainError("invalid", "no-such-unit", { field: "unitSorId", fault: "unknown" });
}

/** The unit that is to get a number; for a reserved number, what lies above both it and the unit for which it is reserved. */
async function subjectOfUnit(
  tx: Transaction,
  day: string,
  { unitSorId, gln }: { unitSorId: string | null; gln?: string | undefined },
): Promise<Subject> {
  const path = await pathOfUnit(tx, unitSorId, day);
  if (gln === undefined) return { type: "location", id: "next", unitPath: path };
  const found = await findNumber(tx, gln, day);
  if (found?.state !== "reserved") return { type: "location", id: gln, unitPath: path };
  const kept = found.unitSorId === null ? [] : await unitPathOf(tx, found.unitSorId, day);
  return { type: "location", id: gln, unitPath: path.filter((sorId) => kept.includes(sorId)) };
}

/** Where a number belongs: at its units when they have it, else at the unit for which it was given out. */
async function subjectOfNumber(tx: Transaction, day: string, gln: string): Promise<Subject> {
  const unitSorId = (await findNumber(tx, gln, day))?.unitSorId ?? null;
  const ofUnits = await unitPathOfGln(tx, gln, day);
  const isKept = ofUnits.length === 0 && unitSorId !== null;
  const unitPath = isKept ? await unitPathOf(tx, unitSorId, day) : ofUnits;
  return { type: "location", id: gln, glns: [gln], unitPath };
}

/** Writes a number's new state and its journal entry. */
async function put(
  ctx: Context,
  tx: Transaction,
  after: LocationNumber,
  before: Found,
): Promise<Changed<LocationNumber>> {
  const row = { ...after, changedAt: ctx.now };
  const target = locationNumbers.gln;
  await tx.insert(locationNumbers).values(row).onConflictDoUpdate({ target, set: row });
  const { gln, unitSorId } = after;
  const sorIds = unitSorId === null ? undefined : [unitSorId];
  const entry = { subjectType: "location-number", subjectId: gln, glns: [gln], sorIds, before, after };
  return { result: after, entries: [entry] };
}

/**
 * Gives out a location number for good: the next free one, or the reserved or released one that is named. Needs the right to edit
 * location numbers at the unit, and at the one for which it is reserved; without a unit, everywhere. `conflict` when no number is
 * left, and for a number in another state.
 */
export async function allocateNumber(ctx: Context, input: NumberAllocation): Promise<LocationNumber> {
  const { gln, holder, unitSorId } = input;
  const day = dayInDenmark(ctx.now);
  const subject = (tx: Transaction) => subjectOfUnit(tx, day, input);
  return await change(ctx, { action: "location.edit", subject, once: true }, async (tx) => {
    await waitForLock(tx, "location-numbers");
    const given = gln ?? (await takeNext(tx, day));
    const before = await findNumber(tx, given, day);
    if (gln !== undefined && before?.state !== "reserved" && before?.state !== "released")
      throw cannot(gln, before, "number-not-free");
    const after = { gln: given, state: "allocated", holder, unitSorId, reservedUntil: null } as const;
    return await put(ctx, tx, after, before);
  });
}

/**
 * Keeps the next free location number until a day, at most a year ahead; then it counts as released. Needs the same right as
 * allocating. `conflict` when no number is left, `invalid` for another day.
 */
export async function reserveNumber(ctx: Context, input: NumberReservation): Promise<LocationNumber> {
  const { holder, unitSorId, reservedUntil } = input;
  const day = dayInDenmark(ctx.now);
  const subject = (tx: Transaction) => subjectOfUnit(tx, day, input);
  return await change(ctx, { action: "location.edit", subject, once: true }, async (tx) => {
    if (reservedUntil <= day || reservedUntil > addDays(day, reservedDaysMax)) {
      const details = { field: "reservedUntil", fault: "out-of-bounds" };
      throw new DomainError("invalid", "reservation-bounds", details);
    }
    await waitForLock(tx, "location-numbers");
    const gln = await takeNext(tx, day);
    const before = await findNumber(tx, gln, day);
    return await put(ctx, tx, { gln, state: "reserved", holder, unitSorId, reservedUntil }, before);
  });
}

/** Ends a reservation: the number may be given out again. `conflict` for a number in another state, such as allocated. */
export async function releaseNumber(ctx: Context, input: { gln: string }): Promise<LocationNumber> {
  const { gln } = input;
  const day = dayInDenmark(ctx.now);
  const subject = (tx: Transaction) => subjectOfNumber(tx, day, gln);
  return await change(ctx, { action: "location.edit", subject, once: true }, async (tx) => {
    await waitForLock(tx, "location-numbers");
    const before = await findNumber(tx, gln, day);
    if (before?.state !== "reserved") throw cannot(gln, before, "number-not-reserved");
    const after = { gln, state: "released", holder: null, unitSorId: null, reservedUntil: null } as const;
    return await put(ctx, tx, after, before);
  });
}

/**
 * Ends a location number for good: it is never given out or registered again. `conflict` while it is registered and not closed,
 * `not-found` for a number that is neither registered nor was given out here.
 */
export async function retireNumber(ctx: Context, input: { gln: string }): Promise<LocationNumber> {
  const { gln } = input;
  const day = dayInDenmark(ctx.now);
  const subject = (tx: Transaction) => subjectOfNumber(tx, day, gln);
  return await change(ctx, { action: "location.edit", subject, once: true }, async (tx) => {
    await waitForLock(tx, "location-numbers");
    await lockNumbers(tx, [gln], "update");
    const before = await findNumber(tx, gln, day);
    const { isRegistered, isOpen } = await lookAtLocation(tx, gln, day);
    if (!before && !isRegistered) throw new DomainError("not-found", "number-never-given", { gln });
    if (isOpen) throw cannot(gln, before, "number-in-use");
    if (before?.state === "retired") return unchanged(before);
    const kept = { holder: before?.holder ?? null, unitSorId: before?.unitSorId ?? null };
    return await put(ctx, tx, { gln, state: "retired", ...kept, reservedUntil: null }, before);
  });
}
