import { createRoute } from "@hono/zod-openapi";
import { queryNumber, Shak } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import {
  Day,
  getShakCode,
  getUnitLine,
  listOrganisationsOfShak,
  listShakChildren,
  listShakOfOrganisation,
  type ShakItem,
  searchShakCodes,
} from "@sor/core/organisations";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Answer, AppEnv, Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { answerAsOf } from "../../http/conditional.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { carriedPage, carriesFilter } from "../paging.ts";
import { asOf } from "../routes/shared.ts";
import { ItemPage, item, itemView, OfUnit, ofUnit, period, periodView, Whole } from "./shak-views.ts";
import { after, cacheShort, items, knownAt, sendRead, sorIdParam, validAt, withPath } from "./shared.ts";
import { Unit } from "./views.ts";

const tags = ["shak"];
const refusals = problemResponses("invalid", "not-found", "unavailable", "too-many");

const shakParam = z.object({ shakCode: Shak });
const listQuery = z.strictObject({
  validAt,
  historic: z.enum(["include", "leave-out"]).default("leave-out").meta({
    description: "`include`: also codes that are not valid on the day",
  }),
  limit: queryNumber(1, 1000).default(200),
  after,
});

const page = asOf(ItemPage, "A page of codes", { items: [item], next: null } as never);
type Reading = [MiddlewareHandler<AppEnv>, MiddlewareHandler<AppEnv>];
const reading = (deps: Deps): Reading => [requireReader(deps), carriesFilter];

const searchRoute = (middleware: Reading) =>
  createRoute({
    method: "get",
    path: "/v1/shak",
    tags,
    summary: "Hospitals of SHAK, or codes by code and words · Søg i SHAK",
    request: { query: listQuery.extend({ q: z.string().trim().min(1).max(200).optional() }) },
    middleware,
    responses: { ...page, ...refusals },
  });

const codeRoute = (middleware: Reading) =>
  createRoute({
    method: "get",
    path: "/v1/shak/{shakCode}",
    tags,
    summary: "A SHAK code with all its periods · En SHAK-kode med alle perioder",
    request: { params: shakParam, query: z.strictObject({}) },
    middleware,
    responses: {
      ...asOf(Whole, "The code", { code: "1301", periods: [period], ancestors: [] } as never),
      ...refusals,
    },
  });

const childrenRoute = (middleware: Reading) =>
  createRoute({
    method: "get",
    path: "/v1/shak/{shakCode}/children",
    tags,
    summary: "The codes directly below a SHAK code · Koderne lige under",
    request: { params: shakParam, query: listQuery },
    middleware,
    responses: { ...page, ...refusals },
  });

const unitsRoute = (middleware: Reading) =>
  createRoute({
    method: "get",
    path: "/v1/shak/{shakCode}/sor",
    tags,
    summary: "The units that have a SHAK code · Fra SHAK til SOR",
    description:
      "On the day, as registered at the instant (SORLS: ShakSorMap). A code that no unit has, in the classification or not, is answered with an empty list.",
    request: { params: shakParam, query: z.strictObject({ validAt, knownAt }) },
    middleware,
    responses: { ...asOf(items(Unit), "The units", { items: [withPath] } as never), ...refusals },
  });

const ofUnitRoute = (middleware: Reading) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/shak",
    tags,
    summary: "The SHAK codes that a unit has had · Fra SOR til SHAK",
    description:
      "Present, past and coming codes with their days (SORLS: SorShakMap); with `validAt` that of the day.",
    request: { params: sorIdParam, query: z.strictObject({ validAt: Day.optional() }) },
    middleware,
    responses: {
      ...asOf(items(OfUnit), "The codes", { items: [ofUnit] } as never),
      ...refusals,
    },
  });

/** Sends a page of codes. */
async function sendPage(
  c: Context<AppEnv>,
  deps: Deps,
  read: () => Promise<{ items: ShakItem[]; next: string | null }>,
): Promise<Answer> {
  const sequence = await currentSequence(deps.db);
  const found = await read();
  const { page: sent, link } = carriedPage(c, { ...found, items: found.items.map(itemView) });
  return answerAsOf(c, sequence, JSON.stringify(sent), { ...cacheShort(c), ...link });
}

/** The SHAK classification, and which units have its codes: the lookups of SORLS, one call each. */
export function shak(deps: Deps) {
  const app = newRouter();
  const middleware = reading(deps);
  app.openapi(searchRoute(middleware), (c) => {
    const { q, ...question } = c.req.valid("query");
    return sendPage(c, deps, () =>
      q === undefined
        ? listShakChildren(c.var.ctx, { ...question, code: null })
        : searchShakCodes(c.var.ctx, { ...question, q }),
    );
  });
  app.openapi(codeRoute(middleware), (c) =>
    sendRead(c, deps, async () => {
      const { shakCode: code } = c.req.valid("param");
      const { periods, ancestors } = await getShakCode(c.var.ctx, { code });
      return { code, periods: periods.map(periodView), ancestors };
    }),
  );
  app.openapi(childrenRoute(middleware), (c) =>
    sendPage(c, deps, async () => {
      const { shakCode: code } = c.req.valid("param");
      await getShakCode(c.var.ctx, { code });
      return await listShakChildren(c.var.ctx, { ...c.req.valid("query"), code });
    }),
  );
  app.openapi(unitsRoute(middleware), (c) =>
    sendRead(c, deps, async () => {
      const question = { code: c.req.valid("param").shakCode, ...c.req.valid("query") };
      return { items: await listOrganisationsOfShak(c.var.ctx, question) };
    }),
  );
  app.openapi(ofUnitRoute(middleware), (c) =>
    sendRead(c, deps, async () => {
      const { validAt: day } = c.req.valid("query");
      await getUnitLine(c.var.ctx.db, c.req.valid("param").sorId);
      const all = await listShakOfOrganisation(c.var.ctx, c.req.valid("param"));
      return { items: day === undefined ? all : all.filter((each) => coversDay(each, day)) };
    }),
  );
  return app;
}

const coversDay = ({ validFrom, validTo }: { validFrom: string; validTo: string | null }, day: string) =>
  validFrom <= day && (validTo === null || day < validTo);
