import { createRoute } from "@hono/zod-openapi";
import {
  getLocation,
  type PlannedChange,
  previewRegistrations,
  RegistrationSet,
  type RegistrationsOutcome,
  setRegistrations,
} from "@sor/core/message-types";
import { z } from "zod";
import type { Deps, Language } from "../app-env.ts";
import { requireKey } from "../caller.ts";
import { expectedEtag } from "../conditional.ts";
import { problemResponses } from "../problem-docs.ts";
import { problem } from "../problems.ts";
import { placeOfProblem } from "../registration-problems.ts";
import { limitBody } from "../request-body.ts";
import { newRouter } from "../router.ts";

const tags = ["locations"];
const security = [{ apiKey: [] }];
const bytesMax = 512 * 1024;
const path = "/v1/locations/{gln}/message-types";
const params = RegistrationSet.pick({ gln: true });

const Fact = z.object({
  messageType: z.string(),
  version: z.string(),
  format: z.enum(["EDIFACT", "XML", "FHIR"]),
  direction: z.enum(["receive", "send"]),
  endpointId: z.string().nullable(),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime().nullable(),
});
const Matrix = z.object({ gln: z.string(), registrations: z.array(Fact) }).meta({
  id: "LocationMessageTypes",
  description: "What a location number receives and sends, now and later",
});
const Saved = Matrix.extend({
  changes: z.array(
    z.object({
      kind: z.enum(["added", "changed", "ended"]),
      messageType: z.string(),
      version: z.string(),
      direction: z.enum(["receive", "send"]),
      before: z.array(Fact),
      after: z.array(Fact),
    }),
  ),
  warnings: z.array(z.object({ pointer: z.string(), detail: z.string(), code: z.string() })),
}).meta({ id: "LocationMessageTypesSaved", description: "What was changed, and what it became" });

type FactOf = PlannedChange["after"][number];

function factOf({ messageType, version, format, direction, endpointId, validFrom, validTo }: FactOf) {
  const ends = { validFrom: validFrom.toISOString(), validTo: validTo?.toISOString() ?? null };
  return { messageType, version, format, direction, endpointId, ...ends };
}

const headersOf = (etag: string) => ({ ETag: `"${etag}"`, "Cache-Control": "no-store" });

function savedOf(gln: string, { plan }: RegistrationsOutcome, language: Language) {
  const changes = plan.changes.flatMap(({ kind, before, after, ...pair }) =>
    kind === "unchanged" ? [] : [{ kind, ...pair, before: before.map(factOf), after: after.map(factOf) }],
  );
  const registrations = plan.changes.flatMap((change) => change.after).map(factOf);
  const warnings = plan.problems.map((each) => placeOfProblem(each, language));
  return { gln, registrations, changes, warnings };
}

/** What a location number receives and sends, read and set as a whole. */
export function locations(_deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path,
      summary: "What a location number receives and sends, now and later",
      description: "The ETag is what a PUT sends back as If-Match.",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params, query: z.strictObject({}) },
      responses: {
        200: { description: "The registrations", content: { "application/json": { schema: Matrix } } },
        ...problemResponses("invalid", "not-signed-in", "not-found", "too-many", "unavailable"),
      },
    }),
    async (c) => {
      const { gln, registrations, etag } = await getLocation(c.var.ctx, c.req.valid("param"));
      return c.json({ gln, registrations: registrations.map(factOf) }, 200, headersOf(etag));
    },
  );

  app.openapi(
    createRoute({
      method: "put",
      path,
      summary: "Set everything that a location number receives and sends from now on",
      description:
        "What is left out ends now; what has been is never rewritten. What would stop and begin again later, such as a first day in the future of a type that is received now, is refused as a `gap` unless `allowGaps` is true. If-Match is required. With `dryRun=true` nothing is saved and the answer says what would be.",
      tags,
      security,
      middleware: [requireKey, limitBody(bytesMax)] as const,
      request: {
        params,
        query: z.strictObject({ dryRun: z.enum(["true", "false"]).default("false") }),
        body: {
          required: true,
          content: {
            "application/json": {
              schema: RegistrationSet.pick({ registrations: true, allowGaps: true, comment: true }).strict(),
            },
          },
        },
      },
      responses: {
        200: { description: "Saved, or what would be", content: { "application/json": { schema: Saved } } },
        ...problemResponses(
          "invalid",
          "not-signed-in",
          "not-allowed",
          "not-found",
          "precondition-failed",
          "precondition-required",
          "too-large",
          "unsupported-media-type",
          "too-many",
          "unavailable",
        ),
      },
    }),
    async (c) => {
      const etag = expectedEtag(c);
      if (etag === undefined) return problem(c, "precondition-required");
      const { gln } = c.req.valid("param");
      const input = { gln, etag, ...c.req.valid("json") };
      const isDryRun = c.req.valid("query").dryRun === "true";
      const outcome = await (isDryRun ? previewRegistrations : setRegistrations)(c.var.ctx, input);
      return c.json(savedOf(gln, outcome, c.var.language), 200, headersOf(outcome.etag));
    },
  );

  return app;
}
