import { sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import type { HeldSuccessor } from "../organisations/index.ts";
import { organisationSuccessors, organisationVersions } from "../organisations/tables.ts";
import { compareEnds, holdsAt, startOfDayInDenmark } from "../validity/index.ts";
import type { Report } from "./problems.ts";
import {
  loadLocations,
  loadUnits,
  type RegisterCopy,
  type SuccessorDraft,
  type UnitDraft,
  unitsByGln,
} from "./register-copy.ts";

/** The first day on which the time line no longer holds; null when it has no end; undefined when it never holds. */
const endOf = (pieces: readonly { validTo: string | null }[]): string | null | undefined =>
  pieces.at(-1)?.validTo;

/** Units that hold shorter than before, with the day on which they end. */
function closedUnits(copy: RegisterCopy): { unit: UnitDraft; day: string }[] {
  return [...copy.units.values()].flatMap((unit) => {
    if (unit.touchedBy.length === 0 || unit.rows.length === 0) return [];
    const end = endOf(unit.pieces);
    const day = end === undefined ? (unit.rows[0]?.validFrom ?? copy.today) : end;
    return day !== null && compareEnds(day, endOf(unit.rows) ?? null) < 0 ? [{ unit, day }] : [];
  });
}

const glnsOf = ({ rows, pieces }: UnitDraft) => [
  ...new Set([...rows, ...pieces.map((piece) => piece.content)].flatMap((content) => content.gln ?? [])),
];

const idsOf = (successors: readonly HeldSuccessor[]) => successors.map(({ sorId }) => sorId);

const touchedSuccessors = (copy: RegisterCopy): SuccessorDraft[] =>
  [...copy.successors.values()].filter((each) => each.touchedBy.length > 0);

/** Stored chains of succession that lead on from the successors wanted, so that a circle is seen. */
type Chains = ReadonlyMap<string, readonly string[]>;
/** Units that have a location number as their own, by number. */
type Holders = ReadonlyMap<string, readonly string[]>;
type Closings = { chains: Chains; holders: Holders };

/** Reads what the rules about closing look at: registrations of the closed units' location numbers, and successors. */
export async function loadClosings(db: ReadDatabase, copy: RegisterCopy): Promise<Closings> {
  const glns = closedUnits(copy).flatMap(({ unit }) => glnsOf(unit));
  await loadLocations(db, copy, glns);
  const holders =
    glns.length === 0
      ? []
      : await db
          .selectDistinct({ gln: organisationVersions.gln, sorId: organisationVersions.sorId })
          .from(organisationVersions)
          .where(
            sql`${organisationVersions.gln} = any(${sql.param(glns)}::text[]) and ${organisationVersions.supersededAt} is null`,
          );
  const wanted = touchedSuccessors(copy).flatMap((each) => idsOf(each.wanted));
  await loadUnits(db, copy, [...wanted, ...holders.map((row) => row.sorId)]);
  return {
    chains: await loadChains(db, wanted),
    holders: groupIds(holders.map((row) => [row.gln as string, row.sorId])),
  };
}

async function loadChains(db: ReadDatabase, wanted: readonly string[]): Promise<Chains> {
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({ from: sql<string>`chain.from_sor_id`, to: sql<string>`chain.to_sor_id` })
    .from(sql`(
    with recursive later as (
      select from_sor_id, to_sor_id from organisation_successors where from_sor_id = any(${sql.param(wanted)}::text[])
      union
      select s.from_sor_id, s.to_sor_id from later join ${organisationSuccessors} s on s.from_sor_id = later.to_sor_id
    ) select from_sor_id, to_sor_id from later) as chain`);
  return groupIds(rows.map(({ from, to }) => [from, to]));
}

function groupIds(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = Map.groupBy(pairs, ([key]) => key);
  return new Map([...groups].map(([key, group]) => [key, group.map(([, id]) => id)]));
}

/** Judges closings and successions as the commands leave them. */
export function judgeClosings(copy: RegisterCopy, { chains, holders }: Closings, report: Report): void {
  const takers = unitsByGln(copy);
  for (const { unit, day } of closedUnits(copy)) {
    const beyond = glnsOf(unit).filter(
      (gln) =>
        lastsBeyond(copy, gln, day) &&
        ![...(holders.get(gln) ?? []), ...(takers.get(gln) ?? [])].some((sorId) =>
          holdsBeyond(copy.units.get(sorId), unit, { gln, day }),
        ),
    );
    if (beyond.length > 0) {
      const details = { glns: beyond };
      report(
        unit,
        { type: "unit", id: unit.sorId },
        { field: "validTo", fault: "registrations-beyond", severity: "error", details },
      );
    }
  }
  for (const draft of touchedSuccessors(copy)) judgeSuccessors(copy, draft, chains, report);
}

/** Whether the location number receives or sends anything on or after the day. */
export function lastsBeyond(copy: RegisterCopy, gln: string, day: string): boolean {
  const from = startOfDayInDenmark(day);
  return (copy.registrations.get(gln)?.pieces ?? []).some(
    (piece) => compareEnds(from, piece.validTo) < 0 && compareEnds(copy.now, piece.validTo) < 0,
  );
}

function holdsBeyond(
  other: UnitDraft | undefined,
  unit: UnitDraft,
  { gln, day }: { gln: string; day: string },
): boolean {
  if (!other || other.sorId === unit.sorId) return false;
  return other.pieces.some((piece) => piece.content.gln === gln && compareEnds(day, piece.validTo) < 0);
}

function judgeSuccessors(copy: RegisterCopy, draft: SuccessorDraft, chains: Chains, report: Report): void {
  const tell = (
    fault: "no-such-successor" | "successor-closed" | "successor-circle",
    sorIds: readonly string[],
  ) => {
    if (sorIds.length === 0) return;
    const problem = { field: "successors", fault, severity: "error", details: { sorIds } } as const;
    report(draft, { type: "unit", id: draft.sorId }, problem);
  };
  const wanted = idsOf(draft.wanted);
  tell(
    "no-such-successor",
    wanted.filter((sorId) => !copy.units.has(sorId)),
  );
  const day = endOf(copy.units.get(draft.sorId)?.pieces ?? []);
  if (day) {
    const closed = wanted.filter((sorId) => {
      const pieces = copy.units.get(sorId)?.pieces;
      return pieces && !pieces.some((piece) => holdsAt<string>(piece, day));
    });
    tell("successor-closed", closed);
  }
  tell("successor-circle", leadsBack(copy, draft, chains) ? [draft.sorId] : []);
}

function leadsBack(copy: RegisterCopy, draft: SuccessorDraft, chains: Chains): boolean {
  const seen = new Set<string>();
  const open = idsOf(draft.wanted);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === draft.sorId) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const own = copy.successors.get(next);
    open.push(...(own ? idsOf(own.wanted) : (chains.get(next) ?? [])));
  }
  return false;
}
