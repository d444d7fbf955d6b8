import { createRoute } from "@hono/zod-openapi";
import {
  AskedMoment,
  RouteAnswer,
  RoutePair,
  type RoutingTable,
  resolveRoute,
  routeJson,
  routePairsMax,
} from "@sor/core/routing";
import type { Context } from "hono";
import { z } from "zod";
import type { Answer, AppEnv, Deps, Language } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { duplicateErrors, limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemInputOf } from "../../lookup/answer-lookup.ts";
import { problemResponses } from "../../problems/docs.ts";
import { errorsOf, Problem, type ProblemError, problem, problemValue } from "../../problems/index.ts";
import { nothing } from "../shared.ts";
import { momentOf, routeExample, tags } from "./shared.ts";

const bodyBytesMax = 2_000_000;

// Each pair is parsed separately, so that an invalid one does not affect the others.
const Pair = z.unknown().meta({ allOf: [{ $ref: "#/components/schemas/RoutePair" }] });
const Batch = z
  .strictObject({ pairs: z.array(Pair).min(1).max(routePairsMax), at: AskedMoment.optional() })
  .meta({ id: "RouteBatch", description: `At most ${routePairsMax} pairs` });

const BatchItem = z
  .object({
    index: z.int().meta({ description: "Index of the pair in the request, from 0" }),
    status: z.int(),
    route: RouteAnswer.optional(),
    problem: Problem.optional(),
  })
  .meta({ id: "RouteBatchItem", description: "The route of one pair, or the problem" });

const BatchAnswer = z
  .object({ sequence: z.int(), results: z.array(BatchItem) })
  .meta({ id: "RouteBatchAnswer", description: "One result per pair, in the order of the request" });

/** A pair as it was sent, and its place in the body. */
type Sent = { value: unknown; pointer: string; errors?: ProblemError[] };

function pairOf(sent: Sent, language: Language): { pair: RoutePair } | { errors: ProblemError[] } {
  if (sent.errors) return { errors: sent.errors };
  const parsed = RoutePair.safeParse(sent.value);
  return parsed.success ? { pair: parsed.data } : { errors: errorsOf(parsed.error, "json", language) };
}

function itemJson(table: RoutingTable, sent: Sent, index: number, { at, language }: Asking): string {
  const read = pairOf(sent, language);
  if ("errors" in read) {
    const errors = read.errors.map((each) => ({ ...each, pointer: `${sent.pointer}${each.pointer ?? ""}` }));
    return refusedJson(index, problemValue("invalid", language, { errors }));
  }
  const outcome = resolveRoute(table, { ...read.pair, at });
  if (outcome.found) return `{"index":${index},"status":200,"route":${routeJson(table, outcome)}}`;
  const { code, ...input } = problemInputOf(outcome);
  return refusedJson(index, problemValue(code, language, input));
}

const refusedJson = (index: number, value: Problem) =>
  `{"index":${index},"status":${value.status},"problem":${JSON.stringify(value)}}`;

const noJson = { da: "er ikke JSON", en: "is no JSON" };

/** Pairs, one a line, any of which may be invalid; or the problem when there is nothing to look up. */
function readLines(text: string, language: Language): Sent[] | ProblemError {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return { detail: language === "da" ? "der er intet par" : "no pair" };
  if (lines.length > routePairsMax) {
    return { detail: `${language === "da" ? "flere end" : "more than"} ${routePairsMax}` };
  }
  return lines.map((line, index): Sent => {
    const pointer = `/${index}`;
    try {
      const value: unknown = JSON.parse(line);
      const errors = duplicateErrors(line, language);
      return { value, pointer, ...(errors.length > 0 && { errors }) };
    } catch {
      return { value: undefined, pointer, errors: [{ detail: noJson[language] }] };
    }
  });
}

const ndjson = "application/x-ndjson";
const isNdjson = (type: string | undefined) => /^application\/(?:x-)?ndjson\b/i.test(type ?? "");

type Asking = { at: number; language: Language };

function sendBatch(c: Context<AppEnv>, deps: Deps, pairs: readonly Sent[], at: number): Answer {
  const { table } = deps.routing;
  const items = pairs.map((pair, index) => itemJson(table, pair, index, { at, language: c.var.language }));
  const headers = {
    "Cache-Control": "no-store",
    "Register-Sequence": String(table.sequence),
    Vary: "Accept, Accept-Encoding, Accept-Language",
  };
  const accepted = c.req.header("accept");
  const isLines =
    isNdjson(accepted) || (isNdjson(c.req.header("content-type")) && !/json/.test(accepted ?? ""));
  const body = isLines
    ? `${items.join("\n")}\n`
    : `{"sequence":${table.sequence},"results":[${items.join(",")}]}`;
  const type = isLines ? ndjson : "application/json; charset=utf-8";
  return c.body(body, 200, { "Content-Type": type, ...headers }) as Answer;
}

/** Up to 5,000 exact lookups at once, all as of the same sequence. JSON, or NDJSON by Content-Type and Accept. */
export function batchLookup(deps: Deps) {
  const app = newRouter();
  // A copy: schemas created before the OpenAPI library was loaded lack the methods that it adds.
  app.openAPIRegistry.register("RoutePair", RoutePair.clone());
  const pairsExample = [
    { gln: "5790000123117", messageType: "DIS91", version: "D9134L" },
    { gln: "5790000123223", messageType: "REF01" },
  ];
  const resultsExample = [
    { index: 0, status: 200, route: routeExample },
    { index: 1, status: 404, problem: problemValue("gln-unknown", "en") },
  ];
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/routes/$batch",
      tags,
      summary: "Up to 5,000 lookups at once · Op til 5.000 opslag på én gang",
      description: "Every pair gets a route or a problem of its own, even a pair that cannot be parsed.",
      middleware: [requireReader(deps), limitBody(bodyBytesMax), readNdjson(deps)] as const,
      request: {
        query: nothing,
        body: {
          required: true,
          content: {
            "application/json": {
              schema: Batch,
              examples: { two: { value: { pairs: pairsExample } as never } },
            },
            [ndjson]: { schema: z.string().meta({ description: "One pair a line" }) } as never,
          },
        },
      },
      responses: {
        200: {
          description: "One result per pair",
          content: {
            "application/json": {
              schema: BatchAnswer,
              examples: { two: { value: { sequence: 4711, results: resultsExample } as never } },
            },
            [ndjson]: { schema: z.string().meta({ description: "One result a line" }) },
          },
        },
        ...problemResponses("invalid", "malformed", "too-large", "unsupported-media-type", "too-many"),
      },
    }),
    (c) => {
      const { pairs, at } = c.req.valid("json");
      const sent = pairs.map((value, index) => ({ value, pointer: `/pairs/${index}` }));
      return sendBatch(c, deps, sent, momentOf(c, at));
    },
  );
  return app;
}

/** NDJSON is answered here, before the JSON body's schema is applied. */
function readNdjson(deps: Deps) {
  return async (c: Context<AppEnv>, next: () => Promise<void>) => {
    if (!isNdjson(c.req.header("content-type"))) return await next();
    const read = readLines(await c.req.text(), c.var.language);
    if (!Array.isArray(read)) return problem(c, "invalid", { errors: [read] });
    return sendBatch(c, deps, read, momentOf(c, undefined));
  };
}
