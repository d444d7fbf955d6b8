import { sql } from "drizzle-orm";
import { givesWay, type ReadDatabase } from "../database/index.ts";
import {
  type Attributes,
  attributeFaults,
  attributesOf,
  isCovered,
  parentFault,
  type UnitPiece,
} from "../organisations/index.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { earlier, later, overlaps, reconcile, type Validity } from "../validity/index.ts";
import type { Report } from "./problems.ts";
import { loadLocations, loadUnits, type RegisterCopy, type UnitDraft } from "./register-copy.ts";

/** Deeper trees are taken to have a circle. */
const depthMax = 50;

const touchedUnits = (copy: RegisterCopy) =>
  [...copy.units.values()].filter((unit) => unit.touchedBy.length > 0);

/** The periods that the commands put in place of others. */
export const addedPieces = ({ rows, pieces }: UnitDraft): readonly UnitPiece[] =>
  reconcile(rows, pieces, attributesOf).added;

/** Whether there is a day on which it held before and does not now. */
function hasShrunk({ rows, pieces }: UnitDraft): boolean {
  return rows.some((row) => !isCovered(row, pieces));
}

/**
 * Reads what the rules look at around the touched units: their ancestors, the children of those that hold shorter than before,
 * and the location numbers that they name.
 */
export async function loadSurroundings(db: ReadDatabase, copy: RegisterCopy): Promise<void> {
  const touched = touchedUnits(copy);
  const shrunk = touched.filter(hasShrunk).map((unit) => unit.sorId);
  if (shrunk.length > 0) {
    const rows = await db
      .selectDistinct({ parent: organisationVersions.parentSorId, child: organisationVersions.sorId })
      .from(organisationVersions)
      .where(
        sql`${organisationVersions.parentSorId} = any(${sql.param(shrunk)}::text[]) and ${organisationVersions.supersededAt} is null`,
      );
    const childrenOf = Map.groupBy(rows, (row) => row.parent as string);
    for (const parent of shrunk) {
      copy.children.set(
        parent,
        (childrenOf.get(parent) ?? []).map((row) => row.child),
      );
    }
    await loadUnits(
      db,
      copy,
      rows.map((row) => row.child),
    );
  }
  // Up to the top from each, also through units that the commands name, which were read before.
  const climbed = new Set<string>();
  let wave = touched.flatMap(parentsOf);
  for (let depth = 0; wave.length > 0 && depth < depthMax; depth += 1) {
    const fresh = [...new Set(wave)].filter((sorId) => !climbed.has(sorId));
    for (const sorId of fresh) climbed.add(sorId);
    await loadUnits(db, copy, fresh);
    wave = fresh.flatMap((sorId) => parentsOf(copy.units.get(sorId)));
  }
  const glns = touched.flatMap((unit) => addedPieces(unit).flatMap((piece) => piece.content.gln ?? []));
  await loadLocations(db, copy, glns);
}

function parentsOf(unit: UnitDraft | undefined): string[] {
  if (!unit) return [];
  const contents = [...unit.rows, ...unit.pieces.map((piece) => piece.content)];
  return [...new Set(contents.flatMap((content) => content.parentSorId ?? []))];
}

/**
 * Judges the touched units as the commands leave them, for every day of their time lines. What was wrong before the commands and
 * is so still is a warning: data of earlier days must not stop an edit that has nothing to do with it.
 */
export async function judgeUnits(copy: RegisterCopy, report: Report): Promise<void> {
  const giveWay = givesWay();
  for (const unit of touchedUnits(copy)) {
    const before = new Set(lineFaults(copy, unit, "rows").map(({ field, fault }) => `${field} ${fault}`));
    for (const { field, fault, piece, parentSorId } of lineFaults(copy, unit, "pieces")) {
      const severity = before.has(`${field} ${fault}`) ? "warning" : "error";
      const { validFrom, validTo } = piece;
      const details = { validFrom, validTo, ...(parentSorId && { parentSorId }) };
      report(unit, { type: "unit", id: unit.sorId }, { field, fault, severity, details });
    }
    judgeChildren(copy, unit, report);
    await giveWay();
  }
}

