/** Warnings about a route that was found; none of them stops a message. */
export const warningCodes = [
  "check-digit",
  "only-internal",
  "version-superseded",
  "sender-unknown",
  "sender-not-registered",
] as const;
export type WarningCode = (typeof warningCodes)[number];

/** The position of an answer in the table; valid until the table's next change. */
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
  /** The second until which the answer stays valid if the register does not change. */
  holdsUntil: number;
};

/** Why there is no route. Seconds since 1970. */
export type RouteMiss = { found: false; gln: string; holdsUntil: number } & (
  | { reason: "gln-invalid" | "gln-unknown" | "gln-inactive" }
  | { reason: "gln-closed" | "gln-withdrawn"; validTo: number; successor: string | null }
  | { reason: "not-yet-valid"; validFrom: number; what: "gln" | "registration" }
  | { reason: "version-not-supported"; supportedVersions: readonly string[] }
  | { reason: "type-not-supported"; isInCatalogue: boolean }
);
export type RouteReason = RouteMiss["reason"];
export type RouteOutcome = RouteHit | RouteMiss;
