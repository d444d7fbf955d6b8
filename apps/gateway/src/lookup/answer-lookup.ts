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
import { cacheOfLookup, knownTag } from "../http/conditional.ts";
import { type ProblemCode, type ProblemInput, problemValue } from "../problems/index.ts";

/** The answer to one exact lookup, complete except for the request id. */
export type LookupAnswer = {
  status: number;
  /** `found` or the problem's code. */
  result: string;
  /**
   * The body as UTF-8 bytes in a string with one character per byte; for a problem without the closing brace, since the
   * request id comes last.
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
    case "gln-withdrawn":
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
  const body = Buffer.from(JSON.stringify(value).slice(0, -1)).toString("latin1");
  return {
    status: value.status,
    result: code,
    body,
    etag: null,
    cacheControl: cacheOfLookup("refusal", left),
  };
}

/** What an answer is written for: its validator, language and id as the request has them, and the table's journal number. */
type WrittenFor = {
  noneMatch: string | undefined;
  language: Language;
  requestId: string;
  sequence: number;
};

/** Status, headers (name, value, name, value …) and body, which is UTF-8 bytes in a string; send it as latin1. */
export type WrittenLookup = { status: number; headers: string[]; body: string };

/** Writes the answer for one request: 304 without a body when the client has it already. The only writer, for both paths. */
export function writeLookup(answer: LookupAnswer, asked: WrittenFor): WrittenLookup {
  const known = answer.etag === null ? undefined : knownTag(asked.noneMatch, answer.etag);
  const headers = lookupHeaders(answer, known, asked);
  if (known !== undefined) return { status: 304, headers, body: "" };
  const body = lookupBody(answer, asked.requestId);
  headers.push("content-length", String(body.length));
  return { status: answer.status, headers, body };
}

function lookupHeaders(answer: LookupAnswer, known: string | undefined, asked: WrittenFor): string[] {
  const headers = ["register-sequence", String(asked.sequence), "cache-control", answer.cacheControl];
  if (answer.etag === null) {
    headers.push("vary", "Accept-Language", "content-language", asked.language);
    headers.push("content-type", "application/problem+json; charset=utf-8");
    return headers;
  }
  headers.push("vary", "Accept-Encoding", "etag", known ?? answer.etag);
  if (known === undefined) headers.push("content-type", "application/json; charset=utf-8");
  return headers;
}

/** A request id is ASCII, so it joins the bytes as it is. */
const lookupBody = ({ etag, body }: LookupAnswer, requestId: string) =>
  etag === null ? `${body},"requestId":${JSON.stringify(requestId)}}` : body;
