import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { lineOf, readLocationsOf } from "../datasets/index.ts";
import { glnsOfRenamed, touchedGlns, touchedUnits } from "../deltas/index.ts";
import type { JournalEntry } from "../journal/index.ts";
import { registrations as r } from "../message-types/tables.ts";
import {
  organisations,
  organisationSuccessors as s,
  organisationVersions as v,
} from "../organisations/tables.ts";
import type { Membership } from "./membership.ts";
import type { ChangeRows } from "./schemas.ts";

/** The lines of all that entries touched, and of location numbers whose supplier or system got another name between two numbers. */
export async function readAllRows(
  tx: Transaction,
  { items, after, last }: { items: readonly JournalEntry[]; after: number; last: number },
  day: string,
): Promise<ChangeRows> {
  const glns = new Set([...items.flatMap(touchedGlns), ...(await glnsOfRenamed(tx, { after, last }))]);
  return await readRows(tx, { units: [...new Set(items.flatMap(touchedUnits))], glns: [...glns] }, day);
}

/** The lines of the units and location numbers that belong to a part of the register; the others have none. */
export async function readSubtreeRows(tx: Transaction, place: Membership, day: string): Promise<ChangeRows> {
  const units = await unitRows(tx, place.units.filter(place.hasUnit));
  const locations = await locationRows(tx, place.glns.filter(place.hasGln), day);
  const gone = { lines: [], successions: [], registrations: [] };
  return {
    units: [...units, ...place.units.filter((id) => !place.hasUnit(id)).map((sorId) => ({ sorId, ...gone }))],
    locations: [
      ...locations,
      ...place.glns.filter((id) => !place.hasGln(id)).map((gln) => ({ gln, ...gone })),
    ],
  };
}

/** The lines of some units and location numbers as they are now. */
export async function readRows(
  tx: Transaction,
  { units, glns }: { units: readonly string[]; glns: readonly string[] },
  day: string,
): Promise<ChangeRows> {
  return { units: await unitRows(tx, units), locations: await locationRows(tx, glns, day) };
}

async function unitRows(tx: Transaction, sorIds: readonly string[]): Promise<ChangeRows["units"]> {
  if (sorIds.length === 0) return [];
  const found = await tx
    .select({ row: v, firstFrom: organisations.firstFrom })
    .from(v)
    .innerJoin(organisations, eq(organisations.sorId, v.sorId))
    .where(and(inArray(v.sorId, [...sorIds]), isNull(v.supersededAt)))
    .orderBy(asc(v.sorId), asc(v.validFrom));
  const periods = Map.groupBy(found, ({ row }) => row.sorId);
  const successions = Map.groupBy(
    await tx
      .select()
      .from(s)
      .where(inArray(s.fromSorId, [...sorIds]))
      .orderBy(s.fromSorId, s.toSorId),
    ({ fromSorId }) => fromSorId,
  );
  return sorIds.map((sorId) => ({
    sorId,
    lines: (periods.get(sorId) ?? []).map(lineOf.unit),
    successions: (successions.get(sorId) ?? []).map(lineOf.succession),
  }));
}

async function locationRows(
  tx: Transaction,
  glns: readonly string[],
  day: string,
): Promise<ChangeRows["locations"]> {
  if (glns.length === 0) return [];
  const lines = Map.groupBy(await readLocationsOf(tx, glns, day), ({ row }) => row.gln);
  const registered = Map.groupBy(
    await tx
      .select()
      .from(r)
      .where(and(inArray(r.gln, [...glns]), isNull(r.supersededAt)))
      .orderBy(r.gln, r.messageType, r.version, r.direction, r.validFrom),
    ({ gln }) => gln,
  );
  return glns.map((gln) => ({
    gln,
    lines: (lines.get(gln) ?? []).map(lineOf.location),
    registrations: (registered.get(gln) ?? []).map(lineOf.registration),
  }));
}
