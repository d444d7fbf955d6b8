import { createRoute } from "@hono/zod-openapi";
import type { Context as CoreContext } from "@sor/core";
import { ProviderNumber, queryNumber, recogniseIdentifier, SorCode } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import { Instant } from "@sor/core/message-types";
import {
  FacetName,
  findOrganisations,
  Included,
  includedOf,
  SearchQuestion,
  searchOrganisations,
  suggestOrganisations,
  UnitIdentifierKind,
} from "@sor/core/organisations";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { answerAsOf } from "../../http/conditional.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import { carriedPage, carriesFilter } from "../paging.ts";
import { asOf } from "../routes/shared.ts";
import { fields, namesOf, projected } from "./projection.ts";
import { cacheShort, items, knownAt, sendRead, tags, validAt, withPath } from "./shared.ts";
import { SearchPage, Unit } from "./views.ts";

const { folded: _, typeCode: __, providerNumber: ___, postCode, ...asInCore } = SearchQuestion.shape;
const searchQuery = z.strictObject({
  ...asInCore,
  q: z.string().min(1).max(200).optional().meta({
    description:
      "Name, town, post code or any identifier. Without it, every unit that the filters leave, by name",
  }),
  type: SorCode.optional().meta({ description: "Code of the list `entity-types`" }),
  ydernummer: ProviderNumber.optional(),
  postalCode: postCode.meta({ description: "Post code of one of its addresses, own or inherited" }),
  gln: asInCore.gln.meta({ description: "Its own location number" }),
  parent: asInCore.parent.meta({ description: "The unit directly above" }),
  subtreeOf: asInCore.subtreeOf.meta({ description: "This unit and every unit below it on the day" }),
  status: asInCore.status.meta({
    description:
      "Open on the day, closed by then (as it was last), opening later (as it will be first), or all. One that is not open has no path",
  }),
  changedSince: Instant.optional().meta({
    description: "Something was recorded about the unit itself at this instant or later",
  }),
  folded: z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .meta({ description: "`true`: units that share a location number are one hit, the others in `units`" }),
  facets: namesOf(FacetName).optional().meta({
    description:
      "Count all hits by level, kind, type, region, municipality; separated by commas, on the first page",
  }),
  include: namesOf(Included).optional().meta({
    description: "Tell of each unit also attributes, successions, shak, childCount; separated by commas",
  }),
  fields,
  validAt,
  knownAt,
  limit: queryNumber(1, 200).default(25),
});
type SearchQuery = z.output<typeof searchQuery>;

const hit = { ...withPath, match: "prefix", matched: null, isMatch: true, units: [], unitCount: 0 };
const listRefusals = problemResponses("invalid", "unavailable", "too-many");

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

/** A page of hits with what was asked to be told of them, and no more. */
async function searchPage(ctx: CoreContext, asked: SearchQuery) {
  const { type: typeCode, ydernummer: providerNumber, postalCode, facets = [], ...more } = asked;
  const { include = [], fields: names, ...question } = more;
  const found = await searchOrganisations(ctx, {
    ...question,
    ...{ typeCode, providerNumber, postCode: postalCode, facets },
  });
  const { status, validAt: day, knownAt: instant } = question;
  const of = { include, status, validAt: day, knownAt: instant };
  const told = await includedOf(
    ctx,
    found.items.map(({ sorId }) => sorId),
    of,
  );
  const sent = found.items.map((item) => projected({ ...item, ...told.get(item.sorId) }, names));
  return { ...found, items: sent };
}

/** Search, type-ahead, and lookup by any identifier. */
export function finding(deps: Deps) {
  const app = newRouter();
  const reader = requireReader(deps);
  app.openapi(searchRoute(reader), async (c) => {
    const sequence = await currentSequence(deps.db);
    const { page, link } = carriedPage(c, await searchPage(c.var.ctx, c.req.valid("query")));
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
