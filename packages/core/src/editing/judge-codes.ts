import { sql } from "drizzle-orm";
import { type CodeListName, findCode, isUsable } from "../code-lists/index.ts";
import type { ReadDatabase } from "../database/index.ts";
import type { Fault } from "../faults/index.ts";
import type { Attributes, UnitPiece } from "../organisations/index.ts";
import { shakCodes } from "../organisations/tables.ts";
import { holdsAt, type Validity } from "../validity/index.ts";
import { addedPieces } from "./judge-units.ts";
import type { Report } from "./problems.ts";
import type { RegisterCopy, UnitDraft } from "./register-copy.ts";

const hospital = "22232009";
const indicators = ["hasAmbulantActivity", "admitsPatients", "isReportingLevel"] as const;
/** Characters of a SHAK code by level: hospital; department and ward. */
const shakLengths: Readonly<Record<UnitDraft["level"], readonly number[]>> = {
  owner: [],
  institution: [4],
  unit: [6, 7],
};

/** The periods of the SHAK codes that the commands give, by code; undefined where no classification was ever read in. */
type ShakPeriods = ReadonlyMap<string, readonly Validity<string>[]> | undefined;

const touchedUnits = (copy: RegisterCopy) =>
  [...copy.units.values()].filter((unit) => unit.touchedBy.length > 0);

/** Reads the SHAK codes that the commands give to units. */
export async function loadShakPeriods(db: ReadDatabase, copy: RegisterCopy): Promise<ShakPeriods> {
  const codes = touchedUnits(copy).flatMap((unit) =>
    addedPieces(unit).flatMap((piece) => (isNew(unit, "shakCode", piece) ? [piece.content.shakCode] : [])),
  );
  if (codes.length === 0) return new Map();
  const rows = await db
    .select({ code: shakCodes.code, validFrom: shakCodes.validFrom, validTo: shakCodes.validTo })
    .from(shakCodes)
    .where(sql`${shakCodes.code} = any(${sql.param(codes)}::text[])`);
  if (rows.length > 0) return Map.groupBy(rows, (row) => row.code);
  const [any] = await db.select({ code: shakCodes.code }).from(shakCodes).limit(1);
  return any ? new Map() : undefined;
}

// A value that the unit had before, on whatever day, is not judged again: an expired code may stay.
function isNew(unit: UnitDraft, field: keyof Attributes, piece: UnitPiece): boolean {
  const value = piece.content[field];
  return value !== null && !unit.rows.some((row) => JSON.stringify(row[field]) === JSON.stringify(value));
}

type Found = { field: keyof Attributes; fault: Fault };

/** Judges the codes that the commands give to units, and what a unit of a hospital must say. */
export function judgeCodes(copy: RegisterCopy, shak: ShakPeriods, report: Report): void {
  for (const unit of touchedUnits(copy)) {
    for (const piece of addedPieces(unit)) {
      const found = [
        ...codeFaults(unit, piece),
        ...shakFaults(unit, piece, shak),
        ...indicatorFaults(copy, unit, piece),
      ];
      for (const { field, fault } of found) {
        const details = { validFrom: piece.validFrom, validTo: piece.validTo };
        report(unit, { type: "unit", id: unit.sorId }, { field, fault, severity: "error", details });
      }
    }
  }
}

function codeFaults(unit: UnitDraft, piece: UnitPiece): Found[] {
  const { typeCode, regionCode, specialities } = piece.content;
  const judge = (field: keyof Attributes, list: CodeListName, code: string | null): Found[] => {
    if (code === null || isUsable(list, code, unit.level, piece.validFrom)) return [];
    const known = findCode(list, code);
    if (!known) return [{ field, fault: "code-unknown" }];
    return [{ field, fault: known.for.includes(unit.level) ? "code-expired" : "attribute-wrong-level" }];
  };
  return [
    ...(isNew(unit, "typeCode", piece) ? judge("typeCode", "entity-types", typeCode) : []),
    ...(isNew(unit, "regionCode", piece) ? judge("regionCode", "regions", regionCode) : []),
    ...(isNew(unit, "specialities", piece)
      ? specialities.flatMap(({ code }) => judge("specialities", "specialities", code))
      : []),
  ];
}

function shakFaults(unit: UnitDraft, piece: UnitPiece, shak: ShakPeriods): Found[] {
  const { shakCode } = piece.content;
  if (shakCode === null || !isNew(unit, "shakCode", piece)) return [];
  if (!shakLengths[unit.level].includes(shakCode.length))
    return [{ field: "shakCode", fault: "shak-length" }];
  const isKnown = shak?.get(shakCode)?.some((period) => holdsAt<string>(period, piece.validFrom)) ?? false;
  return shak === undefined || isKnown ? [] : [{ field: "shakCode", fault: "shak-unknown" }];
}

function indicatorFaults(copy: RegisterCopy, unit: UnitDraft, piece: UnitPiece): Found[] {
  if (unit.level !== "unit" || institutionType(copy, unit, piece.validFrom) !== hospital) return [];
  const missing = indicators.filter((field) => piece.content[field] === null);
  // What was never said need not be said because of another edit.
  const wasMissing = unit.rows.some((row) => missing.every((field) => row[field] === null));
  const [field] = missing;
  return field === undefined || wasMissing ? [] : [{ field, fault: "indicators-missing" }];
}

function institutionType(copy: RegisterCopy, unit: UnitDraft, day: string): string | null {
  const seen = new Set<string>();
  for (let at: UnitDraft | undefined = unit; at && !seen.has(at.sorId); ) {
    seen.add(at.sorId);
    const content: Attributes | undefined = at.pieces.find((piece) => holdsAt<string>(piece, day))?.content;
    if (at.level === "institution") return content?.typeCode ?? null;
    at = content?.parentSorId ? copy.units.get(content.parentSorId) : undefined;
  }
  return null;
}