type LineFault = {
  field: string;
  fault: ReturnType<typeof attributeFaults>[number]["fault"] | "circle" | "no-such-location";
  piece: Validity<string>;
  parentSorId?: string | null;
};

function lineFaults(copy: RegisterCopy, unit: UnitDraft, state: "rows" | "pieces"): LineFault[] {
  const pieces =
    state === "pieces"
      ? addedPieces(unit)
      : unit.rows.map((row) => ({
          validFrom: row.validFrom,
          validTo: row.validTo,
          content: row as Attributes,
        }));
  return pieces.flatMap((piece): LineFault[] => {
    const { parentSorId, gln } = piece.content;
    const parent = parentSorId === null ? undefined : copy.units.get(parentSorId);
    const misplaced = parentFault(
      unit.level,
      piece,
      parent && { level: parent.level, periods: parent[state] },
    );
    const isUnknown = gln !== null && state === "pieces" && !copy.locations.has(gln);
    return [
      ...attributeFaults(unit.level, piece.content).map((each) => ({ ...each, piece })),
      ...(misplaced ? [{ ...misplaced, piece, parentSorId }] : []),
      ...(isInCircle(copy, unit.sorId, piece, state)
        ? [{ field: "parentSorId", fault: "circle" as const, piece, parentSorId }]
        : []),
      ...(isUnknown ? [{ field: "gln", fault: "no-such-location" as const, piece }] : []),
    ];
  });
}

type Step = Validity<string> & { parentSorId: string | null };

const stepsOf = (unit: UnitDraft, state: "rows" | "pieces"): Step[] =>
  state === "rows"
    ? unit.rows.map(({ validFrom, validTo, parentSorId }) => ({ validFrom, validTo, parentSorId }))
    : unit.pieces.map(({ validFrom, validTo, content }) => ({
        validFrom,
        validTo,
        parentSorId: content.parentSorId,
      }));

// Climbs along every day of the period: an ancestor counts only on the days on which the way up to it holds.
function isInCircle(copy: RegisterCopy, sorId: string, piece: UnitPiece, state: "rows" | "pieces"): boolean {
  let wave: Step[] = [{ ...piece, parentSorId: piece.content.parentSorId }];
  for (let depth = 0; wave.length > 0; depth += 1) {
    if (depth >= depthMax || wave.some((step) => step.parentSorId === sorId)) return true;
    wave = wave.flatMap((step) => stepsAbove(copy, step, state));
  }
  return false;
}

function stepsAbove(copy: RegisterCopy, step: Step, state: "rows" | "pieces"): Step[] {
  const parent = step.parentSorId === null ? undefined : copy.units.get(step.parentSorId);
  return (parent ? stepsOf(parent, state) : [])
    .filter((above) => overlaps<string>(above, step))
    .map(({ validFrom, validTo, parentSorId }) => ({
      validFrom: later(validFrom, step.validFrom),
      validTo: earlier(validTo, step.validTo),
      parentSorId,
    }));
}

const namedMax = 20;

function judgeChildren(copy: RegisterCopy, unit: UnitDraft, report: Report): void {
  const stored = copy.children.get(unit.sorId) ?? [];
  const left = stored.filter((sorId) => {
    const child = copy.units.get(sorId);
    // Periods that the commands put there are judged with the child itself.
    const judged = new Set<Validity<string>>(child ? addedPieces(child) : []);
    return child?.pieces.some(
      (piece) =>
        piece.content.parentSorId === unit.sorId &&
        !judged.has(piece) &&
        isCovered(piece, unit.rows) &&
        !isCovered(piece, unit.pieces),
    );
  });
  if (left.length === 0) return;
  const details = { open: left.slice(0, namedMax), count: left.length };
  report(
    unit,
    { type: "unit", id: unit.sorId },
    { field: "validTo", fault: "units-below", severity: "error", details },
  );
}
