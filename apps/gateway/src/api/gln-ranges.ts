import { createRoute } from "@hono/zod-openapi";
import { Uuid } from "@sor/core/identifiers";
import {
  createRange,
  getRange,
  listRanges,
  NumberRange,
  NumberRangeState,
  type Range,
  updateRange,
} from "@sor/core/location-numbers";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { ifMatch } from "../http/conditional.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problem } from "../problems/index.ts";
import { roundTrip } from "./round-trip.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
  tagHeaders,
} from "./shared.ts";

const tags = ["gln"];
const bodyBytesMax = 10_000;
const path = "/v1/gln-ranges";

const RangeView = z
  .object({
    id: Uuid,
    prefix: z.string(),
    from: z.int(),
    to: z.int(),
    remaining: z.int().meta({ description: "Numbers at most that were never given out" }),
    isOpen: z.boolean().meta({ description: "Whether numbers are taken from it" }),
    note: z.string().nullable(),
  })
  .meta({ id: "GlnRange", description: "A range of location numbers of this installation" });
const RangeInput = z
  .strictObject(NumberRange.shape)
  .superRefine((given, c) => {
    const { error } = NumberRange.safeParse(given);
    for (const { path, message } of error?.issues ?? []) c.addIssue({ code: "custom", path, message });
  })
  .meta({ id: "GlnRangeInput", description: "A range of location numbers" });
const StateInput = NumberRangeState.strict().meta({
  id: "GlnRangeState",
  description: "Whether numbers are taken from a range, and its note",
});

const Put = roundTrip(StateInput, RangeView, ["remaining"]);

const example = {
  ...{ id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a38", prefix: "5790009", from: 0, to: 99_999 },
  ...{ remaining: 99_871, isOpen: true, note: null },
};

const viewOf = ({ id, prefix, from, to, next, isOpen, note }: Range) => {
  return { id, prefix, from, to, remaining: to - next + 1, isOpen, note };
};

/** The ranges that location numbers are taken from, edited by the register authority. */
export function glnRanges(_deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path,
      summary: "The ranges of location numbers · Nummerrækker",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { query: nothing },
      responses: {
        200: json(
          "The ranges, in the order in which numbers are taken",
          z.object({ items: z.array(RangeView) }),
          {
            items: [example],
          },
        ),
        ...refusedReading(),
      },
    }),
    async (c) => c.json({ items: (await listRanges(c.var.ctx)).map(viewOf) }, 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: `${path}/{id}`,
      summary: "A range of location numbers · En nummerrække",
      description: "Send the ETag back as If-Match in a change. Giving out numbers does not change it.",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: json("The range", RangeView, example), ...refusedReading("not-found") },
    }),
    async (c) => {
      const range = await getRange(c.var.ctx, c.req.valid("param"));
      return c.json(viewOf(range), 200, tagHeaders(range));
    },
  );

  addWriting(app);
  return app;
}

function addWriting(app: ReturnType<typeof newRouter>): void {
  app.openapi(
    createRoute({
      method: "post",
      path,
      summary: "Add a range of location numbers · Ny nummerrække",
      description:
        "For the register authority. A number has the prefix, then as many digits as make twelve, then its check digit. From now on a number of the range is registered only once it is allocated.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request: {
        query: nothing,
        headers: idempotencyHeader,
        body: jsonBody(RangeInput, { prefix: "5790009", from: 0, to: 99_999 }),
      },
      responses: { 201: json("Added", RangeView, example), ...refusedWriting("conflict") },
    }),
    async (c) => {
      const range = await createRange(c.var.ctx, c.req.valid("json"));
      return c.json(viewOf(range), 201, { ...tagHeaders(range), Location: `${path}/${range.id}` });
    },
  );

  app.openapi(
    createRoute({
      method: "put",
      path: `${path}/{id}`,
      summary: "Open or close a range · Åbn eller luk en nummerrække",
      description:
        "For the register authority; If-Match is required. The answer of GET can be sent back; `remaining` is ignored.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: {
        params: byId,
        query: nothing,
        body: jsonBody(Put.schema, { isOpen: false, note: "Afløst" }),
      },
      responses: {
        200: json("Changed", RangeView, { ...example, isOpen: false, note: "Afløst" }),
        ...refusedWriting("not-found", "precondition-failed", "precondition-required"),
      },
    }),
    async (c) => {
      const expected = ifMatch(c);
      if (expected === undefined) return problem(c, "precondition-required");
      const { id } = c.req.valid("param");
      const { isOpen, note, ...stated } = c.req.valid("json");
      const errors = Put.faultsOf(stated, viewOf(await getRange(c.var.ctx, { id })), c.var.language);
      if (errors.length > 0) return problem(c, "invalid", { errors });
      const range = await updateRange(c.var.ctx, { id, fields: { isOpen, note }, ...expected });
      return c.json(viewOf(range), 200, tagHeaders(range));
    },
  );
}
