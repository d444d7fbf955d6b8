import { sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { presentVersion } from "../endpoints/index.ts";
import type { Action, Subject } from "../permissions/index.ts";
import { type RegisterCopy, unitsByGln } from "./register-copy.ts";
import type { Command, CommandOf } from "./schemas.ts";

/** One question of permission: what a command does to which subject. */
export type Asked = { at: number; action: Action; subject: Subject };

type Paths = ReadonlyMap<string, readonly string[]>;
/** Units and all their ancestors before the commands, by SOR id and by location number. */
type StoredPaths = { ofUnits: Paths; ofGlns: Paths };

/** Reads the ways from units and location numbers up to their owners; versions that have not ended on the day count. */
export async function loadStoredPaths(
  db: ReadDatabase,
  { sorIds, glns }: { sorIds: readonly string[]; glns: readonly string[] },
  day: string,
): Promise<StoredPaths> {
  const climb = async (column: "sor_id" | "gln", ids: readonly string[]): Promise<Paths> => {
    if (ids.length === 0) return new Map();
    const start = sql.raw(`v.${column}`);
    const rows = await db.select({ start: sql<string>`up.start`, path: sql<string[]>`up.path` }).from(sql`(
      with recursive climb as (
        select ${start} as start, v.sor_id, v.parent_sor_id from organisation_versions v
        where ${start} = any(${sql.param([...new Set(ids)])}::text[])
          and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
        union
        select climb.start, v.sor_id, v.parent_sor_id
        from climb join organisation_versions v on v.sor_id = climb.parent_sor_id
          and v.superseded_at is null and (v.valid_to is null or v.valid_to > ${day})
      ) select start, array_agg(distinct sor_id) as path from climb group by start) as up`);
    return new Map(rows.map(({ start, path }) => [start, path]));
  };
  return { ofUnits: await climb("sor_id", sorIds), ofGlns: await climb("gln", glns) };
}

/**
 * What must be permitted for each command, judged on the register as it was before: a set cannot give itself a right by an earlier
 * command. A unit that the set creates, or brings back, stands where the set puts it.
 */
export function askedOf(copy: RegisterCopy, commands: readonly Command[], stored: StoredPaths): Asked[] {
  const paths = { ...stored, takers: unitsByGln(copy) };
  return commands.flatMap((command, at) =>
    questionsOf({ copy, paths }, command).map(([action, subject]): Asked => ({ at, action, subject })),
  );
}

/** The stored ways up, and the units to which the set gives a location number. */
type KnownPaths = StoredPaths & { takers: Paths };
type Known = { copy: RegisterCopy; paths: KnownPaths };
type Question = readonly [Action, Subject];

function questionsOf({ copy, paths }: Known, command: Command): Question[] {
  switch (command.kind) {
    case "unit.create":
      return creationQuestions({ copy, paths }, command);
    case "unit.change":
      return changeQuestions({ copy, paths }, command.sorId, command.attributes);
    case "unit.move":
      return changeQuestions({ copy, paths }, command.sorId, { parentSorId: command.parentSorId });
    case "unit.restore": {
      const unit = unitSubject(copy, command.sorId, paths);
      const places = new Set(command.added.flatMap((piece) => piece.content.parentSorId ?? []));
      const atPlaces = [...places].map(
        (id): Question => ["unit.edit", placeSubject({ copy, paths }, command.sorId, id)],
      );
      return [["unit.edit", unit], ...atPlaces];
    }
    case "unit.close":
    case "unit.replace":
      return [["unit.edit", unitSubject(copy, command.sorId, paths)]];
    case "location.create": {
      const { gln, fields, unitSorId } = command;
      const unitPath = unitSorId ? pathOf(copy, unitSorId, paths) : (paths.ofGlns.get(gln) ?? []);
      const supplierId = fields.supplierId ?? undefined;
      const location: Question = [
        "location.edit",
        { type: "location", id: gln, supplierId, glns: [gln], unitPath },
      ];
      return unitSorId ? [location, ["unit.edit", unitSubject(copy, unitSorId, paths)]] : [location];
    }
    case "location.change":
    case "location.close":
    case "location.restore":
      return [["location.edit", locationSubject(copy, command.gln, paths)]];
    default:
      return [["registration.edit", locationSubject(copy, command.gln, paths)]];
  }
}

function creationQuestions(
  { copy, paths }: Known,
  { sorId, attributes }: CommandOf<"unit.create">,
): Question[] {
  const { parentSorId, gln } = attributes;
  const unitPath = parentSorId === null ? [] : pathOf(copy, parentSorId, paths);
  const unit: Question = ["unit.edit", { type: "unit", id: sorId, unitPath }];
  return gln === null ? [unit] : [unit, ["location.edit", locationSubject(copy, gln, paths)]];
}

// Moving a unit needs the permission at its new place too, and a location number must be the actor's to give away.
function changeQuestions(
  { copy, paths }: Known,
  sorId: string,
  { parentSorId, gln }: { parentSorId?: string | null | undefined; gln?: string | null | undefined },
): Question[] {
  const isTaken = gln && !copy.units.get(sorId)?.rows.some((row) => row.gln === gln);
  return [
    ["unit.edit", unitSubject(copy, sorId, paths)],
    ...(parentSorId ? [["unit.edit", placeSubject({ copy, paths }, sorId, parentSorId)] as const] : []),
    ...(isTaken ? [["location.edit", locationSubject(copy, gln, paths)] as const] : []),
  ];
}

/** A unit as it would stand below a parent. */
const placeSubject = ({ copy, paths }: Known, sorId: string, parentSorId: string): Subject => ({
  type: "unit",
  id: sorId,
  unitPath: pathOf(copy, parentSorId, paths),
});

function unitSubject(copy: RegisterCopy, sorId: string, paths: KnownPaths): Subject {
  const glns = copy.units.get(sorId)?.rows.flatMap((row) => row.gln ?? []) ?? [];
  return { type: "unit", id: sorId, unitPath: pathOf(copy, sorId, paths), glns: [...new Set(glns)] };
}

function locationSubject(copy: RegisterCopy, gln: string, paths: KnownPaths): Subject {
  const draft = copy.locations.get(gln);
  const stored = presentVersion(draft?.rows ?? [], copy.today)?.supplierId;
  const supplierId = (draft?.isNew ? draft.pieces[0]?.content.supplierId : stored) ?? undefined;
  // One that the set creates belongs to the unit that the set gives it to.
  const fromNew = draft?.isNew
    ? (paths.takers.get(gln) ?? []).flatMap((sorId) => [...pathOf(copy, sorId, paths)])
    : [];
  return {
    type: "location",
    id: gln,
    supplierId,
    glns: [gln],
    unitPath: [...(paths.ofGlns.get(gln) ?? []), ...fromNew],
  };
}

function pathOf(copy: RegisterCopy, sorId: string, paths: KnownPaths): readonly string[] {
  const path: string[] = [];
  const seen = new Set<string>();
  for (let id: string | null = sorId; id !== null && !seen.has(id); ) {
    seen.add(id);
    const stored = paths.ofUnits.get(id);
    if (stored) return [...path, ...stored];
    const unit = copy.units.get(id);
    if (!unit || unit.rows.length > 0) return path;
    path.push(id);
    id = unit.pieces[0]?.content.parentSorId ?? null;
  }
  return path;
}
