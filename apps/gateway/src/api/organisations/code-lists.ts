import { createRoute } from "@hono/zod-openapi";
import { type CodeListName, codeListNames, codeListTitles, listCodes } from "@sor/core/code-lists";
import { Day, OrganisationLevel } from "@sor/core/organisations";
import { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { asOf } from "../routes/shared.ts";
import { items, sendRead } from "./shared.ts";

const tags = ["code-lists"];
const ListName = z.enum(codeListNames as readonly [CodeListName, ...CodeListName[]]);
const Title = z.object({ da: z.string(), en: z.string() });
const List = z
  .object({ name: ListName, title: Title, count: z.int() })
  .meta({ id: "CodeList", description: "A list of codes, and how many it has" });
const ListedCode = z
  .object({
    ...{ code: z.string(), da: z.string(), en: z.string() },
    for: z.array(OrganisationLevel).meta({ description: "The levels of units that may have it" }),
    from: Day.nullable().meta({ description: "First day on which it may be chosen; null where unknown" }),
    to: Day.nullable().meta({ description: "First day on which it may no longer be chosen" }),
  })
  .meta({ id: "Code", description: "A code with its names" });
const WholeList = z.object({ name: ListName, title: Title, items: z.array(ListedCode) });

const title = { da: "Regioner", en: "Regions" };
const code = {
  ...{ code: "1081", da: "Region Nordjylland", en: "North Denmark Region" },
  ...{ for: ["owner", "institution", "unit"], from: null, to: null },
};
const refusals = problemResponses("invalid", "not-found", "unavailable", "too-many");

/** The code lists of the register, in both languages. Everybody who may look up reads them. */
export function codeLists(deps: Deps) {
  const app = newRouter();
  const middleware = requireReader(deps);
  const names = codeListNames.map((name) => ({
    ...{ name, title: codeListTitles[name], count: listCodes(name).length },
  }));
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/code-lists",
      tags,
      summary: "The code lists · Kodelister",
      request: { query: z.strictObject({}) },
      middleware,
      responses: {
        ...asOf(items(List), "The lists", { items: [{ name: "regions", title, count: 5 }] } as never),
        ...refusals,
      },
    }),
    (c) => sendRead(c, deps, async () => ({ items: names })),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/code-lists/{list}",
      tags,
      summary: "One code list, in Danish and English · En kodeliste",
      request: {
        params: z.object({ list: ListName }),
        query: z.strictObject({
          validAt: Day.optional().meta({
            description: "Only what may be chosen on this day; all by default",
          }),
        }),
      },
      middleware,
      responses: {
        ...asOf(WholeList, "The list", { name: "regions", title, items: [code] } as never),
        ...refusals,
      },
    }),
    (c) =>
      sendRead(c, deps, async () => {
        const { list: name } = c.req.valid("param");
        const { validAt: day } = c.req.valid("query");
        const isOfDay = ({ from = "", to }: { from?: string; to?: string }) =>
          day === undefined || (from <= day && (to === undefined || day < to));
        const codes = listCodes(name).filter(isOfDay);
        const shown = codes.map(({ from = null, to = null, ...each }) => ({ ...each, from, to }));
        return { name, title: codeListTitles[name], items: shown };
      }),
  );
  return app;
}
