import http from "node:http";
import type { AddressInfo } from "node:net";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { getMessage, listAttempts } from "@sor/core/messages";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "../app.ts";
import { aReceiver, eventually, type Receiver } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { startWorkers, type Workers } from "../workers/index.ts";
import { startTracing, type Tracing } from "./index.ts";

const sender = "5790000120420";
const receiver = "5790000128686";
type Attribute = { key: string; value: Record<string, string | number> };
type SpanJson = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Attribute[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number };
};
type Payload = {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: SpanJson[] }[] }[];
};

let db: Database | undefined;
let collector: http.Server;
let target: Receiver;
let texts: string[];
let tracing: Tracing | undefined;
const running: Workers[] = [];

beforeEach(async () => {
  texts = [];
  target = await aReceiver();
  collector = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      texts.push(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  for (const workers of running.splice(0)) await workers.stop();
  await tracing?.stop();
  vi.unstubAllEnvs();
  collector.closeAllConnections();
  collector.close();
  await target.stop();
  if (db) await closeDatabase(db);
  db = undefined;
});

const settings = (more: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "50",
  OTEL_SERVICE_NAME: "gateway-test",
  ...more,
});

/** The exporter reads its variables from the process environment, as the standard says. */
async function traceWith(env: Record<string, string>): Promise<Tracing> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  tracing = await startTracing(env, (problem) => {
    throw new Error(problem);
  });
  if (!tracing) throw new Error("tracing did not start");
  return tracing;
}

const spans = () =>
  texts.flatMap((text) =>
    (JSON.parse(text) as Payload).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const attributesOf = (span: SpanJson | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

test("a message is one trace over its attempts, linked to the request that submitted it, without location numbers", async () => {
  const url = await testDatabaseUrl();
  const own = openDatabase(url);
  db = own;
  const [from, to] = [await aVendor(db), await aVendor(db)];
  await aLocation(own, { gln: sender, supplierId: from.supplierId });
  await aLocation(own, { gln: receiver, supplierId: to.supplierId });
  const endpoint = await anEndpoint(own, {
    supplierId: to.supplierId,
    address: target.address(`/in/${receiver}`),
  });
  await receives(own, receiver, endpoint, [["DIS91", "D9134L"]]);
  const traced = await traceWith(settings());
  const env = { DATABASE_URL: url, WEBHOOK_PRIVATE_HOSTS: "127.0.0.1" };
  const deps = (aheadSeconds = 0) =>
    testDeps({
      db: own,
      env,
      tracing: traced,
      clock: () => new Date(Date.now() + aheadSeconds * 1000),
      findKey: async () => ({ state: "valid", actor: from.key }),
    });
  target.answers.push(503);
  const callerTrace = "0af7651916cd43dd8448eb211c80319c";
  const answer = await createApp(deps()).request("/v1/interchanges", {
    method: "POST",
    body: new Uint8Array(anInterchange({ sender, receiver })),
    headers: {
      authorization: "Bearer sor_key",
      "content-type": "application/EDIFACT",
      traceparent: `00-${callerTrace}-b7ad6b7169203331-01`,
    },
  });
  expect(answer.status).toBe(202);
  const { id, messages } = (await answer.json()) as { id: string; messages: { id: string }[] };
  running.push(startWorkers(deps()));
  const ctx = createContext(own, from.key, new Date());
  const attemptsOf = async () => (await listAttempts(ctx, { id: messages[0]?.id ?? "" })).length;
  await eventually(async () => (await attemptsOf()) === 1);
  running.push(startWorkers(deps(700)));
  await eventually(async () => (await getMessage(ctx, { id: messages[0]?.id ?? "" })).state === "delivered");
  await eventually(async () => spans().filter(({ name }) => name === "send webhook").length === 2);

  const ofMessage = spans().filter(({ traceId }) => traceId === id.replaceAll("-", ""));
  const root = ofMessage.find(({ name }) => name === "receive interchange");
  const attempts = ofMessage.filter(({ name }) => name === "send webhook");
  const [first, second] = attempts.sort(
    (a, b) =>
      Number(attributesOf(a)["sor.delivery.attempt"]) - Number(attributesOf(b)["sor.delivery.attempt"]),
  );
  const request = spans().find(({ name }) => name === "POST /v1/interchanges");
  expect(request?.traceId).toBe(callerTrace);
  expect(root?.links).toMatchObject([{ traceId: callerTrace, spanId: request?.spanId }]);
  expect([first?.parentSpanId, second?.parentSpanId]).toEqual([root?.spanId, root?.spanId]);
  expect(first?.links ?? []).toEqual([]);
  expect(second?.links).toMatchObject([{ traceId: first?.traceId, spanId: first?.spanId }]);
  expect(attributesOf(first)).toMatchObject({
    "messaging.system": "sor",
    "messaging.operation.type": "send",
    "messaging.message.id": id,
    "sor.delivery.outcome": "failed",
    "error.type": "503",
  });
  expect(attributesOf(second)["error.type"]).toBeUndefined();
  expect(target.posts.map(({ headers }) => headers["traceparent"])).toEqual(
    [first, second].map((span) => `00-${span?.traceId}-${span?.spanId}-01`),
  );
  expect(attributesOf(request)).toMatchObject({
    "http.route": "/v1/interchanges",
    "http.response.status_code": 202,
  });
  for (const text of texts) expect(text).not.toMatch(/579\d{10}/);
  expect(texts[0]).toContain("gateway-test");
}, 60_000);

test("a sampler that keeps half of the traces keeps a message's attempts when it keeps the message", async () => {
  const traced = await traceWith(
    settings({ OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" }),
  );
  const now = new Date();
  for (let number = 0; number < 40; number += 1) {
    const interchangeId = `0196f1f0-0000-7000-8000-${(number * 6_999_999_937).toString(16).padStart(12, "0")}`;
    const facts = { interchangeId, sizeBytes: 1 };
    traced.takenIn({
      ...facts,
      startedAt: now,
      format: "EDIFACT",
      messageCount: 1,
      requestTraceparent: undefined,
    });
    const attempt = traced.startAttempt({
      ...facts,
      deliveryId: interchangeId,
      attempts: 0,
      transport: "webhook",
    });
    attempt.end({ outcome: "delivered", errorType: undefined });
  }
  await traced.stop();
  tracing = undefined;
  const names = [...Map.groupBy(spans(), ({ traceId }) => traceId).values()].map((list) =>
    list.map(({ name }) => name),
  );
  expect(names.length).toBeGreaterThan(5);
  expect(names.length).toBeLessThan(35);
  for (const list of names) expect(list.sort()).toEqual(["receive interchange", "send webhook"]);
});

test.each([
  ["names no collector", {}],
  ["disables the SDK", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" }],
  ["wants no exporter", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "none" }],
])("nothing is traced when the environment %s", async (_name, env) => {
  expect(await startTracing(env, () => {})).toBeUndefined();
});

test("an unsupported protocol is reported at the start", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  await expect(startTracing(env, () => {})).rejects.toThrow(
    "OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf",
  );
});
