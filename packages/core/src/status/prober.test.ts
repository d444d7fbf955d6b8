import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { testDatabase } from "../testing/index.ts";
import { asksDatabase, asksHttp, probe, readStatus, recordProbes, startProber } from "./index.ts";
import { serviceProbeDays, serviceProbes } from "./tables.ts";

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

const minuteOf = (text: string) => new Date(`2026-${text}:00Z`);
type Measured = [target: "gateway" | "database" | "portal", isUp: boolean, latencyMilliseconds: number];
const record = (at: Date, ...list: Measured[]) =>
  recordProbes(
    createContext(db, { kind: "system", job: "probe" }, at),
    list.map(([target, isUp, latencyMilliseconds]) => ({ target, isUp, latencyMilliseconds })),
    at,
  );
const probesOf = (target: "database" | "portal") =>
  db.select().from(serviceProbes).where(eq(serviceProbes.target, target));
const daysOf = async (target: "database" | "portal") => {
  const { day, up, slow, down } = serviceProbeDays;
  const rows = await db
    .select({ day, up, slow, down })
    .from(serviceProbeDays)
    .where(eq(serviceProbeDays.target, target))
    .orderBy(day);
  return rows.map((row) => [row.day, row.up, row.slow, row.down]);
};

test("the first result of a minute is kept, whichever process measured it, and an older one is left out", async () => {
  const minute = minuteOf("01-01T10:00");
  await Promise.all([record(minute, ["portal", true, 1]), record(minute, ["portal", true, 1])]);
  await record(minute, ["portal", false, 1]);
  await record(minuteOf("01-01T09:59"), ["portal", false, 1]);
  const ctx = createContext(db, { kind: "anonymous" }, minuteOf("01-01T10:01"));
  expect((await readStatus(ctx, "production")).find(({ id }) => id === "portal")?.state).toBe("operational");
  expect(await daysOf("portal")).toEqual([["2026-01-01", 1, 0, 0]]);
});

test("one row per target is kept, and each day in Denmark has its counts, for 400 days", async () => {
  await record(minuteOf("06-30T21:58"), ["database", true, 1000], ["portal", true, 1]);
  await record(minuteOf("06-30T21:59"), ["database", true, 1001], ["portal", true, 1]);
  await record(minuteOf("06-30T22:00"), ["database", false, 5000]);
  expect(await probesOf("database")).toMatchObject([{ at: minuteOf("06-30T22:00"), isUp: false }]);
  const first = ["2026-06-30", 1, 1, 0];
  expect(await daysOf("database")).toEqual([first, ["2026-07-01", 0, 0, 1]]);
  await record(new Date("2027-08-04T10:00:00Z"), ["database", true, 1]);
  expect((await daysOf("database"))[0]).toEqual(first);
  await record(new Date("2027-08-05T10:00:00Z"), ["database", true, 1]);
  expect((await daysOf("database"))[0]).toEqual(["2026-07-01", 0, 0, 1]);
});

/** The state of the gateway's service after the first round of a prober. */
async function afterFirstRound(
  ask: () => Promise<boolean>,
  graceSeconds: number,
): Promise<string | undefined> {
  await db.delete(serviceProbes);
  const problems: unknown[] = [];
  const stored = new Promise<void>((resolve) => {
    const prober = startProber({
      targets: [{ target: "gateway", ask }],
      contextNow: () => {
        queueMicrotask(() => void prober.stop().then(resolve));
        return contextNow();
      },
      ...{ firstAfterSeconds: 0, graceSeconds },
      onProblem: (error) => problems.push(error),
    });
  });
  await stored;
  expect(problems).toEqual([]);
  return (await readStatus(contextNow(), "production")).find(({ id }) => id === "edi-gateway")?.state;
}

test("the prober makes a service green by measuring it", async () => {
  const ask = async () => (await fetch(address("/livez"))).ok;
  expect(await afterFirstRound(ask, 0)).toBe("operational");
});

test("a program that comes up a moment after the prober is not told as down", async () => {
  let asked = 0;
  const comesUp = async () => {
    asked += 1;
    return asked > 2;
  };
  expect(await afterFirstRound(comesUp, 60)).toBe("operational");
  expect(asked).toBe(3);
  expect(await afterFirstRound(async () => false, 0.1)).toBe("down");
});
