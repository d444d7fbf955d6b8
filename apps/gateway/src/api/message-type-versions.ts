import { createRoute } from "@hono/zod-openapi";
import {
  listVersions,
  PhaseStatus,
  reportOutdated,
  setPhase,
  VersionPhase,
  VersionPhaseFields,
} from "@sor/core/phasing-out";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey, requireReader } from "../http/caller.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import {
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "./shared.ts";

const tags = ["message-types"];
const bodyBytesMax = 10_000;

const pair = { messageType: z.string(), version: z.string() };
const Version = z
  .object({
    ...pair,
    format: z.enum(["EDIFACT", "XML", "FHIR", "other"]),
    nameDa: z.string(),
    nameEn: z.string(),
    status: PhaseStatus,
    phase: VersionPhase.nullable(),
  })
  .meta({ id: "MessageTypeVersion", description: "A version of a message type, and how it is phased out" });
const Versions = z.object({ items: z.array(Version) }).meta({ id: "MessageTypeVersions" });
const OutdatedLine = z
  .object({
    ...pair,
    supplierName: z.string().nullable(),
    regionCode: z.string().nullable(),
    locations: z.int().meta({ description: "Location numbers that receive it without an end in time" }),
  })
  .meta({ id: "OutdatedReceivers", description: "How many location numbers of a vendor in a region" });

const phase = {
  phasedOutFrom: "2026-01-01",
  endsOn: "2027-01-01",
  successor: { messageType: "DIS01", version: "D0134L" },
};
const versionExample = {
  ...{ messageType: "DIS01", version: "D0133L", format: "EDIFACT" as const },
  ...{ nameDa: "Epikrise", nameEn: "Discharge letter", status: "phasing-out" as const, phase },
};
const lineExample = {
  ...{ messageType: "DIS01", version: "D0133L" },
  ...{ supplierName: "Leverandør A/S", regionCode: "1084", locations: 12 },
};

const listRoute = (deps: Deps) =>
  createRoute({
    method: "get",
    path: "/v1/message-type-versions",
    summary: "Every version of every type, and how it is phased out · Versioner og deres udfasning",
    description: "By type and version, all at once.",
    tags,
    middleware: [requireReader(deps)] as const,
    request: { query: nothing },
    responses: {
      200: json("The versions", Versions, { items: [versionExample] }),
      ...problemResponses("invalid", "not-signed-in", "too-many", "unavailable"),
    },
  });

const setRoute = createRoute({
  method: "post",
  path: "/v1/message-type-versions/$phase-out",
  summary: "Say how a version is phased out · Udfas en version",
  description: "For the register authority. With `phase` null the version is in use.",
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(VersionPhaseFields, { messageType: "DIS01", version: "D0133L", phase }),
  },
  responses: { 204: { description: "It is so" }, ...refusedWriting("conflict") },
});

const reportRoute = createRoute({
  method: "get",
  path: "/v1/message-type-versions/outdated",
  summary: "Who still receives what is being phased out · Hvem modtager stadig det, der udfases",
  description: "The key's own location numbers, by type, version, vendor and region; at most 5,000 lines.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { query: nothing },
  responses: {
    200: json("The report", z.object({ items: z.array(OutdatedLine) }), { items: [lineExample] }),
    ...refusedReading(),
  },
});

/** Which versions of message types are phased out, and who still receives them. */
export function messageTypeVersions(deps: Deps) {
  const app = newRouter();
  app.openapi(listRoute(deps), async (c) => {
    const versions = await listVersions(c.var.ctx);
    return c.json({ items: versions.map(({ etag: _, ...version }) => version) }, 200, noStore);
  });
  app.openapi(reportRoute, async (c) => c.json({ items: await reportOutdated(c.var.ctx) }, 200, noStore));
  app.openapi(setRoute, async (c) => {
    await setPhase(c.var.ctx, c.req.valid("json"));
    return c.body(null, 204);
  });
  return app;
}
