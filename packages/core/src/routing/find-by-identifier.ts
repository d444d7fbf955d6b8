import type { IdentifierKind } from "../identifiers/index.ts";
import type { RoutingTable } from "./routing-table.ts";
import type { ResolvedBy } from "./schemas.ts";

export type Candidate = { sorId: string; name: string; gln: string; inheritedFrom: string | null };

/** The location number an identifier resolves to. Several units may share one number; several different numbers are ambiguous. */
export type IdentifierOutcome =
  | { found: true; gln: string; resolvedBy: ResolvedBy }
  | { found: false; reason: "identifier-unknown" }
  | { found: false; reason: "unit-without-gln"; sorIds: readonly string[] }
  | { found: false; reason: "ambiguous"; candidates: readonly Candidate[] };

/** The location number of the unit with an identifier at a moment: its own or an inherited one (domain.md 1.4). */
export function findByIdentifier(
  table: RoutingTable,
  identifier: { kind: IdentifierKind; value: string },
  at: number,
): IdentifierOutcome {
  const units = table.units.find(identifier.kind, identifier.value, at);
  if (units.length === 0) return { found: false, reason: "identifier-unknown" };
  const candidates = units.flatMap(({ sorId, unit }): Candidate[] => {
    const held = table.units.glnOf(sorId, at);
    return held ? [{ sorId, name: unit.name, ...held }] : [];
  });
  const [first] = candidates;
  if (!first) return { found: false, reason: "unit-without-gln", sorIds: units.map(({ sorId }) => sorId) };
  if (candidates.some(({ gln }) => gln !== first.gln)) {
    return { found: false, reason: "ambiguous", candidates: candidates.slice(0, 50) };
  }
  const { kind } = identifier;
  const resolvedBy = { kind, sorId: first.sorId, inheritedFrom: first.inheritedFrom } as ResolvedBy;
  return { found: true, gln: first.gln, resolvedBy };
}
