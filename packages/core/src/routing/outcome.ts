/** What is odd about a route that was found, none of which stops a message. */
export const warningCodes = [
  "check-digit",
  "only-internal",
  "version-superseded",
  "sender-unknown",
  "sender-not-registered",
] as const;
export type WarningCode = (typeof warningCodes)[number];

/** The place of an answer in the table; good until the table's next change. */
export type RouteHit = {
  found: true;
  gln: string;
  /** Row among the pairs, number of its type, of its endpoint, and of the location's profile (-1: none). */
  pair: number;
  type: number;
  endpoint: number;
  profile: number;
  pausedUntil: number | null | false;
  warnings: readonly WarningCode[];
  /** The second at which time alone may change the answer. */
  holdsUntil: number;
};

/** Why a message goes nowhere. Seconds since 1970. */
export type RouteMiss = { found: false; gln: string; holdsUntil: number } & (
  | { reason: "gln-invalid" | "gln-unknown" | "gln-inactive" }
  | { reason: "gln-closed"; validTo: number; successor: string | null }
  | { reason: "not-yet-valid"; validFrom: number; what: "gln" | "registration" }
  | { reason: "version-not-supported"; supportedVersions: readonly string[] }
  | { reason: "type-not-supported"; isInCatalogue: boolean }
);
export type RouteReason = RouteMiss["reason"];
export type RouteOutcome = RouteHit | RouteMiss;
