import { createRoute } from "@hono/zod-openapi";
import {
  EndpointHealth,
  EndpointProbe,
  EndpointTest,
  endpointHealth,
  testEndpoint,
  testTimeoutSeconds,
} from "@sor/core/probes";
import type { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { privateHostsOf } from "../../config.ts";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { tryFolder } from "../../workers/send-folder.ts";
import { byId, idempotencyHeader, json, jsonBody, noStore, nothing, security } from "../shared.ts";
import { bodyBytesMax, onlyVisible, tags } from "./shared.ts";

const probeExample: z.input<typeof EndpointProbe> = {
  at: "2026-03-01T10:20:00.000Z",
  origin: "test",
  isUp: true,
  latencyMilliseconds: 143,
  detail: {
    method: "test-event",
    fault: null,
    address: "193.0.14.129",
    addresses: 2,
    milliseconds: { name: 3, connection: 21, handshake: 44, answer: 75 },
    tls: {
      version: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      isTrusted: true,
      certificates: [
        {
          subject: "CN=edi.example.dk",
          issuer: "CN=Example CA",
          sha256: "34380452f60dcbcb26a40e2ae08824b7f23affb5fb1e6f4138d98c8fe7d41995",
          validFrom: "2025-12-22T04:50:35.000Z",
          validTo: "2026-12-22T04:50:35.000Z",
        },
      ],
    },
    status: 204,
    signature: "accepted",
    excerpt: null,
  },
};
const counts = { attempts: 40, delivered: 39, refused: 0, failed: 1, successRate: 0.975 };
const healthExample: z.input<typeof EndpointHealth> = {
  endpointId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34",
  state: "active",
  lastVerifiedAt: "2026-03-01T10:00:00.000Z",
  lastSuccessAt: "2026-03-01T10:20:00.000Z",
  lastFailureAt: null,
  deliveries: { lastSuccessAt: "2026-03-01T10:18:00.000Z", lastFailureAt: null, day: counts, week: counts },
  breaker: { state: "closed", failuresInRow: 0, firstFailureAt: null, openUntil: null },
  queue: { waiting: 2, held: 0, oldestAt: "2026-03-01T10:19:58.000Z", oldestSeconds: 2 },
  probes: {
    lastSuccessAt: "2026-03-01T10:20:00.000Z",
    lastFailureAt: null,
    failuresInRow: 0,
    nextAt: "2026-03-01T10:33:12.000Z",
    folderWantedAt: null,
    latest: [probeExample],
  },
  certificate: {
    sha256: "34380452f60dcbcb26a40e2ae08824b7f23affb5fb1e6f4138d98c8fe7d41995",
    validTo: "2026-12-22T04:50:35.000Z",
    daysLeft: 295,
  },
};
const testRoute = createRoute({
  method: "post",
  path: "/v1/endpoints/{id}/$test",
  summary: "Test it now · Prøv det nu",
  description:
    "For a webhook, posts an event marked as a test (`webhook-id` begins with `test_`, `sor-event: test`), signed as messages are; the answer shows name resolution, connection, TLS, certificates and status step by step. For a mailbox, checks that its store keeps what is written. For a folder, writes a file under a temporary name and removes it (`excerpt` gives the reason when that failed). Takes at most ten seconds; one test in ten seconds for each endpoint. The result is stored with the probes. Answers 200 also when the endpoint does not answer: that is the result. A paused endpoint can be tested.",
  tags,
  security,
  middleware: [requireKey, onlyVisible, limitBody(bodyBytesMax), idempotent] as const,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(EndpointTest, { method: "test-event" }),
  },
  responses: {
    200: json("The result", EndpointProbe, probeExample),
    ...problemResponses(
      "invalid",
      "malformed",
      "not-signed-in",
      "not-allowed",
      "not-found",
      "gone",
      "idempotency-key-in-flight",
      "idempotency-key-reused",
      "too-large",
      "unsupported-media-type",
      "too-many",
      "unavailable",
    ),
  },
});

const healthRoute = createRoute({
  method: "get",
  path: "/v1/endpoints/{id}/health",
  summary: "Health of an endpoint · Hvordan det går",
  description:
    "Success rates are for whole hours. Probes: the newest fifty; two hundred or thirty days are kept.",
  tags,
  security,
  middleware: [requireKey, onlyVisible] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("The health of the endpoint", EndpointHealth, healthExample),
    ...problemResponses("invalid", "not-signed-in", "not-allowed", "not-found", "too-many", "unavailable"),
  },
});

/** Tests an endpoint now, and reports its health. */
export function askEndpoints(deps: Deps) {
  const app = newRouter();
  const privateHosts = privateHostsOf(deps.config);

  app.openapi(testRoute, async (c) => {
    const folders = {
      root: deps.config.FOLDER_ROOT,
      timeoutMilliseconds: testTimeoutSeconds * 1000,
    };
    const input = {
      ...{ ...c.req.valid("param"), ...c.req.valid("json"), privateHosts },
      tryFolder: (folder: { supplierId: string; path: string }) => tryFolder({ ...folders, ...folder }),
    };
    const { at, isUp, latencyMilliseconds, detail } = await testEndpoint(c.var.ctx, input);
    const found = { at: at.toISOString(), origin: "test" as const, isUp, latencyMilliseconds, detail };
    return c.json(found, 200, noStore);
  });

  app.openapi(healthRoute, async (c) =>
    c.json(await endpointHealth(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
  return app;
}
