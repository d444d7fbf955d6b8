import {
  type ResolvedBy,
  type RouteMiss,
  type RouteQuestion,
  type RoutingTable,
  resolveRoute,
  routeBytes,
  routeTag,
  toText,
} from "@sor/core/routing";
import type { Language } from "../app-env.ts";
import { cacheOfLookup } from "../http/conditional.ts";
import { type ProblemCode, type ProblemInput, problemValue } from "../problems/index.ts";

/** The answer to one exact lookup, complete except for the request id. */
export type LookupAnswer = {
  status: number;
  /** `found` or the problem's code. */
  result: string;
  /**
   * For a route the whole body, as UTF-8 bytes in a string with one character per byte (send as latin1); for a problem its
   * text without the closing brace, since the request id comes last.
   */
  body: string;
  /** Null for a problem, which is not revalidated but cached for seconds. */
  etag: string | null;
  cacheControl: string;
};

/** Further members of a refusal: successor, dates, versions. */
export function problemInputOf(miss: RouteMiss): ProblemInput & { code: ProblemCode } {
  const { gln } = miss;
  switch (miss.reason) {
    case "gln-closed":
      return { code: miss.reason, more: { gln, validTo: toText(miss.validTo), successor: miss.successor } };
    case "not-yet-valid":
      return { code: miss.reason, more: { gln, validFrom: toText(miss.validFrom), what: miss.what } };
    case "version-not-supported":
      return { code: miss.reason, more: { gln, supportedVersions: miss.supportedVersions } };
    case "type-not-supported":
      return { code: miss.reason, more: { gln, isInCatalogue: miss.isInCatalogue } };
    case "gln-invalid":
      return { code: miss.reason, more: { gln } };
    case "gln-unknown":
    case "gln-inactive":
      return { code: miss.reason, more: { gln } };
  }
}

/** How the result of a lookup was found, and how long it is valid. */
type LookupOf = {
  resolvedBy?: ResolvedBy | undefined;
  secondsLeft?: number | undefined;
  /** False when a moment was requested: then the answer does not change with time. */
  isOfNow?: boolean | undefined;
};

/** Looks up one route and writes the answer. Pure; shared by the ordinary and the fast path. */
export function answerLookup(
  table: RoutingTable,
  question: RouteQuestion,
  language: Language,
  { resolvedBy, secondsLeft = Number.POSITIVE_INFINITY, isOfNow = true }: LookupOf = {},
): LookupAnswer {
  const outcome = resolveRoute(table, question);
  const left = isOfNow ? Math.min(secondsLeft, outcome.holdsUntil - question.at) : secondsLeft;
  if (outcome.found) {
    const body = routeBytes(table, outcome, resolvedBy);
    const etag = `"${routeTag(table, outcome)}"`;
    return { status: 200, result: "found", body, etag, cacheControl: cacheOfLookup("route", left) };
  }
  const { code, ...input } = problemInputOf(outcome);
  const value = problemValue(code, language, input);
  const body = JSON.stringify(value).slice(0, -1);
  return {
    status: value.status,
    result: code,
    body,
    etag: null,
    cacheControl: cacheOfLookup("refusal", left),
  };
}

/** The complete problem of a refused lookup. */
export const problemBody = (answer: LookupAnswer, requestId: string) =>
  `${answer.body},"requestId":${JSON.stringify(requestId)}}`;
