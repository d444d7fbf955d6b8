import { createRoute } from "@hono/zod-openapi";
import type { Context as CoreContext } from "@sor/core";
import { queryNumber } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import {
  getOrganisation,
  getOrganisationState,
  Included,
  includedOf,
  listAncestors,
  listBranch,
  listDescendants,
  listOrganisationHistory,
  type UnitQuestion,
} from "@sor/core/organisations";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { answerAsOf, tagOfState } from "../../http/conditional.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { carriedPage, carriesFilter } from "../paging.ts";
import { asOf } from "../routes/shared.ts";
import { fields, namesOf, projected } from "./projection.ts";
import { finding } from "./search.ts";
import {
  after,
  cacheShort,
  items,
  knownAt,
  path,
  sendRead,
  sorIdParam,
  tags,
  unitExample,
  validAt,
  withPath,
} from "./shared.ts";
import { Branch, PathStep, Unit, UnitPage, UnitVersion } from "./views.ts";

const momentQuery = z.strictObject({ validAt, knownAt });
const pageQuery = momentQuery.extend({ limit: queryNumber(1, 1000).default(50), after });
const refusals = problemResponses("invalid", "not-found", "unavailable", "too-many");

const request = { params: sorIdParam, query: momentQuery };
const getRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}",
    tags,
    summary: "One unit on a day, as known at an instant · En enhed på en dag",
    description:
      "Send the ETag back as If-Match in a change. One with `knownAt`, `fields` or `include` is of no use there.",
    request: {
      params: sorIdParam,
      query: momentQuery.extend({
        fields,
        include: namesOf(Included.exclude(["attributes"]))
          .optional()
          .meta({ description: "Tell also successions, shak, childCount; separated by commas" }),
      }),
    },
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

const branchUnit = {
  ...{ sorId: "311000016009", name: "Klinik Eksempel", level: "institution", parentSorId: null },
  ...{ clinicalLevel: "Hospital", clinicalLevelCode: null, clinicalParentSorId: null },
};
const hierarchyRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/clinical-hierarchy",
    tags,
    summary: "A unit and those below it in both hierarchies · Klinisk-administrativt hierarki",
    description:
      "The unit first, those above before those below. `clinicalParentSorId` is the nearest unit above in the answer that has a clinical-administrative level (ID27); units without such a level have null in `clinicalLevel`.",
    request: {
      params: sorIdParam,
      query: momentQuery.extend({ limit: queryNumber(1, 5000).default(1000) }),
    },
    middleware: reader,
    responses: {
      ...asOf(Branch, "The units", { items: [branchUnit], isAll: true } as never),
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

type Told = { fields: readonly string[] | undefined; include: readonly Included[] | undefined };

/** The same with only some of its members, or more; it has the ETag of its body. */
async function readPart(ctx: CoreContext, question: UnitQuestion, { fields: names, include = [] }: Told) {
  const unit = await getOrganisation(ctx, question);
  const { validAt: day, knownAt: instant } = question;
  const of = { include, status: "open", validAt: day, knownAt: instant } as const;
  const told = (await includedOf(ctx, [unit.sorId], of)).get(unit.sorId);
  return projected({ ...unit, ...told }, names);
}

/** One unit on a day, as known at an instant; its history, and the units above and below it. */
function unit(deps: Deps) {
  const app = newRouter();
  const reader = requireReader(deps);
  app.openapi(getRoute(reader), async (c) => {
    const { fields: names, include, ...moment } = c.req.valid("query");
    const question = { ...c.req.valid("param"), ...moment };
    if (names ?? include) {
      return await sendRead(c, deps, () => readPart(c.var.ctx, question, { fields: names, include }));
    }
    const sequence = await currentSequence(deps.db);
    const { body, tag } = await readUnit(c.var.ctx, question);
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
  app.openapi(hierarchyRoute(reader), (c) =>
    sendRead(c, deps, async () => {
      const { limit, ...moment } = c.req.valid("query");
      const question = { ...c.req.valid("param"), ...moment };
      await getOrganisation(c.var.ctx, question);
      const { units, isAll } = await listBranch(c.var.ctx, { ...question, limit });
      return { items: units, isAll };
    }),
  );
  return app;
}

/** Reads the register's units. */
export function organisations(deps: Deps) {
  const app = newRouter();
  app.route("/", finding(deps));
  app.route("/", unit(deps));
  return app;
}
