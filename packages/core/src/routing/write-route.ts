import { instantJson, noEnd, toText } from "./moments.ts";
import type { RouteHit } from "./outcome.ts";
import type { TableEndpoint } from "./parties.ts";
import { publicAddress } from "./public-address.ts";
import type { RoutingTable } from "./routing-table.ts";
import type { ResolvedBy, RetryHints, RouteAnswer } from "./schemas.ts";

const resolvedByGln: ResolvedBy = { kind: "gln", sorId: null, inheritedFrom: null };
const resolvedByGlnJson = JSON.stringify(resolvedByGln);

export const systemView = (table: RoutingTable, id: string | null | undefined): RouteAnswer["system"] =>
  (id && table.parties.systems.get(id)) || null;
export const supplierView = (table: RoutingTable, id: string | null | undefined): RouteAnswer["supplier"] =>
  (id && table.parties.suppliers.get(id)) || null;
export const operatorView = (
  table: RoutingTable,
  code: string | null | undefined,
): RouteAnswer["netOperator"] => (code && table.parties.operators.get(code)) || null;

/** The location's system and supplier, or, if it has none, those of the endpoint. */
function partiesOf(table: RoutingTable, profileNumber: number, endpoint: TableEndpoint) {
  const profile = table.parties.profiles[profileNumber];
  return {
    system: systemView(table, profile?.systemId ?? endpoint.systemId),
    supplier: supplierView(table, profile?.supplierId ?? endpoint.supplierId),
    netOperator: operatorView(table, profile?.netOperatorCode),
  };
}

/** An endpoint as everybody may see it. */
export const endpointView = ({
  id,
  name,
  transport,
  address,
  mimeTypes,
  certificateSha256,
}: TableEndpoint): RouteAnswer["endpoint"] => {
  const shown = publicAddress(address);
  // A table saved by an older version of the program has no certificates.
  const certificates = shown === null || !certificateSha256 ? [] : [certificateSha256];
  return { id, name, transport, address: shown, mimeTypes: [...mimeTypes], certificates };
};

/** The gateway's retry settings for this endpoint. */
const retryAt = (table: RoutingTable, { retry }: TableEndpoint): RetryHints => ({
  ...(retry ?? table.parties.retry),
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
    retry: retryAt(table, endpoint),
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

/** A part of an answer, as text, and as its UTF-8 bytes in a string of one character a byte. */
type Fragment = { text: string; bytes: string };
type Form = keyof Fragment;
type Fragments = { version: number; types: Fragment[]; parties: Map<number, Fragment> };

const kept = new WeakMap<RoutingTable, Fragments>();
const partiesMax = 50_000;
const profilesMax = 67_108_864;

function fragmentsOf(table: RoutingTable): Fragments {
  const found = kept.get(table);
  if (found && found.version === table.parties.version && found.parties.size < partiesMax) return found;
  const fresh = { version: table.parties.version, types: found?.types ?? [], parties: new Map() };
  kept.set(table, fresh);
  return fresh;
}

function fragmentOf(value: object): Fragment {
  const text = JSON.stringify(value).slice(1, -1);
  return { text, bytes: Buffer.from(text).toString("latin1") };
}

function typeFragment(table: RoutingTable, fragments: Fragments, number: number): Fragment {
  const known = fragments.types[number];
  if (known) return known;
  const { code, version, format, urn, receiptRule } = table.types.entries[number] ?? {};
  const made = fragmentOf({ messageType: code, version, format, urn, receiptRule });
  fragments.types[number] = made;
  return made;
}

function partiesFragment(table: RoutingTable, fragments: Fragments, hit: RouteHit): Fragment {
  const key = hit.endpoint * profilesMax + (hit.profile + 1);
  const known = fragments.parties.get(key);
  if (known) return known;
  const endpoint = table.parties.endpoints[hit.endpoint] as TableEndpoint;
  const parties = partiesOf(table, hit.profile, endpoint);
  const made = fragmentOf({ endpoint: endpointView(endpoint), retry: retryAt(table, endpoint), ...parties });
  fragments.parties.set(key, made);
  return made;
}

const verifiedAt = (table: RoutingTable, hit: RouteHit) =>
  table.parties.endpoints[hit.endpoint]?.lastVerifiedAt ?? noEnd;

function compose(table: RoutingTable, hit: RouteHit, form: Form, resolvedBy: string): string {
  const fragments = fragmentsOf(table);
  const type = typeFragment(table, fragments, hit.type)[form];
  const parties = partiesFragment(table, fragments, hit)[form];
  const { from, to } = table.pairs.columns;
  const verified = instantJson(verifiedAt(table, hit));
  const begins = instantJson(from[hit.pair] as number);
  const ends = instantJson(to[hit.pair] as number);
  const state = hit.pausedUntil === false ? "active" : "paused";
  const until = hit.pausedUntil === false || hit.pausedUntil === null ? "null" : instantJson(hit.pausedUntil);
  const warnings = hit.warnings.length === 0 ? "[]" : JSON.stringify(hit.warnings);
  return `{"gln":"${hit.gln}",${type},${parties},"lastVerified":${verified},"validFrom":${begins},"validTo":${ends},"state":"${state}","until":${until},"warnings":${warnings},"resolvedBy":${resolvedBy},"sequence":${table.sequence}}`;
}

/** The same route as JSON text, assembled from fragments that are cached until the parties change. */
export function routeJson(table: RoutingTable, hit: RouteHit): string {
  return compose(table, hit, "text", resolvedByGlnJson);
}

/**
 * The same JSON as its UTF-8 bytes, in a string of one character a byte: it is sent as `latin1` without being encoded again, and
 * its length is the number of bytes.
 */
export function routeBytes(table: RoutingTable, hit: RouteHit, resolvedBy?: ResolvedBy): string {
  return compose(table, hit, "bytes", resolvedBy ? JSON.stringify(resolvedBy) : resolvedByGlnJson);
}

/**
 * ETag of an answer, computed without building it. The journal's hash identifies the state of the register; at one state only time
 * changes the chosen pair and its pause. The time of the last verification changes outside the register, so it is included, and
 * so are the gateway's settings. `3` is the version of the answer format.
 */
export function routeTag(table: RoutingTable, hit: RouteHit): string {
  const from = (table.pairs.columns.from[hit.pair] as number).toString(36);
  const paused = hit.pausedUntil === false ? "a" : "p";
  const verified = verifiedAt(table, hit).toString(36);
  const { firstSeconds, longestSeconds } = table.parties.retry;
  const set = `${firstSeconds.toString(36)}-${longestSeconds.toString(36)}`;
  return `3-${set}-${table.stamp}-${table.types.entries[hit.type]?.version}-${from}${paused}${verified}`;
}
