import type { Location, Pair, Period, ShownEndpoint, Table, TypeFacts } from "./table.ts";

export type RouteQuestion = {
  gln: string;
  /** A MedCom code, or the URN of a type, which names a version. Letter case is ignored in codes. */
  messageType: string;
  /** By default the newest version in force that is received. */
  version?: string | undefined;
  /** Seconds since 1970; by default now. */
  at?: number | undefined;
};

type Party = { id: string; name: string } | null;

/** Where a message is sent: the members that the gateway's own lookup has, as of the copy. */
export type Route = {
  found: true;
  gln: string;
  messageType: string;
  version: string;
  format: string;
  urn: string | null;
  receiptRule: unknown;
  endpoint: ShownEndpoint;
  retry: unknown;
  system: Party;
  supplier: Party;
  netOperator: Party;
  validFrom: number;
  validTo: number | null;
  state: "active" | "paused";
  /** Until when it is paused; null when that is not known, or it is active. */
  until: number | null;
  onlyInternal: boolean;
  sequence: number;
};

/** Why there is no route, with the same codes as the gateway's own lookup. */
export type RouteMiss = { found: false; gln: string; sequence: number } & (
  | { reason: "gln-invalid" | "gln-unknown" | "gln-inactive" | "type-not-supported" }
  | { reason: "gln-closed" | "gln-withdrawn"; validTo: number; successor: string | null }
  | { reason: "not-yet-valid"; validFrom: number; what: "gln" | "registration" }
  | { reason: "version-not-supported"; supportedVersions: string[] }
);
export type RouteOutcome = Route | RouteMiss;

const holds = (from: number, to: number | null, at: number) => from <= at && (to === null || at < to);

/** GS1's check digit. */
function hasCheckDigit(gln: string): boolean {
  if (!/^\d{13}$/.test(gln)) return false;
  const sum = [...gln].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

type Standing = { period: Period | undefined } | { miss: RouteMiss };

function standingOf(table: Table, gln: string, location: Location | undefined, at: number): Standing {
  const base = { found: false, gln, sequence: table.sequence } as const;
  if (!location) return { miss: { ...base, reason: hasCheckDigit(gln) ? "gln-unknown" : "gln-invalid" } };
  for (const period of location.periods) {
    const [from, to, flags] = period;
    if (at < from) return { miss: { ...base, reason: "not-yet-valid", what: "gln", validFrom: from } };
    if (!holds(from, to, at)) continue;
    return flags & 1 ? { miss: { ...base, reason: "gln-inactive" } } : { period };
  }
  const last = location.periods.at(-1);
  if (!last) return { period: undefined };
  const { isWithdrawn, successor } = location;
  const reason = isWithdrawn ? "gln-withdrawn" : "gln-closed";
  return { miss: { ...base, reason, validTo: last[1] ?? 0, successor } };
}

const newestLast = new Intl.Collator("en", { numeric: true });
/** Versions in force before others, then the newest. */
const isNewer = (one: TypeFacts, other: TypeFacts) =>
  one.isCurrent === other.isCurrent ? newestLast.compare(one.version, other.version) > 0 : one.isCurrent;

/** Whether a pair receives the type in the version asked for, at an endpoint that is not permanently closed. */
function isOffered({ type, endpoint }: Pair, code: string, version: string | undefined): boolean {
  if (type.direction !== "receive" || endpoint?.facts.state === "closed") return false;
  if (type.code !== code && type.code.toUpperCase() !== code) return false;
  return version === undefined || type.version === version || type.version.toUpperCase() === version;
}

/** The best pair in force, and when the first later one begins. */
function choose(pairs: readonly Pair[], code: string, version: string | undefined, at: number) {
  let best: Pair | undefined;
  let begins = Number.POSITIVE_INFINITY;
  for (const pair of pairs) {
    if (!isOffered(pair, code, version)) continue;
    const { type, from, to } = pair;
    if (at < from) begins = Math.min(begins, from);
    else if (holds(from, to, at) && (!best || isNewer(type, best.type))) best = pair;
  }
  return { best, begins };
}

/** Looks a route up in the copy: as the gateway would at that second, had nothing been recorded since. */
export function resolve(table: Table, question: RouteQuestion, now: number): RouteOutcome {
  const { gln, at = now } = question;
  const location = table.locations.get(gln);
  const standing = standingOf(table, gln, location, at);
  if ("miss" in standing || !location) return "miss" in standing ? standing.miss : missing(table, gln);
  const urn = question.messageType.includes(":") ? table.byUrn(question.messageType) : undefined;
  const code = (urn?.code ?? question.messageType).toUpperCase();
  const version = (question.version ?? urn?.version)?.toUpperCase();
  const { best, begins } = choose(location.pairs, code, version, at);
  if (best?.endpoint) return routeOf(table, gln, best, best.endpoint, standing.period, at);
  const base = { found: false, gln, sequence: table.sequence } as const;
  if (begins !== Number.POSITIVE_INFINITY)
    return { ...base, reason: "not-yet-valid", what: "registration", validFrom: begins };
  const supportedVersions = version === undefined ? [] : versionsOf(location.pairs, code, at);
  return supportedVersions.length > 0
    ? { ...base, reason: "version-not-supported", supportedVersions }
    : { ...base, reason: "type-not-supported" };
}

const missing = (table: Table, gln: string): RouteMiss => ({
  ...{ found: false, gln, reason: "gln-unknown", sequence: table.sequence },
});

function versionsOf(pairs: readonly Pair[], code: string, at: number): string[] {
  const held = pairs.filter((pair) => isOffered(pair, code, undefined) && holds(pair.from, pair.to, at));
  const sorted = held.map(({ type }) => type).sort((a, b) => (isNewer(a, b) ? -1 : 1));
  return [...new Set(sorted.map(({ version }) => version))];
}

function routeOf(
  table: Table,
  gln: string,
  { type, from, to }: Pair,
  { facts, shown }: NonNullable<Pair["endpoint"]>,
  period: Period | undefined,
  at: number,
): Route {
  const flags = period?.[2] ?? 0;
  const { state, pausedUntil, retry, systemId, supplierId } = facts;
  const isPaused = state === "paused" && (pausedUntil === null || at < pausedUntil);
  return {
    found: true,
    gln,
    messageType: type.code,
    version: type.version,
    format: type.format,
    urn: type.urn,
    receiptRule: type.receiptRule,
    endpoint: shown,
    retry,
    system: table.systems.get(period?.[3] ?? systemId ?? "") ?? null,
    supplier: table.suppliers.get(period?.[4] ?? supplierId ?? "") ?? null,
    netOperator: table.operators.get(period?.[5] ?? "") ?? null,
    validFrom: from,
    validTo: to,
    state: isPaused ? "paused" : "active",
    until: isPaused ? pausedUntil : null,
    onlyInternal: (flags & 2) !== 0,
    sequence: table.sequence,
  };
}
