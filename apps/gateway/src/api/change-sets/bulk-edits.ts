import { createRoute } from "@hono/zod-openapi";
import { BulkJob, BulkRequest, getBulk, startBulk } from "@sor/core/bulk";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
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
} from "../shared.ts";

const tags = ["message-types"];
const bytesMax = 1024 * 1024;

const jobExample = {
  id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34",
  title: "Nyt endepunkt",
  dryRun: true,
  state: "ended",
  result: {
    ...{ selected: 4812, changed: 4500, unchanged: 312, endings: 0, errors: 0, warnings: 1 },
    problems: [
      {
        ...{ severity: "warning", gln: "5790000123117", code: "superseded-version" },
        ...{ messageType: "DIS91", version: "D9134L" },
      },
    ],
    changeSetId: null,
    changeSetState: null,
  },
  fault: null,
  createdAt: "2026-06-01T10:00:00.000Z",
  endedAt: "2026-06-01T10:00:04.000Z",
};

const startRoute = createRoute({
  method: "post",
  path: "/v1/message-types/$bulk",
  summary: "Change what many location numbers receive and send, as a job · Ret mange på én gang",
  description:
    "For all that a filter finds, or a list; at most 5,000 location numbers. All of it is one change set, which is applied as a whole, or submitted where somebody else has to approve it, and which can be undone. With `dryRun` the job only says what would happen.",
  tags,
  security,
  middleware: [requireKey, limitBody(bytesMax), idempotent] as const,
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(BulkRequest, {
      title: "Nyt endepunkt",
      filter: { messageType: "DIS91" },
      steps: [
        {
          step: "move",
          endpointId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34",
          at: "2026-07-01T00:00:00+02:00",
        },
      ],
      dryRun: true,
    }),
  },
  responses: {
    202: {
      ...json("Queued: ask its address how far it is", BulkJob, {
        ...jobExample,
        ...{ state: "waiting", result: null, endedAt: null },
      } as never),
      headers: { Location: { description: "The job", schema: { type: "string" as const } } },
    },
    ...refusedWriting(),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/message-types/$bulk/{id}",
  summary: "How far a bulk edit is, and what became of it · Status for en massrettelse",
  description: "For the key that asked for it, for thirty days after its end.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: { 200: json("The job", BulkJob, jobExample as never), ...refusedReading("not-found") },
});

/** Bulk edits of registrations, carried out by a worker. */
export function bulkEdits() {
  const app = newRouter();
  app.openapi(startRoute, async (c) => {
    const job = await startBulk(c.var.ctx, c.req.valid("json"));
    return c.json(job, 202, { ...noStore, Location: `/v1/message-types/$bulk/${job.id}` });
  });
  app.openapi(getRoute, async (c) => c.json(await getBulk(c.var.ctx, c.req.valid("param")), 200, noStore));
  return app;
}
