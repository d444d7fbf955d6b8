import { createRoute } from "@hono/zod-openapi";
import type { Fault } from "@sor/core";
import { asRehearsal } from "@sor/core";
import {
  getLocation,
  type PlannedChange,
  RegistrationSet,
  type RegistrationsOutcome,
  registrationsMax,
  setRegistrations,
  WantedRegistration,
} from "@sor/core/message-types";
import { findMessageType } from "@sor/edi";
import { z } from "zod";
import type { Deps, Language } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { ifMatch } from "../http/conditional.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";
import { placeOfProblem } from "../problems/registration-problems.ts";
import { roundTrip } from "./round-trip.ts";
import { jsonBody, nothing, security, tagHeaders } from "./shared.ts";

const tags = ["locations"];
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
  description: "What a location number receives and sends, now and in the future",
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
}).meta({ id: "LocationMessageTypesSaved", description: "The changes, and the registrations after them" });

const Registration = WantedRegistration.extend({
  format: Fact.shape.format
    .optional()
    .meta({ readOnly: true, description: "Follows from the type and version" }),
})
  .superRefine(({ messageType, version, format }, c) => {
    const type = findMessageType(messageType, version);
    if (!format || !type || type.format === format) return;
    c.addIssue({ code: "custom", path: ["format"], message: "not-the-format" satisfies Fault });
  })
  .meta({
    id: "LocationMessageType",
    description: "A message type that a location number receives or sends",
  });
const Input = RegistrationSet.pick({ allowGaps: true, comment: true }).extend({
  registrations: z.array(Registration).max(registrationsMax),
});
const ofPut = roundTrip(Input, Matrix);

const given = {
  registrations: [
    { messageType: "DIS91", version: "D9134L", endpointId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34" },
    { messageType: "REF01", version: "H0131R", direction: "send" as const },
  ],
};

type FactOf = PlannedChange["after"][number];

function factOf({ messageType, version, format, direction, endpointId, validFrom, validTo }: FactOf) {
  const ends = { validFrom: validFrom.toISOString(), validTo: validTo?.toISOString() ?? null };
  return { messageType, version, format, direction, endpointId, ...ends };
}

function savedOf(gln: string, { plan }: RegistrationsOutcome, language: Language) {
  const changes = plan.changes.flatMap(({ kind, before, after, ...pair }) =>
    kind === "unchanged" ? [] : [{ kind, ...pair, before: before.map(factOf), after: after.map(factOf) }],
  );
  const registrations = plan.changes.flatMap((change) => change.after).map(factOf);
  const warnings = plan.problems.map((each) => placeOfProblem(each, language));
  return { gln, registrations, changes, warnings };
}
const getRoute = createRoute({
  method: "get",
  path,
  summary: "What a location number receives and sends, now and in the future",
  description: "Send the ETag back as If-Match in PUT.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params, query: nothing },
  responses: {
    200: { description: "The registrations", content: { "application/json": { schema: Matrix } } },
    ...problemResponses("invalid", "not-signed-in", "not-found", "too-many", "unavailable"),
  },
});

const setRoute = createRoute({
  method: "put",
  path,
  summary: "Replace everything that a location number receives and sends from now on",
  description:
    "The answer of GET can be sent back. Registrations that are left out end now; the past is never rewritten. A change that would make a type stop and start again later, such as a first day in the future for a type that is received now, is refused as a `gap` unless `allowGaps` is true. If-Match is required. With `dryRun=true` the answer is the same as when saving, including refusals, but nothing is saved.",
  tags,
  security,
  middleware: [requireKey, limitBody(bytesMax)] as const,
  request: {
    params,
    query: z.strictObject({ dryRun: z.enum(["true", "false"]).default("false") }),
    body: jsonBody(ofPut.schema, given),
  },
  responses: {
    200: {
      description: "Saved, or what would be saved",
      content: { "application/json": { schema: Saved } },
    },
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
});

/** What a location number receives and sends; read and replaced as a whole. */
export function locations(_deps: Deps) {
  const app = newRouter();

  app.openapi(getRoute, async (c) => {
    const { gln, registrations, etag } = await getLocation(c.var.ctx, c.req.valid("param"));
    return c.json({ gln, registrations: registrations.map(factOf) }, 200, tagHeaders({ etag }));
  });

  app.openapi(setRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { gln } = c.req.valid("param");
    const wanted = c.req.valid("json");
    const errors = ofPut.faultsOf(wanted, { gln }, c.var.language);
    if (errors.length > 0) return problem(c, "invalid", { errors });
    const input = { ...wanted, gln, ...expected };
    const isDryRun = c.req.valid("query").dryRun === "true";
    const outcome = await setRegistrations(isDryRun ? asRehearsal(c.var.ctx) : c.var.ctx, input);
    return c.json(savedOf(gln, outcome, c.var.language), 200, tagHeaders(outcome));
  });

  return app;
}
