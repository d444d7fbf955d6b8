import { createRoute } from "@hono/zod-openapi";
import { DomainError } from "@sor/core";
import {
  LocationClosing,
  LocationFields,
  type LocationVersion,
  listLocationVersions,
  locationContent,
  locationEtag,
  locationStatus,
  NewLocation,
  presentVersion,
} from "@sor/core/endpoints";
import { Day } from "@sor/core/organisations";
import { dayInDenmark } from "@sor/core/validity";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { ifMatch, statesOf, tagOfState } from "../../http/conditional.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problem } from "../../problems/index.ts";
import { roundTrip } from "../round-trip.ts";
import { idempotencyHeader, json, jsonBody, noStore, refusedReading, security } from "../shared.ts";
import { answerEdit, bodyBytesMax, commentShape, dryRunQuery, editedResponses } from "./edited.ts";
import { Submission } from "./steps.ts";

const tags = ["locations"];
const byGln = LocationClosing.pick({ gln: true });
const middleware: MiddlewareHandler<AppEnv>[] = [requireKey, limitBody(bodyBytesMax), idempotent];

const { gln: glnShape, validFrom, validTo, unitSorId } = NewLocation.shape;
const fields = LocationFields.shape;
const New = z
  .strictObject({ gln: glnShape, validFrom, validTo, unitSorId, ...fields, ...commentShape })
  .meta({ id: "LocationInput", description: "A location number to register, and the unit that gets it" });
const Whole = z.object({ validFrom, validTo, ...fields, ...commentShape });
const View = z
  .object({
    gln: glnShape,
    status: z.enum(["active", "inactive", "coming", "closed"]),
    validFrom: Day,
    validTo: Day.nullable().meta({ description: "First day on which it is no longer valid" }),
    ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.unwrap()])),
  })
  .meta({
    id: "Location",
    description: "A location number on a day; without a version then, the next or the last",
  });
const ofPut = roundTrip(Whole, Whole.extend({ gln: View.shape.gln, status: View.shape.status }), ["status"]);
const Put = ofPut.schema.meta({
  id: "LocationPut",
  description: "A location number's data from a day on, or between two; the answer of GET can be sent back",
});
const Closing = LocationClosing.omit({ gln: true, etag: true })
  .extend({ endings: Submission.shape.endings, ...commentShape })
  .strict()
  .meta({
    id: "LocationClosingInput",
    description: "`validFrom` is the first day on which the location number is no longer valid",
  });

const given = {
  ...{ validFrom: "2031-01-01", supplierId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a01" },
  ...{ regionCode: "1083", ediAdministrator: "Regionen" },
};
const example = {
  ...{ gln: "5790009001287", status: "active", validTo: null, ...given, validFrom: "2026-01-01" },
  ...{ onlyInternal: false, nonActive: false, systemId: null, netOperatorCode: null, note: null },
  successorGln: null,
};

const getRoute = createRoute({
  method: "get",
  path: "/v1/locations/{gln}",
  summary: "A location number's data on a day · Et lokationsnummer",
  description: "Send the ETag back as If-Match in a change.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: {
    params: byGln,
    query: z.strictObject({
      validAt: Day.optional().meta({ description: "As valid on this day; today by default" }),
    }),
  },
  responses: { 200: json("The data", View, example as never), ...refusedReading("not-found") },
});

const newRoute = createRoute({
  method: "post",
  path: "/v1/locations",
  summary: "Register a location number · Nyt lokationsnummer",
  description:
    "With `unitSorId` the unit gets it from that day on. A number of this installation's ranges must be allocated first.",
  tags,
  security,
  middleware,
  request: {
    query: dryRunQuery,
    headers: idempotencyHeader,
    body: jsonBody(New, { gln: "5790009001287", ...given } as never),
  },
  responses: editedResponses(201),
});

