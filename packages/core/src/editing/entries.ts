import { sql } from "drizzle-orm";
import type { ChangedSubject } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { locationContent } from "../endpoints/index.ts";
import { reachesBelow, unitFacts } from "../organisations/index.ts";
import type { Action } from "../permissions/index.ts";
import { holdsAt, type Validity } from "../validity/index.ts";
import type { Recuts } from "./differences.ts";
import type { RegisterCopy } from "./register-copy.ts";

type Entry = ChangedSubject & { action: Action };

/**
 * The journal entries of what is to be written: one per changed unit, succession, location number and its registrations, with the
 * location numbers and units that followers must read again.
 */
export async function entriesOf(db: ReadDatabase, copy: RegisterCopy, recuts: Recuts): Promise<Entry[]> {
  const reaching = recuts.units.filter(({ done }) => reachesBelow(done)).map(({ draft }) => draft.sorId);
  const below = await glnsBelow(
    db,
    [...reaching, ...[...recuts.successors, ...recuts.withdrawals].map(({ sorId }) => sorId)],
    copy.today,
  );
  return [
    ...recuts.locations.map(locationEntry),
    ...recuts.units.map((unit) => unitEntry(copy, unit, below.get(unit.draft.sorId) ?? [])),
    ...recuts.successors.map(
      ({ sorId, held, wanted }): Entry => ({
        action: "unit.edit",
        subjectType: "unit",
        subjectId: sorId,
        glns: below.get(sorId) ?? [],
        sorIds: [...new Set([sorId, ...[...held, ...wanted].map((each) => each.sorId)])],
        before: { replacedBy: held },
        after: { replacedBy: wanted },
      }),
    ),
    ...recuts.withdrawals.map(
      ({ sorId, rows, withdrawal: { held, wanted } }): Entry => ({
        action: "unit.edit",
        subjectType: "unit",
        subjectId: sorId,
        glns: [...new Set([...(below.get(sorId) ?? []), ...rows.flatMap((row) => row.gln ?? [])])].toSorted(),
        sorIds: [sorId],
        before: { withdrawal: held },
        after: { withdrawal: wanted },
      }),
    ),
    ...recuts.registrations.map(
      ({ draft, before, after }): Entry => ({
        action: "registration.edit",
        ...ofLocation(draft.gln),
        before: { registrations: before },
        after: { registrations: after },
      }),
    ),
  ];
}

const ofLocation = (gln: string) => ({ subjectType: "location", subjectId: gln, glns: [gln] });

function locationEntry({ draft, done }: Recuts["locations"][number]): Entry {
  const factOf = <Content extends object>(content: Content, { validFrom, validTo }: Validity<string>) => ({
    validFrom,
    validTo,
    ...content,
  });
  return {
    action: "location.edit",
    ...ofLocation(draft.gln),
    before: { versions: done.superseded.map((row) => factOf(locationContent(row), row)) },
    after: { versions: done.added.map((piece) => factOf(piece.content, piece)) },
  };
}

function unitEntry(
  copy: RegisterCopy,
  { draft: { sorId }, done }: Recuts["units"][number],
  below: string[],
): Entry {
  const contents = [...done.superseded, ...done.added.map((piece) => piece.content)];
  const own = contents.flatMap((content) => content.gln ?? []);
  const inherited = (["rows", "pieces"] as const).flatMap((state) => inheritedGln(copy, sorId, state) ?? []);
  const parents = contents.flatMap((content) => content.parentSorId ?? []);
  return {
    action: "unit.edit",
    subjectType: "unit",
    subjectId: sorId,
    glns: [...new Set([...own, ...below, ...inherited])].toSorted(),
    sorIds: [...new Set([sorId, ...parents])],
    ...unitFacts(done),
  };
}

// The location number that the unit inherits today: its own, or that of the nearest ancestor.
function inheritedGln(copy: RegisterCopy, sorId: string, state: "rows" | "pieces"): string | null {
  const seen = new Set<string>();
  for (let id: string | null = sorId; id !== null && !seen.has(id); ) {
    seen.add(id);
    const unit = copy.units.get(id);
    const lines =
      state === "rows" ? (unit?.rows.map((row) => ({ ...row, content: row })) ?? []) : (unit?.pieces ?? []);
    const held = lines.find((line) => holdsAt<string>(line, copy.today))?.content;
    if (!held) return null;
    if (held.gln !== null) return held.gln;
    id = held.parentSorId;
  }
  return null;
}

// Own location numbers of everything below each unit as stored; what moves in the same set is in entries of its own.
async function glnsBelow(
  db: ReadDatabase,
  sorIds: readonly string[],
  day: string,
): Promise<Map<string, string[]>> {
  if (sorIds.length === 0) return new Map();
  const rows = await db.select({ start: sql<string>`down.start`, glns: sql<string[]>`down.glns` }).from(sql`(
    with recursive descent as (
      select v.sor_id as start, v.sor_id, v.gln from organisation_versions v
      where v.sor_id = any(${sql.param(sorIds)}::text[])
        and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
      union
      select descent.start, v.sor_id, v.gln
      from descent join organisation_versions v on v.parent_sor_id = descent.sor_id
        and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
    ) select start, array_agg(distinct gln) as glns from descent where gln is not null group by start) as down`);
  return new Map(rows.map(({ start, glns }) => [start, glns]));
}
