import { contentOf } from "@sor/core/messages";
import { afterEach, beforeEach, expect, test } from "vitest";
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

function send(address: string, found: readonly string[], privateHosts: string[] = []) {
  const resolve = async () => found.map((numeric) => ({ address: numeric, family: 4 }));
  const { agents, close } = createAgents(resolve);
  closing.push(close);
  const post = {
    address,
    headers: { "content-length": "1" },
    body: () => contentOf(Buffer.from("x")).parts(),
    privateHosts,
    timeoutMilliseconds: 5000,
    signal: new AbortController().signal,
    now: () => new Date(),
  };
  return sendWebhook(post, agents);
}

test.each([
  ["https://127.0.0.1/in", "address-own-machine"],
  ["https://169.254.169.254/latest", "address-own-machine"],
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
  "nothing is sent to a name that stands for %s",
  async (found) => {
    const { outcome } = await send("https://edi.example.dk/in", [found]);
    expect(outcome).toEqual({ kind: "failed", error: "EPRIVATE" });
    expect(target.posts).toEqual([]);
  },
);

test("a host that the installation allows is reached, on the port that it allows", async () => {
  const { port } = new URL(target.address());
  const address = `http://127.0.0.1:${port}/in`;
  expect((await send(address, [], [`127.0.0.1:${port}`])).outcome).toMatchObject({ kind: "delivered" });
  expect((await send(address, [], ["127.0.0.1:1"])).outcome).toMatchObject({ error: "address-not-https" });
  expect(target.posts).toHaveLength(1);
});
