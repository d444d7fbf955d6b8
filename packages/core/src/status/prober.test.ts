import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { testDatabase } from "../testing/index.ts";
import { asksDatabase, asksHttp, probe, readStatus, recordProbes, startProber } from "./index.ts";

const db = await testDatabase();
const contextNow = () => createContext(db, { kind: "system", job: "probe" }, new Date());
const server = createServer((request, response) => {
  if (request.url === "/hangs") return;
  response.writeHead(request.url === "/livez" ? 200 : 503).end();
}).listen(0, "127.0.0.1");
afterAll(() => server.close().closeAllConnections());
const address = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

test.each([
  ["an answer is up", "/livez", true],
  ["an error is down", "/broken", false],
  ["no answer in time is down", "/hangs", false],
])("%s", async (_name, path, isUp) => {
  expect(await probe("gateway", asksHttp(address(path)), 0.3)).toMatchObject({ target: "gateway", isUp });
});

test("a target without a listener is down, and a database that answers is up", async () => {
  expect((await probe("portal", asksHttp("http://127.0.0.1:1/livez"))).isUp).toBe(false);
  expect((await probe("database", asksDatabase(contextNow()))).isUp).toBe(true);
});

test("the first result of a minute is kept, whichever process measured it", async () => {
  const minute = new Date("2026-01-01T10:00:00Z");
  await recordProbes(contextNow(), [{ target: "portal", isUp: true, latencyMilliseconds: 1 }], minute);
  await recordProbes(contextNow(), [{ target: "portal", isUp: false, latencyMilliseconds: 1 }], minute);
  const ctx = createContext(db, { kind: "anonymous" }, new Date("2026-01-01T10:01:00Z"));
  expect((await readStatus(ctx, "production")).find(({ id }) => id === "portal")?.state).toBe("operational");
});

test("the prober makes a service green by measuring it", async () => {
  const problems: unknown[] = [];
  const stored = new Promise<void>((resolve) => {
    const prober = startProber({
      targets: [{ target: "gateway", ask: asksHttp(address("/livez")) }],
      contextNow: () => {
        queueMicrotask(() => void prober.stop().then(resolve));
        return contextNow();
      },
      firstAfterSeconds: 0,
      onProblem: (error) => problems.push(error),
    });
  });
  await stored;
  expect(problems).toEqual([]);
  expect((await readStatus(contextNow(), "production")).find(({ id }) => id === "edi-gateway")?.state).toBe(
    "operational",
  );
});
