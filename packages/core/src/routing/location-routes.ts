import { hasGlnCheckDigit } from "../identifiers/index.ts";
import { holds, noEnd, toText } from "./moments.ts";
import { nextChangeOf } from "./next-change.ts";
import type { RouteMiss, WarningCode } from "./outcome.ts";
import { typeFor } from "./resolve-route.ts";
import { noEndpoint, type RoutingTable } from "./routing-table.ts";
import type { LocationPair, LocationRoutes, RouteTimeline } from "./schemas.ts";
import { standingOf } from "./standing.ts";
import { operatorView, supplierView, systemView } from "./write-route.ts";

const endText = (seconds: number) => (seconds === noEnd ? null : toText(seconds));

function stateOf(table: RoutingTable, row: number, at: number): LocationPair["state"] {
  const { from, to, endpoint } = table.pairs.columns;
  if (at < (from[row] as number)) return "planned";
  if (!holds(from[row] as number, to[row] as number, at)) return "ended";
  const held = table.parties.endpoints[endpoint[row] as number];
  if (held?.state !== "paused") return held?.state ?? "active";
  return held.pausedUntil === null || at < held.pausedUntil ? "paused" : "active";
}

function pairView(table: RoutingTable, row: number, at: number): LocationPair {
  const { type, endpoint, from, to } = table.pairs.columns;
  const entry = table.types.entries[type[row] as number];
  if (!entry) throw new RangeError("a pair names a type that was not read");
  const number = endpoint[row] as number;
  return {
    direction: entry.direction,
    messageType: entry.code,
    version: entry.version,
    format: entry.format,
    urn: entry.urn,
    endpointId: number === noEndpoint ? null : (table.parties.endpoints[number]?.id ?? null),
    validFrom: toText(from[row] as number),
    validTo: endText(to[row] as number),
    state: stateOf(table, row, at),
  };
}

function rowsOf(table: RoutingTable, place: number): number[] {
  const start = table.pairs.start(place);
  return Array.from({ length: table.pairs.count(place) }, (_, i) => start + i);
}

const byType = (a: LocationPair, b: LocationPair) =>
  a.messageType.localeCompare(b.messageType, "en") ||
  b.version.localeCompare(a.version, "en") ||
  a.validFrom.localeCompare(b.validFrom, "en");

function periodAt(table: RoutingTable, place: number, at: number): { from: number; to: number } | undefined {
  const { from, to } = table.periods.columns;
  const start = table.periods.start(place);
  for (let row = start; row < start + table.periods.count(place); row += 1) {
    const period = { from: from[row] as number, to: to[row] as number };
    if (holds(period.from, period.to, at)) return period;
  }
  return undefined;
}

/** All that a location receives and sends at a moment, with the responsible parties; or why it has no routes. */
export function locationRoutes(
  table: RoutingTable,
  gln: string,
  at: number,
): { found: true; location: LocationRoutes; holdsUntil: number } | RouteMiss {
  const place = table.place(gln);
  const standing = standingOf(table, gln, place, at);
  if (!standing.isOpen) return standing.miss;
  const profile = table.parties.profiles[standing.profile];
  const period = periodAt(table, place, at);
  const warnings: WarningCode[] = hasGlnCheckDigit(gln) ? [] : ["check-digit"];
  if (profile?.onlyInternal) warnings.push("only-internal");
  const routes = rowsOf(table, place)
    .map((row) => pairView(table, row, at))
    .filter((pair) => pair.state !== "ended" && pair.state !== "planned" && pair.state !== "closed")
    .sort(byType);
  const location: LocationRoutes = {
    gln,
    validFrom: period ? toText(period.from) : null,
    validTo: period ? endText(period.to) : null,
    onlyInternal: profile?.onlyInternal ?? false,
    system: systemView(table, profile?.systemId),
    supplier: supplierView(table, profile?.supplierId),
    netOperator: operatorView(table, profile?.netOperatorCode),
    units: table.units.find("gln", gln, at).map(({ sorId, unit }) => ({ sorId, name: unit.name })) as never,
    routes,
    warnings,
    sequence: table.sequence,
  };
  return { found: true, location, holdsUntil: nextChangeOf(table, place, at) };
}

/** Past, present and planned routes of one type at a location, oldest first; or that the number is unknown. */
export function routeTimeline(
  table: RoutingTable,
  question: { gln: string; messageType: string; at: number },
): { found: true; timeline: RouteTimeline; holdsUntil: number } | RouteMiss {
  const { gln, at } = question;
  const place = table.place(gln);
  const standing = standingOf(table, gln, place, at);
  if (
    !standing.isOpen &&
    (standing.miss.reason === "gln-unknown" || standing.miss.reason === "gln-invalid")
  ) {
    return standing.miss;
  }
  const { code } = typeFor(question);
  const routes = rowsOf(table, place)
    .map((row) => pairView(table, row, at))
    .filter((pair) => pair.messageType === code)
    .sort((a, b) => a.validFrom.localeCompare(b.validFrom, "en") || byType(a, b));
  const { from, to, profile } = table.periods.columns;
  const start = table.periods.start(place);
  const location = Array.from({ length: table.periods.count(place) }, (_, i) => {
    const held = table.parties.profiles[profile[start + i] as number];
    return {
      validFrom: toText(from[start + i] as number),
      validTo: endText(to[start + i] as number),
      state: held?.nonActive ? ("inactive" as const) : ("active" as const),
      successor: held?.successorGln ?? null,
    };
  });
  const timeline = { gln, messageType: code, location, routes, sequence: table.sequence };
  return { found: true, timeline, holdsUntil: nextChangeOf(table, place, at) };
}
