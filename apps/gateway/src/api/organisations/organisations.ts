import { createRoute } from "@hono/zod-openapi";
import type { Context as CoreContext } from "@sor/core";
import { queryNumber, recogniseIdentifier, SorId } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import { Instant } from "@sor/core/message-types";
import {
  Day,
  findOrganisations,
  getOrganisation,
  getOrganisationState,
  listAncestors,
  listDescendants,
  listOrganisationHistory,
  SearchQuestion,
  searchOrganisations,
  suggestOrganisations,
  UnitIdentifierKind,
  type UnitQuestion,
} from "@sor/core/organisations";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Answer, AppEnv, Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { answerAsOf, cacheFor, secondsOfDay, tagOfState } from "../../http/conditional.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import { carriedPage, carriesFilter } from "../paging.ts";
import { asOf } from "../routes/shared.ts";
import { PathStep, SearchPage, Unit, UnitPage, UnitVersion } from "./views.ts";

const tags = ["organisations"];
const cacheShort = (c: Context<AppEnv>) => ({
  "Cache-Control": cacheFor("list", secondsOfDay(c.var.ctx.now)),
});

const sorIdParam = z.object({ sorId: SorId });
const validAt = Day.optional().meta({ description: "As valid on this day; today by default" });
const knownAt = Instant.optional().meta({
  description: "As registered at this instant; now by default",
});
const momentQuery = z.strictObject({ validAt, knownAt });
const pageQuery = momentQuery.extend({
  limit: queryNumber(1, 1000).default(50),
  after: z.string().max(2000).optional().meta({ description: "Cursor: `next` of the previous page" }),
});
const searchQuery = z.strictObject({
  ...SearchQuestion.shape,
  q: z.string().min(1).max(200).meta({ description: "Name, town, post code or any identifier" }),
  folded: z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .meta({ description: "`true`: units that share a location number are one hit, the others in `units`" }),
  limit: queryNumber(1, 200).default(25),
});

const items = <S extends z.ZodType>(schema: S) => z.object({ items: z.array(schema) });

const unitExample = {
  sorId: "311000016009",
  level: "institution",
  name: "Klinik Eksempel",
  validFrom: "2026-01-01",
  validTo: null,
};
const path = [{ sorId: "311000016009", level: "institution", name: "Klinik Eksempel" }];
const withPath = { ...unitExample, path };
const hit = { ...withPath, match: "prefix", matched: null, isMatch: true, units: [], unitCount: 0 };
const refusals = problemResponses("invalid", "not-found", "unavailable", "too-many");
const listRefusals = problemResponses("invalid", "unavailable", "too-many");

/** Sends a result of the register, with a sequence that it is at least as new as. */
export async function sendRead(
  c: Context<AppEnv>,
  deps: Deps,
  read: () => Promise<unknown>,
): Promise<Answer> {
  const sequence = await currentSequence(deps.db);
  return answerAsOf(c, sequence, JSON.stringify(await read()), cacheShort(c));
}
const searchRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations",
    tags,
    summary: "Search the register · Søg i registret",
    request: { query: searchQuery },
    middleware: [reader, carriesFilter] as const,
    responses: {
      ...asOf(SearchPage, "Hits, best first", { items: [hit], next: null, count: 1 } as never),
      ...listRefusals,
    },
  });

const suggestRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/suggest",
    tags,
    summary: "Type-ahead · Forslag mens der skrives",
    request: {
      query: z.strictObject({
        q: z.string().min(1).max(200),
        limit: queryNumber(1, 10).default(10),
      }),
    },
    middleware: reader,
    responses: {
      ...asOf(items(Unit), "At most ten hits", { items: [withPath] } as never),
      ...listRefusals,
    },
  });

const Resolved = z
  .object({
    recognised: z.array(z.object({ kind: UnitIdentifierKind, value: z.string() })),
    items: z.array(Unit.extend({ by: UnitIdentifierKind })),
  })
  .meta({ id: "Resolved", description: "How a text can be interpreted, and the units that match" });

const resolveRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/resolve/{anything}",
    tags,
    summary: "Find units by any identifier · Et hvilket som helst nummer",
    description:
      "Location number, SOR id, SHAK code, provider number, CVR or P number, recognised by its form.",
    request: {
      params: z.object({ anything: z.string().min(1).max(60) }),
      query: z.strictObject({ validAt }),
    },
    middleware: reader,
    responses: {
      ...asOf(Resolved, "The units", {
        recognised: [{ kind: "sorId", value: "311000016009" }],
        items: [{ ...withPath, by: "sorId" }],
      } as never),
      ...listRefusals,
      ...problemResponses("identifier-unknown"),
    },
  });

