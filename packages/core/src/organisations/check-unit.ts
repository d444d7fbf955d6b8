import { sql } from "drizzle-orm";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { unitPathOf } from "./paths.ts";
import { findUnitLine, type UnitLine } from "./unit-line.ts";
import { attributeFaults, parentFault, type UnitFault, type UnitPiece } from "./unit-rules.ts";

function refuse({ field, fault, message }: UnitFault, more: Record<string, unknown> = {}): never {
  throw new DomainError("invalid", message, { field, fault, ...more });
}

/** Throws `invalid`, with the attribute and the rule, when the periods to be recorded break a rule of the register. */
export async function checkPieces(
  tx: Transaction,
  { sorId, level }: Pick<UnitLine, "sorId" | "level">,
  pieces: readonly UnitPiece[],
): Promise<void> {
  for (const piece of pieces) {
    const [wrong] = attributeFaults(level, piece.content);
    if (wrong) refuse(wrong);
    const { parentSorId } = piece.content;
    const parent = parentSorId === null ? undefined : await findUnitLine(tx, parentSorId);
    const misplaced = parentFault(level, piece, parent && { level: parent.level, periods: parent.versions });
    if (misplaced) refuse(misplaced, { parentSorId, validFrom: piece.validFrom, validTo: piece.validTo });
    if (parentSorId !== null) await refuseCircle(tx, sorId, parentSorId, piece.validFrom);
  }
  await requireLocations(tx, pieces);
}

async function refuseCircle(tx: Transaction, sorId: string, parentSorId: string, day: string): Promise<void> {
  if (!(await unitPathOf(tx, parentSorId, day)).includes(sorId)) return;
  refuse(
    { field: "parentSorId", fault: "circle", message: "The unit would stand below itself." },
    { parentSorId },
  );
}

// The table of location numbers belongs to a later folder, which may not be imported, so its name is written out in the SQL.
async function requireLocations(tx: Transaction, pieces: readonly UnitPiece[]): Promise<void> {
  const glns = [...new Set(pieces.flatMap((piece) => piece.content.gln ?? []))];
  const found = await tx
    .select({ gln: sql<string>`gln` })
    .from(sql`locations`)
    .where(sql`gln = any(${sql.param(glns)}::text[])`);
  if (found.length === glns.length) return;
  refuse({ field: "gln", fault: "unknown", message: "The location number is not registered." });
}
