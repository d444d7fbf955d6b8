import { createConnection } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";

const server = createGatewayServer(testDeps());
let port: number;

beforeAll(async () => {
  port = Number(new URL(await listen(server, 0, "127.0.0.1")).port);
});
afterAll(() => closeServer(server));

/** Sends raw bytes, and returns everything received until the other side closes. */
async function talk(text: string): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  socket.write(text);
  let answer = "";
  for await (const piece of socket.setEncoding("utf8")) answer += piece;
  const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
  const type = /content-type: ([^\r]*)/i.exec(head)?.[1] ?? "";
  return { status: Number(head.split(" ")[1]), type, body: JSON.parse(body) as Record<string, unknown> };
}

test.each([
  ["bytes that are no request", "\x16\x03\x01\r\n\r\n", 400, "malformed"],
  ["an unknown method", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed"],
  [
    "headers that are too long",
    `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
    431,
    "headers-too-large",
  ],
  [
    "broken chunks",
    "POST /v1/interchanges HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
    "malformed",
  ],
  ["two hosts", "GET /livez HTTP/1.1\r\nHost: a\r\nhost: a\r\nConnection: close\r\n\r\n", 400, "malformed"],
  [
    "two hosts of a plain lookup",
    "GET /v1/routes/5790000123117/DIS91 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    400,
    "malformed",
  ],
  ["an invalid host", "GET /livez HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n", 400, "malformed"],
])("%s is answered with a problem", async (_name, text, status, code) => {
  const answer = await talk(text);
  expect(answer).toMatchObject({
    status,
    type: "application/problem+json; charset=utf-8",
    body: { status, code },
  });
});
