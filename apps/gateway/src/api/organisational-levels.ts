import { createRoute } from "@hono/zod-openapi";
import { Uuid } from "@sor/core/identifiers";
import {
  createOrganisationalLevel,
  getOrganisationalLevel,
  listOrganisationalLevels,
  type OrganisationalLevel,
  OrganisationalLevelFields,
  updateOrganisationalLevel,
} from "@sor/core/organisational-levels";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey, requireReader } from "../http/caller.ts";
import { ifMatch } from "../http/conditional.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";
import { roundTrip } from "./round-trip.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedWriting,
  security,
  tagHeaders,
} from "./shared.ts";

const tags = ["organisational-levels"];
const bodyBytesMax = 10_000;

const Level = z
  .object({
    id: Uuid,
    code: z.string().nullable().meta({ description: "SNOMED CT id; null until one is published" }),
    name: z.string(),
    position: z.int().meta({ description: "The highest level has the lowest number" }),
    expiresOn: z.string().nullable().meta({ description: "First day on which no unit may be given it" }),
  })
  .meta({ id: "OrganisationalLevel", description: "A clinical-administrative level (ID27)" });
const Input = OrganisationalLevelFields.strict().meta({
  id: "OrganisationalLevelInput",
  description: "A clinical-administrative level as the register authority describes it",
});
const Put = roundTrip(Input, Level);

const example = {
  ...{ id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a37", code: null, name: "Overafdeling" },
  ...{ position: 4, expiresOn: null },
};
const given = { name: "Overafdeling", position: 4 };

const viewOf = ({ etag: _, ...level }: OrganisationalLevel) => level;

/** The clinical-administrative levels: everybody who may look up reads them, the register authority edits them. */
export function organisationalLevels(deps: Deps) {
  const app = newRouter();
  const reading = ["invalid", "not-signed-in", "too-many", "unavailable"] as const;

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/organisational-levels",
      summary: "The clinical-administrative levels, from the highest · Klinisk-administrative niveauer",
      description: "Expired levels are listed too: units may still have them.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { query: nothing },
      responses: {
        200: json("The levels", z.object({ items: z.array(Level) }), { items: [example] }),
        ...problemResponses(...reading),
      },
    }),
    async (c) => {
      const levels = await listOrganisationalLevels(c.var.ctx.db);
      return c.json({ items: levels.map(viewOf) }, 200, noStore);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/organisational-levels/{id}",
      summary: "A clinical-administrative level · Et niveau",
      description: "Send the ETag back as If-Match in a change.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { params: byId, query: nothing },
      responses: { 200: json("The level", Level, example), ...problemResponses(...reading, "not-found") },
    }),
    async (c) => {
      const level = await getOrganisationalLevel(c.var.ctx.db, c.req.valid("param").id);
      return c.json(viewOf(level), 200, tagHeaders(level));
    },
  );
  addWriting(app);
  return app;
}

function addWriting(app: ReturnType<typeof newRouter>): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/organisational-levels",
      summary: "Add a level · Nyt niveau",
      description: "For the register authority.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request: { query: nothing, headers: idempotencyHeader, body: jsonBody(Input, given) },
      responses: { 201: json("Added", Level, example), ...refusedWriting("conflict") },
    }),
    async (c) => {
      const level = await createOrganisationalLevel(c.var.ctx, c.req.valid("json"));
      const Location = `/v1/organisational-levels/${level.id}`;
      return c.json(viewOf(level), 201, { ...tagHeaders(level), Location });
    },
  );

  app.openapi(
    createRoute({
      method: "put",
      path: "/v1/organisational-levels/{id}",
      summary: "Rename, move or end a level, or give it its code · Ret et niveau",
      description:
        "For the register authority; If-Match is required. The answer of GET can be sent back. Units keep the name that they were given; a level that has a code keeps it.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: { params: byId, query: nothing, body: jsonBody(Put.schema, given) },
      responses: {
        200: json("Changed", Level, example),
        ...refusedWriting("not-found", "conflict", "precondition-failed", "precondition-required"),
      },
    }),
    async (c) => {
      const expected = ifMatch(c);
      if (expected === undefined) return problem(c, "precondition-required");
      const { id } = c.req.valid("param");
      const { id: stated, ...fields } = c.req.valid("json");
      const errors = Put.faultsOf(stated === undefined ? {} : { id: stated }, { id }, c.var.language);
      if (errors.length > 0) return problem(c, "invalid", { errors });
      const level = await updateOrganisationalLevel(c.var.ctx, { id, fields, ...expected });
      return c.json(viewOf(level), 200, tagHeaders(level));
    },
  );
}
