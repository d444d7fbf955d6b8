import { createRoute } from "@hono/zod-openapi";
import { DiffQuestion, diffRegister, revertEntry } from "@sor/core/changesets";
import { queryNumber } from "@sor/core/identifiers";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "../paging.ts";
import {
  idempotencyHeader,
  json,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "../shared.ts";
import { answerSet } from "./shared.ts";
import { ChangeSetView, DifferenceView, differenceExample, setExample } from "./views.ts";

const Page = z.object({
  from: z.int().meta({ description: "The journal number from which on changes count, exclusive" }),
  to: z.int().meta({ description: "The last journal number that counts" }),
  items: z.array(DifferenceView),
  next: z.string().nullable(),
});

const diffRoute = createRoute({
  method: "get",
  path: "/v1/diff",
  summary: "What changed between two moments of knowledge · Hvad der er ændret",
  description:
    "The net difference of each unit, its successors, each location number and its registrations, in the order of their first change. What changed and was taken back is left out, so that a page may have fewer items than `limit`. All pages go up to the same `to`.",
  tags: ["change-sets"],
  security,
  middleware: [requireKey, carriesFilter] as const,
  request: { query: DiffQuestion },
  responses: {
    200: {
      ...json("One page", Page, {
        from: 48_211,
        to: 48_213,
        items: [differenceExample],
        next: null,
      } as never),
      headers: nextLinkHeader,
    },
    ...refusedReading("not-found"),
  },
});

const revertRoute = createRoute({
  method: "post",
  path: "/v1/audit/{sequence}/$revert",
  summary: "Draft the set that undoes one change · Fortryd en ændring",
  description:
    "For an entry about a unit, a location number or its registrations. Whoever may edit may draft; the preview says what may not be undone, or has changed since.",
  tags: ["change-sets"],
  security,
  middleware: [requireKey, limitBody(1000), idempotent] as const,
  request: {
    params: z.object({ sequence: queryNumber(1, Number.MAX_SAFE_INTEGER) }),
    query: nothing,
    headers: idempotencyHeader,
  },
  responses: {
    201: json("Drafted", ChangeSetView, setExample as never),
    ...refusedWriting("not-found", "conflict"),
  },
});

/** What changed in the register between two moments, and the undo of one change. */
export function differences() {
  const app = newRouter();

  app.openapi(diffRoute, async (c) => {
    const { page, link } = carriedPage(c, await diffRegister(c.var.ctx, c.req.valid("query")));
    return c.json(page as never, 200, { ...noStore, ...link });
  });

  app.openapi(revertRoute, async (c) =>
    answerSet(c, await revertEntry(c.var.ctx, c.req.valid("param")), 201),
  );
  return app;
}
