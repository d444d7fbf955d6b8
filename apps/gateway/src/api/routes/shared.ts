import { RoutedGln } from "@sor/core/identifiers";
import {
  AskedFormat,
  AskedGln,
  AskedMoment,
  AskedTypeText,
  AskedVersion,
  type RouteMiss,
  toSeconds,
} from "@sor/core/routing";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Answer, AppEnv, Deps } from "../../app-env.ts";
import { cacheFor } from "../../http/conditional.ts";
import { type LookupAnswer, problemInputOf, writeLookup } from "../../lookup/answer-lookup.ts";
import { problem } from "../../problems/index.ts";

export const tags = ["routes"];
export const glnParam = z.object({ gln: AskedGln });
export const pairParams = z.object({ gln: AskedGln, messageType: AskedTypeText });
export const momentQuery = z.strictObject({ at: AskedMoment.optional() });
export const choiceQuery = z.strictObject({
  version: AskedVersion.optional().meta({
    description: "By default the newest version in force that is received",
  }),
  format: AskedFormat.optional().meta({ description: "The same message in this format" }),
  sender: RoutedGln.optional().meta({ description: "The sender; adds warnings, never refuses" }),
  at: AskedMoment.optional(),
});

/** The requested moment, in seconds since 1970. */
export const momentOf = (c: Context<AppEnv>, at: number | undefined) => at ?? toSeconds(c.var.ctx.now);

const exampleSequence = 4711;
export const routeExample = {
  gln: "5790000123117",
  messageType: "DIS91",
  version: "D9134L",
  format: "EDIFACT" as const,
  urn: "urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l",
  receiptRule: {
    positive: ["CTL03"],
    negative: ["CTL01", "CTL02"],
    positiveRequired: "when-requested" as const,
  },
  endpoint: {
    id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34",
    name: "Modtagelse",
    transport: "mailbox" as const,
    address: null,
    mimeTypes: ["application/EDIFACT"],
    certificates: [],
  },
  retry: { firstSeconds: 30, factor: 2, longestSeconds: 3600, giveUpSeconds: 432_000 },
  system: { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a35", name: "Journalsystem", version: "4.2" },
  supplier: { id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a36", name: "Leverandør A/S" },
  netOperator: { code: "1", name: "Netoperatør" },
  lastVerified: "2026-01-31T12:00:00Z",
  validFrom: "2025-12-31T23:00:00Z",
  validTo: null,
  state: "active" as const,
  until: null,
  warnings: [],
  resolvedBy: { kind: "gln" as const, sorId: null, inheritedFrom: null },
  sequence: exampleSequence,
};

const sequenceHeader = {
  "Register-Sequence": {
    description: "Journal number that the answer is as of",
    schema: { type: "integer" as const },
  },
  ETag: { description: "Strong validator", schema: { type: "string" as const } },
};

/** The 200 and 304 of a read that is as of one sequence. */
export const asOf = <S extends z.ZodType>(schema: S, description: string, example: z.input<S>) => ({
  200: {
    description,
    headers: sequenceHeader,
    content: { "application/json": { schema, examples: { example: { value: example } } } },
  },
  304: { description: "Not modified · Uændret", headers: sequenceHeader },
});

/** Sends a refusal of the routing table as its problem, with the sequence it is as of. */
export function refuseRoute(c: Context<AppEnv>, deps: Deps, miss: RouteMiss): Answer {
  const { code, ...input } = problemInputOf(miss);
  const left = miss.holdsUntil - toSeconds(c.var.ctx.now);
  return problem(c, code, { ...input, headers: negativeHeaders(deps.routing.table.sequence, left) });
}

export const negativeHeaders = (sequence: number, secondsLeft?: number) => ({
  "Cache-Control": cacheFor("refusal", secondsLeft),
  "Register-Sequence": String(sequence),
});

/** Sends the prepared answer of one exact lookup and counts it. */
export function sendLookup(c: Context<AppEnv>, deps: Deps, answer: LookupAnswer): Answer {
  deps.metrics.lookups.inc({ result: answer.result, cache: "none" });
  const { language, requestId } = c.var;
  const noneMatch = c.req.header("if-none-match");
  const { sequence } = deps.routing.table;
  const { status, headers, body } = writeLookup(answer, { noneMatch, language, requestId, sequence });
  for (let i = 0; i < headers.length; i += 2) c.header(headers[i] as string, headers[i + 1]);
  if (status === 304) return c.body(null, 304) as Answer;
  return c.body(new Uint8Array(Buffer.from(body, "latin1")), status as ContentfulStatusCode) as Answer;
}
