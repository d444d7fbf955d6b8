import { createRoute } from "@hono/zod-openapi";
import { SorId } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import {
  Day,
  getUnitLine,
  listOpenSuccessors,
  listSuccessors,
  listWithdrawals,
  OrganisationLevel,
  SuccessorShare,
  WithdrawalReason,
  WithdrawalsQuestion,
} from "@sor/core/organisations";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { requireReader } from "../http/caller.ts";
import { answerAsOf, cacheFor, secondsOfDay } from "../http/conditional.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { sendRead } from "./organisations/shared.ts";
import { carriedPage, carriesFilter } from "./paging.ts";
import { asOf } from "./routes/shared.ts";

const tags = ["organisations"];
const share = SuccessorShare.nullable().meta({ description: "null where an imported file did not say" });

const SuccessorView = z
  .object({
    sorId: SorId,
    name: z.string().nullable().meta({ description: "null for a unit that is not in the register" }),
    share,
    via: z
      .array(SorId)
      .optional()
      .meta({ description: "With `open=true`: the closed units on the way to it" }),
    shares: z
      .array(share)
      .optional()
      .meta({ description: "With `open=true`: how much is taken over at each step" }),
  })
  .meta({ id: "Successor", description: "A unit that takes over after another" });
const Succession = z
  .object({ replaces: z.array(SuccessorView).optional(), replacedBy: z.array(SuccessorView) })
  .meta({ id: "Succession", description: "Which units a unit replaces, and which replace it" });

const Withdrawn = z
  .object({
    sorId: SorId,
    level: OrganisationLevel,
    name: z.string().nullable().meta({ description: "The name it had last" }),
    reason: WithdrawalReason,
    validTo: Day.meta({ description: "First day on which it is no longer valid" }),
    recordedAt: z.iso.datetime(),
  })
  .meta({ id: "WithdrawnUnit", description: "A unit that was registered in error" });
const WithdrawnPage = z.object({ items: z.array(Withdrawn), next: z.string().nullable() });

const sorId = "311000016009";
const successor = { sorId: "121000016003", name: "Klinik Eksempel Nord", share: "all" };
const withdrawn = {
  ...{ sorId, level: "institution", name: "Klinik Eksempel", reason: "duplicate" },
  ...{ validTo: "2026-10-01", recordedAt: "2026-09-28T08:00:00.000Z" },
};

const successorsRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/organisations/{sorId}/successors",
    tags,
    summary: "Who took over after a unit · Afløsere",
    description:
      "The units one step away, in both directions. With `open=true` only `replacedBy`: the units open on the day at which the successions end, through those that have closed since; a loop ends, and a succession whose last unit has closed leads nowhere.",
    request: {
      params: z.object({ sorId: SorId }),
      query: z.strictObject({
        open: z.enum(["true", "false"]).default("false"),
        validAt: Day.optional().meta({ description: "With `open=true`: open on this day; default: today" }),
      }),
    },
    middleware: reader,
    responses: {
      ...asOf(Succession, "The units", { replaces: [], replacedBy: [successor] } as never),
      ...problemResponses("invalid", "not-found", "unavailable", "too-many"),
    },
  });

const withdrawalsRoute = (reader: MiddlewareHandler<AppEnv>) =>
  createRoute({
    method: "get",
    path: "/v1/withdrawals",
    tags,
    summary: "Units that were registered in error · Registreret ved en fejl",
    description:
      "The last withdrawn first. Such a unit is answered with 410 and `withdrawn` in `details`, its location numbers with `gln-withdrawn`; its number is never given again.",
    request: { query: WithdrawalsQuestion },
    middleware: [reader, carriesFilter] as const,
    responses: {
      ...asOf(WithdrawnPage, "A page", { items: [withdrawn], next: null } as never),
      ...problemResponses("invalid", "unavailable", "too-many"),
    },
  });

/** Who took over after a unit, and the units that were registered in error. For everybody who may look up. */
export function successions(deps: Deps) {
  const app = newRouter();
  const reader = requireReader(deps);
  app.openapi(successorsRoute(reader), (c) =>
    sendRead(c, deps, async () => {
      const unit = c.req.valid("param");
      const { open, validAt } = c.req.valid("query");
      await getUnitLine(c.var.ctx.db, unit.sorId);
      if (open === "false") return await listSuccessors(c.var.ctx, unit);
      return { replacedBy: await listOpenSuccessors(c.var.ctx, { ...unit, validAt }) };
    }),
  );
  app.openapi(withdrawalsRoute(reader), async (c) => {
    const sequence = await currentSequence(deps.db);
    const { page, link } = carriedPage(c, await listWithdrawals(c.var.ctx, c.req.valid("query")));
    const caching = { "Cache-Control": cacheFor("list", secondsOfDay(c.var.ctx.now)) };
    return answerAsOf(c, sequence, JSON.stringify(page), { ...caching, ...link });
  });
  return app;
}