const putRoute = createRoute({
  method: "put",
  path: "/v1/locations/{gln}",
  summary: "Set a location number's data from a day on · Ret et lokationsnummer",
  description:
    "From `validFrom` until `validTo`, or for good; members left out are null or false. The answer of GET can be sent back and changes nothing; `status` is ignored. If-Match is required.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax)] as const,
  request: { params: byGln, query: dryRunQuery, body: jsonBody(Put, given as never) },
  responses: editedResponses(200, "precondition-failed", "precondition-required"),
});

const closeRoute = createRoute({
  method: "post",
  path: "/v1/locations/{gln}/$close",
  summary: "Close a location number · Luk et lokationsnummer",
  description: "Lookups name the successor. If-Match is required.",
  tags,
  security,
  middleware,
  request: {
    params: byGln,
    query: dryRunQuery,
    headers: idempotencyHeader,
    body: jsonBody(Closing, { validFrom: "2035-01-01" } as never),
  },
  responses: editedResponses(200, "precondition-failed", "precondition-required"),
});

async function readLocation(c: Context<AppEnv>, gln: string, validAt?: string) {
  const versions = await listLocationVersions(c.var.ctx.db, gln);
  const day = validAt ?? dayInDenmark(c.var.ctx.now);
  const present = presentVersion(versions, day);
  if (!present) throw new DomainError("not-found", "no-such-location", { gln });
  const shown = viewOf(present, locationStatus(versions, day));
  return { shown, tag: { ETag: tagOfState(locationEtag(versions), JSON.stringify(shown)) } };
}

function viewOf(version: LocationVersion, status: string) {
  const { gln, validFrom: from, validTo: to } = version;
  return { gln, status, validFrom: from, validTo: to, ...locationContent(version) };
}

/** A location number's data, and its edits, each a change set of its own. */
export function locationEdits() {
  const app = newRouter();

  app.openapi(getRoute, async (c) => {
    const { shown, tag } = await readLocation(c, c.req.valid("param").gln, c.req.valid("query").validAt);
    return c.json(shown as never, 200, { ...noStore, ...tag });
  });

  app.openapi(newRoute, async (c) => {
    const { comment, gln, validFrom: from, validTo: to, unitSorId: unit, ...data } = c.req.valid("json");
    const place = { gln, validFrom: from, validTo: to, ...(unit !== undefined && { unitSorId: unit }) };
    const command = { kind: "location.create", ...place, fields: data } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Nyt lokationsnummer ${gln}`, comment };
    const tag = async () => (await readLocation(c, gln)).tag;
    return await answerEdit(c, { ...edit, isDryRun, location: `/v1/locations/${gln}`, tag });
  });

  app.openapi(putRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { gln } = c.req.valid("param");
    const wanted = c.req.valid("json");
    await readLocation(c, gln);
    const errors = ofPut.faultsOf(wanted, { gln }, c.var.language);
    if (errors.length > 0) return problem(c, "invalid", { errors });
    const { validFrom: from, validTo: to, comment } = wanted;
    const period = { validFrom: from, validTo: to };
    const command = {
      kind: "location.change",
      gln,
      ...period,
      fields: LocationFields.parse(wanted),
    } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Ret lokationsnummer ${gln}`, comment, etag: statesOf(expected) };
    return await answerEdit(c, { ...edit, isDryRun, tag: async () => (await readLocation(c, gln)).tag });
  });

  app.openapi(closeRoute, async (c) => {
    const expected = ifMatch(c);
    if (expected === undefined) return problem(c, "precondition-required");
    const { gln } = c.req.valid("param");
    const { comment, endings, ...closing } = c.req.valid("json");
    const command = { kind: "location.close", gln, ...closing } as const;
    const isDryRun = c.req.valid("query").dryRun === "true";
    const edit = { command, title: `Luk lokationsnummer ${gln}`, comment, etag: statesOf(expected), endings };
    return await answerEdit(c, { ...edit, isDryRun, tag: async () => (await readLocation(c, gln)).tag });
  });
  return app;
}
