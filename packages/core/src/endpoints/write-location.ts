import { eq } from "drizzle-orm";
import { type Changed, type Context, change } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { unitPathOf, unitPathOfGln } from "../organisations/index.ts";
import type { Subject } from "../permissions/index.ts";
import { dayInDenmark, isReversed, type Recut, reconcile, recut, type Validity } from "../validity/index.ts";
import { type ExpectedEtag, requireEtag } from "./etag.ts";
import {
  type LocationVersion,
  listLocationVersions,
  locationContent,
  locationEtag,
  locationSubject,
  recordLocation,
} from "./location-versions.ts";
import type { LocationChange, LocationClosing, LocationFields, NewLocation } from "./schemas.ts";
import { locations, systems } from "./tables.ts";

/** All currently known versions of a location number, in order of time, and their ETag. */
export type LocationLine = { gln: string; versions: LocationVersion[]; etag: string };

type Fact = Validity<string> & LocationFields;

function factOf(piece: Validity<string> & { content: LocationFields }): Fact {
  return { validFrom: piece.validFrom, validTo: piece.validTo, ...piece.content };
}

function requireValidity(window: Validity<string>): void {
  if (isReversed<string>(window)) {
    throw new DomainError("invalid", "The validity ends before it begins.", {
      field: "validTo",
      fault: "reversed",
    });
  }
}

async function requireSystemOfSupplier(tx: Transaction, fields: LocationFields): Promise<void> {
  if (fields.systemId === null) return;
  const [system] = await tx.select().from(systems).where(eq(systems.id, fields.systemId));
  if (!system || system.supplierId !== fields.supplierId) {
    throw new DomainError("invalid", "The system is not the supplier's.", {
      field: "systemId",
      fault: "foreign",
    });
  }
}

/**
 * Registers a location number from a day on. Its unit may be given, so that the permission on that part of the register is
 * sufficient. `conflict` when the number is taken: numbers are never reused.
 */
export async function registerLocation(ctx: Context, input: NewLocation): Promise<LocationLine> {
  requireValidity(input);
  const { gln, validFrom, validTo, fields } = input;
  const subject = async (tx: Transaction): Promise<Subject> => {
    const day = dayInDenmark(ctx.now);
    const unitPath =
      input.unitSorId === undefined
        ? await unitPathOfGln(tx, gln, day)
        : await unitPathOf(tx, input.unitSorId, day);
    return { type: "location", id: gln, supplierId: fields.supplierId ?? undefined, glns: [gln], unitPath };
  };
  return await change(ctx, { action: "location.edit", subject }, async (tx) => {
    await requireSystemOfSupplier(tx, fields);
    const [taken] = await tx.insert(locations).values({ gln }).onConflictDoNothing().returning();
    if (!taken) throw new DomainError("conflict", "The location number is registered already.", { gln });
    const added = [{ validFrom, validTo, content: fields }];
    return await record(ctx, tx, gln, { superseded: [], added });
  });
}

async function record(
  ctx: Context,
  tx: Transaction,
  gln: string,
  done: Recut<LocationVersion, LocationFields, string>,
): Promise<Changed<LocationLine>> {
  await recordLocation(tx, ctx.now, gln, done);
  const versions = await listLocationVersions(tx, gln);
  const result = { gln, versions, etag: locationEtag(versions) };
  if (done.superseded.length + done.added.length === 0) return { result, entries: [] };
  const before = done.superseded.map((row) => factOf({ ...row, content: locationContent(row) }));
  const after = done.added.map(factOf);
  const entry = {
    subjectType: "location",
    subjectId: gln,
    glns: [gln],
    before: { versions: before },
    after: { versions: after },
  };
  return { result, entries: [entry] };
}

async function changeLocation(
  ctx: Context,
  input: { gln: string; etag?: ExpectedEtag },
  decide: (
    tx: Transaction,
    versions: readonly LocationVersion[],
  ) => Promise<Recut<LocationVersion, LocationFields, string>>,
): Promise<LocationLine> {
  const subject = (tx: Transaction) => locationSubject(tx, input.gln, ctx.now);
  return await change(ctx, { action: "location.edit", subject }, async (tx) => {
    const versions = await listLocationVersions(tx, input.gln);
    requireEtag(input.etag, locationEtag(versions), "Somebody else has changed this location number.");
    return await record(ctx, tx, input.gln, await decide(tx, versions));
  });
}

/**
 * Changes some fields of a location number from a day on, or between two days; other days are unchanged, and earlier knowledge is
 * kept. Days on which the number is not valid are not filled.
 */
export async function updateLocation(ctx: Context, input: LocationChange): Promise<LocationLine> {
  requireValidity(input);
  const changes = Object.fromEntries(
    Object.entries(input.fields).filter(([, value]) => value !== undefined),
  ) as Partial<LocationFields>;
  return await changeLocation(ctx, input, async (tx, versions) => {
    const done = recut<LocationVersion, LocationFields, string>(
      versions,
      input,
      locationContent,
      (held) => held && { ...held, ...changes },
    );
    for (const { content } of done.added) await requireSystemOfSupplier(tx, content);
    return done;
  });
}

/**
 * Closes a location number: from that day on it is no longer valid. Its successor, if any, is stored in the last version, so that
 * a lookup can return it.
 */
export async function closeLocation(ctx: Context, input: LocationClosing): Promise<LocationLine> {
  if (input.successorGln === input.gln) {
    throw new DomainError("invalid", "A location number does not succeed itself.", { field: "successorGln" });
  }
  return await changeLocation(ctx, input, async (_tx, versions) => {
    const last = versions.findLast((version) => version.validFrom < input.validFrom);
    if (!last) {
      const details = { field: "validFrom", fault: "before-opening" };
      throw new DomainError("invalid", "It cannot close before it opened.", details);
    }
    const validTo = last.validTo !== null && last.validTo < input.validFrom ? last.validTo : input.validFrom;
    const content = { ...locationContent(last), successorGln: input.successorGln };
    const open = versions.filter((version) => version.validFrom >= last.validFrom);
    return reconcile<LocationVersion, LocationFields, string>(
      open,
      [{ validFrom: last.validFrom, validTo, content }],
      locationContent,
    );
  });
}