const request = { params: sorIdParam, query: momentQuery };
const getRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}",
    tags,
    summary: "One unit on a day, as known at an instant · En enhed på en dag",
    description: "Send the ETag back as If-Match in a change. One with `knownAt` is of no use there.",
    request,
    middleware: reader,
    responses: { ...asOf(Unit, "The unit with what it inherits", withPath as never), ...refusals },
  });

const version = { ...unitExample, recordedAt: "2026-01-01T08:00:00Z", supersededAt: null };
const historyRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/history",
    tags,
    summary: "Everything ever known about a unit · Alt, der har været kendt om en enhed",
    request: { params: sorIdParam, query: z.strictObject({}) },
    middleware: reader,
    responses: { ...asOf(items(UnitVersion), "The versions", { items: [version] } as never), ...refusals },
  });

const ancestorsRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/ancestors",
    tags,
    summary: "The units above, from the owner down · Enhederne ovenover",
    request,
    middleware: reader,
    responses: { ...asOf(items(PathStep), "The path", { items: path } as never), ...refusals },
  });

const descendantsRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/descendants",
    tags,
    summary: "The units below, level by level · Enhederne nedenunder",
    request: { params: sorIdParam, query: pageQuery },
    middleware: [reader, carriesFilter] as const,
    responses: {
      ...asOf(UnitPage, "A page of units", { items: [withPath], next: null } as never),
      ...refusals,
    },
  });

/**
 * A unit as it is answered, and its validator: present knowledge has the ETag of everything known about the unit, on which a change
 * is based.
 */
export async function readUnit(
  ctx: CoreContext,
  question: UnitQuestion,
): Promise<{ body: string; tag: { ETag?: string } }> {
  const { unit, etag } = await getOrganisationState(ctx, question);
  const body = JSON.stringify(unit);
  return { body, tag: question.knownAt === undefined ? { ETag: tagOfState(etag, body) } : {} };
}

/** Search, type-ahead, and lookup by any identifier. */
function finding(deps: Deps) {
  const app = newRouter();
  const reader = requireReader(deps);
  app.openapi(searchRoute(reader), async (c) => {
    const sequence = await currentSequence(deps.db);
    const { page, link } = carriedPage(c, await searchOrganisations(c.var.ctx, c.req.valid("query")));
    return answerAsOf(c, sequence, JSON.stringify(page), { ...cacheShort(c), ...link });
  });
  app.openapi(suggestRoute(reader), (c) =>
    sendRead(c, deps, async () => ({ items: await suggestOrganisations(c.var.ctx, c.req.valid("query")) })),
  );
  app.openapi(resolveRoute(reader), async (c) => {
    const recognised = recogniseIdentifier(c.req.valid("param").anything);
    const sequence = await currentSequence(deps.db);
    const found = await Promise.all(
      recognised.map(async ({ kind, value }) => {
        const units = await findOrganisations(c.var.ctx, {
          kind,
          value,
          limit: 50,
          ...c.req.valid("query"),
        });
        return units.map((unit) => ({ ...unit, by: kind }));
      }),
    );
    if (found.flat().length === 0) return problem(c, "identifier-unknown", { more: { recognised } });
    return answerAsOf(c, sequence, JSON.stringify({ recognised, items: found.flat() }), cacheShort(c));
  });
  return app;
}

/** One unit on a day, as known at an instant; its history, and the units above and below it. */
function unit(deps: Deps) {
  const app = newRouter();
  const reader = requireReader(deps);
  app.openapi(getRoute(reader), async (c) => {
    const sequence = await currentSequence(deps.db);
    const { body, tag } = await readUnit(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("query") });
    return answerAsOf(c, sequence, body, { ...cacheShort(c), ...tag });
  });
  app.openapi(historyRoute(reader), (c) =>
    sendRead(c, deps, async () => ({
      items: await listOrganisationHistory(c.var.ctx, c.req.valid("param")),
    })),
  );
  app.openapi(ancestorsRoute(reader), (c) =>
    sendRead(c, deps, async () => {
      const question = { ...c.req.valid("param"), ...c.req.valid("query") };
      await getOrganisation(c.var.ctx, question);
      return { items: await listAncestors(c.var.ctx, question) };
    }),
  );
  app.openapi(descendantsRoute(reader), async (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") };
    const sequence = await currentSequence(deps.db);
    await getOrganisation(c.var.ctx, { ...question });
    const { page, link } = carriedPage(c, await listDescendants(c.var.ctx, question));
    return answerAsOf(c, sequence, JSON.stringify(page), { ...cacheShort(c), ...link });
  });
  return app;
}

/** Reads the register's units. */
export function organisations(deps: Deps) {
  const app = newRouter();
  app.route("/", finding(deps));
  app.route("/", unit(deps));
  return app;
}
