import { instantJson, noEnd, toText } from "./moments.ts";
import type { TableEndpoint } from "./parties.ts";
import { publicAddress } from "./public-address.ts";
import type { RouteHit } from "./resolve-route.ts";
import type { RoutingTable } from "./routing-table.ts";
import type { ResolvedBy, RouteAnswer } from "./schemas.ts";

export const resolvedByGln: ResolvedBy = { kind: "gln", sorId: null, inheritedFrom: null };
const resolvedByGlnJson = JSON.stringify(resolvedByGln);

export const systemView = (table: RoutingTable, id: string | null | undefined): RouteAnswer["system"] =>
  (id && table.parties.systems.get(id)) || null;
export const supplierView = (table: RoutingTable, id: string | null | undefined): RouteAnswer["supplier"] =>
  (id && table.parties.suppliers.get(id)) || null;
export const operatorView = (
  table: RoutingTable,
  code: string | null | undefined,
): RouteAnswer["netOperator"] => (code && table.parties.operators.get(code)) || null;

/** The location's system and supplier, or, where it names none, those of the endpoint. */
function partiesOf(table: RoutingTable, profileNumber: number, endpoint: TableEndpoint) {
  const profile = table.parties.profiles[profileNumber];
  return {
    system: systemView(table, profile?.systemId ?? endpoint.systemId),
    supplier: supplierView(table, profile?.supplierId ?? endpoint.supplierId),
    netOperator: operatorView(table, profile?.netOperatorCode),
  };
}

const endpointView = ({
  id,
  name,
  transport,
  address,
  mimeTypes,
}: TableEndpoint): RouteAnswer["endpoint"] => ({
  id,
  name,
  transport,
  address: publicAddress(address),
  mimeTypes: [...mimeTypes],
});

const instantOrNull = (seconds: number | null | false) =>
  seconds === null || seconds === false || seconds === noEnd ? null : toText(seconds);

/** The route as a value. */
export function routeAnswer(
  table: RoutingTable,
  hit: RouteHit,
  resolvedBy: ResolvedBy = resolvedByGln,
): RouteAnswer {
  const endpoint = table.parties.endpoints[hit.endpoint] as TableEndpoint;
  const type = table.types.entries[hit.type];
  if (!type) throw new RangeError("the answer belongs to another table");
  const { from, to } = table.pairs.columns;
  const rule = type.receiptRule;
  return {
    gln: hit.gln,
    messageType: type.code,
    version: type.version,
    format: type.format,
    urn: type.urn,
    receiptRule: rule && { ...rule, positive: [...rule.positive], negative: [...rule.negative] },
    endpoint: endpointView(endpoint),
    ...partiesOf(table, hit.profile, endpoint),
    lastVerified: instantOrNull(endpoint.lastVerifiedAt),
    validFrom: toText(from[hit.pair] as number),
    validTo: instantOrNull(to[hit.pair] as number),
    state: hit.pausedUntil === false ? "active" : "paused",
    until: instantOrNull(hit.pausedUntil),
    warnings: [...hit.warnings],
    resolvedBy,
    sequence: table.sequence,
  };
}

type Fragments = { version: number; types: string[]; parties: Map<number, string> };
const kept = new WeakMap<RoutingTable, Fragments>();

function fragmentsOf(table: RoutingTable): Fragments {
  const found = kept.get(table);
  if (found && found.version === table.parties.version && found.parties.size < 50_000) return found;
  const fresh = { version: table.parties.version, types: found?.types ?? [], parties: new Map() };
  kept.set(table, fresh);
  return fresh;
}

const inner = (value: object) => JSON.stringify(value).slice(1, -1);

function typeFragment(table: RoutingTable, number: number): string {
  const { code, version, format, urn, receiptRule } = table.types.entries[number] ?? {};
  return inner({ messageType: code, version, format, urn, receiptRule });
}

function partiesFragment(table: RoutingTable, hit: RouteHit): string {
  const endpoint = table.parties.endpoints[hit.endpoint] as TableEndpoint;
  const lastVerified = instantOrNull(endpoint.lastVerifiedAt);
  return inner({
    endpoint: endpointView(endpoint),
    ...partiesOf(table, hit.profile, endpoint),
    lastVerified,
  });
}

/** The same route as JSON text, put together from parts that are kept until the parties change. */
export function routeJson(table: RoutingTable, hit: RouteHit, resolvedBy?: ResolvedBy): string {
  const fragments = fragmentsOf(table);
  const type = fragments.types[hit.type] ?? typeFragment(table, hit.type);
  fragments.types[hit.type] = type;
  const key = hit.endpoint * 67_108_864 + (hit.profile + 1);
  const parties = fragments.parties.get(key) ?? partiesFragment(table, hit);
  fragments.parties.set(key, parties);
  const { from, to } = table.pairs.columns;
  const isPaused = hit.pausedUntil !== false;
  return `{"gln":"${hit.gln}",${type},${parties},"validFrom":${instantJson(from[hit.pair] as number)},"validTo":${instantJson(
    to[hit.pair] as number,
  )},"state":"${isPaused ? "paused" : "active"}","until":${
    isPaused && hit.pausedUntil !== null ? instantJson(hit.pausedUntil as number) : "null"
  },"warnings":${hit.warnings.length === 0 ? "[]" : JSON.stringify(hit.warnings)},"resolvedBy":${
    resolvedBy ? JSON.stringify(resolvedBy) : resolvedByGlnJson
  },"sequence":${table.sequence}}`;
}

/**
 * Tells apart all that one lookup has ever answered, without reading the answer: the journal's hash stands for the whole
 * register, and at one state of it time alone chooses the pair and whether it is paused. `1` is the make of the answer.
 */
export function routeTag(table: RoutingTable, hit: RouteHit): string {
  const from = (table.pairs.columns.from[hit.pair] as number).toString(36);
  const paused = hit.pausedUntil === false ? "a" : "p";
  return `1-${table.stamp}-${table.types.entries[hit.type]?.version}-${from}${paused}`;
}
