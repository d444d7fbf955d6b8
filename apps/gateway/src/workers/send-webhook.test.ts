import http from "node:http";
import type { AddressInfo } from "node:net";
import { contentOf } from "@sor/core/messages";
import { anUnfinishedServer, unfinishedBodies } from "@sor/core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aReceiver, type Receiver } from "../testing/a-receiver.ts";
import { createAgents, sendWebhook } from "./send-webhook.ts";

let target: Receiver;
const closing: (() => void)[] = [];

beforeEach(async () => {
  target = await aReceiver();
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await target.stop();
});

function send(
  address: string,
  found: readonly string[],
  privateHosts: string[] = [],
  bytes = Buffer.from("x"),
) {
  const resolve = async () => found.map((numeric) => ({ address: numeric, family: 4 }));
  const { agents, close } = createAgents(resolve);
  closing.push(close);
  const post = {
    address,
    headers: { "content-length": String(bytes.byteLength) },
    body: () => contentOf(bytes).parts(),
    privateHosts,
    timeoutMilliseconds: 5000,
    signal: new AbortController().signal,
    now: () => new Date(),
  };
  return sendWebhook(post, agents);
}

test.each([
  ["https://127.0.0.1/in", "address-own-machine"],
  ["https://169.254.169.254/latest", "address-not-public"],
  ["https://10.1.2.3/in", "address-not-public"],
  ["https://100.64.0.1/in", "address-not-public"],
  ["https://[fd00::1]/in", "address-not-public"],
  ["https://[::ffff:192.168.0.1]/in", "address-not-public"],
  ["https://[64:ff9b::c0a8:1]/in", "address-not-public"],
  ["https://0xc0.0xa8.0.1/in", "address-not-public"],
  ["https://0300.0250.0.1/in", "address-not-public"],
  ["https://3232235521/in", "address-not-public"],
])("nothing is sent to %s", async (address, error) => {
  const { outcome } = await send(address, []);
  expect(outcome).toEqual({ kind: "failed", error });
});

test.each([["127.0.0.1"], ["10.0.0.1"], ["100.64.0.1"], ["169.254.169.254"]])(
  "nothing is sent to a name that resolves to %s",
  async (found) => {
    const { outcome } = await send("https://edi.example.dk/in", [found]);
    expect(outcome).toEqual({ kind: "failed", error: "EPRIVATE" });
    expect(target.posts).toEqual([]);
  },
);

test("an allowed host is reached, on the allowed port only", async () => {
  const { port } = new URL(target.address());
  const address = `http://127.0.0.1:${port}/in`;
  expect((await send(address, [], [`127.0.0.1:${port}`])).outcome).toMatchObject({ kind: "delivered" });
  expect((await send(address, [], ["127.0.0.1:1"])).outcome).toMatchObject({ error: "address-not-https" });
  expect(target.posts).toHaveLength(1);
});

describe("the status of an answer decides, whatever happens to its body", () => {
  test.each(
    unfinishedBodies.flatMap((body) => [
      [200, body, { kind: "delivered", status: 200 }] as const,
      [404, body, { kind: "refused", status: 404 }] as const,
      [503, body, { kind: "failed", status: 503 }] as const,
    ]),
  )("%i, %s", async (status, body, outcome) => {
    const server = await anUnfinishedServer(status, body);
    const sent = await send(server.address, [], ["127.0.0.1"]);
    await server.stop();
    expect(sent.outcome).toEqual(outcome);
    if (body !== "malformed") expect(sent.responseExcerpt).toMatch(/^begun/);
    expect(sent.latencyMilliseconds).toBeLessThan(4000);
  });
});

describe("an answer that arrives before the body is sent", () => {
  const large = Buffer.alloc(8_000_000, "x");
  async function answeringEarly(status: number, afterwards: (request: http.IncomingMessage) => void) {
    const server = http.createServer((request, response) => {
      response.writeHead(status).end("early");
      afterwards(request);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    closing.push(() => server.closeAllConnections());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  }

  test("and accepts it does not abort the rest", async () => {
    let bytes = 0;
    const address = await answeringEarly(202, (request) => {
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        request.pause();
        setTimeout(() => request.resume(), 10);
      });
    });
    const { outcome } = await send(address, [], ["127.0.0.1"], large);
    expect(outcome).toEqual({ kind: "delivered", status: 202 });
    await expect.poll(() => bytes).toBe(large.byteLength);
  });

  test.each([
    [200, { kind: "delivered", status: 200 }],
    [413, { kind: "refused", status: 413 }],
    [503, { kind: "failed", status: 503 }],
  ])("and closes the connection: its status %i decides", async (status, outcome) => {
    const address = await answeringEarly(status, (request) =>
      request.once("data", () => setTimeout(() => request.destroy(), 100)),
    );
    expect((await send(address, [], ["127.0.0.1"], large)).outcome).toEqual(outcome);
  });
});
