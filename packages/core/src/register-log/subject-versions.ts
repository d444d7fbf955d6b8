import { and, asc, eq, inArray, isNotNull, or } from "drizzle-orm";
import { type LocationFacts, loadLocationFacts } from "../datasets/index.ts";
import { registrations } from "../message-types/tables.ts";
import type { OrganisationLevel, VersionRow } from "../organisations/index.ts";
import { organisations, organisationVersions as v } from "../organisations/tables.ts";
import { dayInDenmark, holdsAt } from "../validity/index.ts";
import type { Reading } from "./reading.ts";
import { registerLog } from "./tables.ts";
import { type LogLine, type SubjectVersion, versionsOf } from "./versions-of.ts";

/** A unit on a day: the period in force, or else the last one, or the first to come. */
export type UnitState = { row: VersionRow; level: OrganisationLevel; firstFrom: string; isActive: boolean };

type Registration = typeof registrations.$inferSelect;

/** A location number at an instant: its period as for a unit, what it receives, and the units that have it as their own. */
export type LocationState = {
  facts: LocationFacts;
  firstFrom: string;
  isOpen: boolean;
  receives: readonly Registration[];
  holders: readonly { sorId: string; level: OrganisationLevel }[];
};

type Period = { validFrom: string; validTo: string | null };

/** The period in force on the day, or else the last that ended, or the first to come. */
function standing<Row extends Period>(rows: readonly Row[], day: string): Row | undefined {
  const sorted = rows.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
  return sorted.findLast(({ validFrom }) => validFrom <= day) ?? sorted[0];
}

/** The lines about some subjects, by subject, with the last version as of now: days may have passed since. */
async function linesOf(reading: Reading, entity: "unit" | "location", subjects: readonly string[]) {
  const rows = await reading.db
    .select()
    .from(registerLog)
    .where(
      and(
        eq(registerLog.entity, entity),
        inArray(registerLog.subject, [...subjects]),
        isNotNull(registerLog.sequence),
      ),
    )
    .orderBy(asc(registerLog.subject), asc(registerLog.sequence), asc(registerLog.id));
  const lines = rows.map((row): LogLine & { subject: string } => ({
    subject: row.subject,
    sequence: row.sequence ?? 0,
    at: row.at ?? reading.now,
    kind: row.kind,
    rowId: row.rowId,
    isEnd: row.isEnd,
  }));
  return Map.groupBy(lines, ({ subject }) => subject);
}

/** The versions, and after the last of them the state as of now. */
function timeline<State>(
  reading: Reading,
  lines: readonly LogLine[],
  stateAt: (known: ReadonlySet<string>, at: Date) => State | null,
): { versions: SubjectVersion<State>[]; now: SubjectVersion<State> | undefined } {
  const versions = versionsOf(lines, stateAt);
  const last = lines.at(-1);
  const ended =
    last && lines.map((line) => (line.sequence === last.sequence ? { ...line, at: reading.now } : line));
  return { versions, now: ended && versionOfNow(versionsOf(ended, stateAt).at(-1), last.at) };
}

const versionOfNow = <State>(version: SubjectVersion<State> | undefined, at: Date) =>
  version && { ...version, at };

/** All versions of some units, oldest first, and each as of now. */
export async function loadUnitVersions(reading: Reading, sorIds: readonly string[]) {
  if (sorIds.length === 0) return new Map<string, ReturnType<typeof timeline<UnitState>>>();
  const lines = await linesOf(reading, "unit", sorIds);
  const rows = await reading.db
    .select({ row: v, firstFrom: organisations.firstFrom, level: organisations.level })
    .from(v)
    .innerJoin(organisations, eq(organisations.sorId, v.sorId))
    .where(inArray(v.sorId, [...sorIds]));
  const bySubject = Map.groupBy(rows, ({ row }) => row.sorId);
  return new Map(
    [...lines].map(([sorId, own]) => {
      const units = bySubject.get(sorId) ?? [];
      const stateAt = (known: ReadonlySet<string>, at: Date): UnitState | null => {
        const day = dayInDenmark(at);
        const row = standing(
          units.flatMap((unit) => (known.has(unit.row.id) ? [unit.row] : [])),
          day,
        );
        const identity = units.find((unit) => unit.row.id === row?.id);
        return row && identity ? { ...identity, row, isActive: holdsAt(row, day) } : null;
      };
      return [sorId, timeline(reading, own, stateAt)];
    }),
  );
}

/** All versions of some location numbers, oldest first, and each as of now. */
export async function loadLocationVersions(reading: Reading, glns: readonly string[]) {
  if (glns.length === 0) return new Map<string, ReturnType<typeof timeline<LocationState>>>();
  const lines = await linesOf(reading, "location", glns);
  const facts = Map.groupBy(await loadLocationFacts(reading.db, glns), ({ row }) => row.gln);
  const received = Map.groupBy(
    await reading.db
      .select()
      .from(registrations)
      .where(and(inArray(registrations.gln, [...glns]), eq(registrations.direction, "receive")))
      .orderBy(registrations.messageType, registrations.version, registrations.validFrom),
    ({ gln }) => gln,
  );
  const held = Map.groupBy(
    await reading.db
      .select({
        id: v.id,
        gln: v.gln,
        sorId: v.sorId,
        level: v.level,
        validFrom: v.validFrom,
        validTo: v.validTo,
      })
      .from(v)
      .where(or(inArray(v.gln, [...glns])))
      .orderBy(v.sorId),
    ({ gln }) => gln,
  );
  return new Map(
    [...lines].map(([gln, own]) => {
      const [periods, pairs, units] = [facts.get(gln) ?? [], received.get(gln) ?? [], held.get(gln) ?? []];
      const stateAt = (known: ReadonlySet<string>, at: Date): LocationState | null => {
        const day = dayInDenmark(at);
        const mine = periods.filter(({ row }) => known.has(row.id));
        const row = standing(
          mine.map((each) => each.row),
          day,
        );
        const found = mine.find((each) => each.row.id === row?.id);
        if (!row || !found) return null;
        return {
          facts: found,
          firstFrom: mine.map((each) => each.row.validFrom).toSorted()[0] ?? row.validFrom,
          isOpen: holdsAt(row, day),
          receives: pairs.filter((pair) => known.has(pair.id) && isInForce(pair, at)),
          holders: units.filter((unit) => known.has(unit.id) && holdsAt(unit, day)),
        };
      };
      return [gln, timeline(reading, own, stateAt)];
    }),
  );
}

const isInForce = ({ validFrom, validTo }: Registration, at: Date) =>
  validFrom <= at && (validTo === null || at < validTo);
