import { afterEach, expect, test } from "vitest";
import { testDatabase } from "../testing/index.ts";
import { openDatabase } from "./connect.ts";
import { type DatabaseClock, type DatabaseClockOptions, followDatabaseClock } from "./database-clock.ts";

const start = Date.parse("2026-03-01T10:00:00Z");
const day = 86_400_000;
const clocks: DatabaseClock[] = [];
afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
});

/** Two machines with independently adjustable clocks, and a network round trip between them. */
async function twoMachines(set: { wall?: number; database?: number } = {}) {
  const machines = { passed: 0, roundTrip: 20, wall: 0, database: 0, isAway: false, ...set };
  const ask = async () => {
    if (machines.isAway) throw new Error("away");
    machines.passed += machines.roundTrip / 2;
    const time = start + machines.passed + machines.database;
    machines.passed += machines.roundTrip / 2;
    return time;
  };
  const problems: unknown[] = [];
  const options: DatabaseClockOptions = {
    ...{ skewSecondsMax: 5, ask, onProblem: (error) => problems.push(error) },
    wall: () => start + machines.passed + machines.wall,
    monotonic: () => machines.passed,
  };
  const clock = followDatabaseClock(openDatabase("postgres://nobody@127.0.0.1:1/none"), options);
  clocks.push(clock);
  await clock.compare();
  const off = () => clock.now().getTime() - (start + machines.passed);
  return { machines, clock, off, problems };
}

test("clocks that agree are trusted, even if the query is slow within limits", async () => {
  const { machines, clock, off } = await twoMachines({ wall: 400 });
  expect(clock.state()).toEqual({ isTrusted: true, skewSeconds: 0.4 });
  machines.roundTrip = 2000;
  await clock.compare();
  expect(clock.state()).toEqual({ isTrusted: true, skewSeconds: 0.4 });
  expect(off()).toBe(0);
});

test.each([
  ["six days ahead", 6 * day],
  ["ten seconds behind", -10_000],
])("a machine that starts %s is not trusted, and uses the database's time", async (_, wall) => {
  const { clock, off } = await twoMachines({ wall });
  expect(clock.state()).toEqual({ isTrusted: false, skewSeconds: wall / 1000 });
  expect(off()).toBe(0);
});

test("a clock changed between two comparisons is noticed by the machine itself, and its time is not used", async () => {
  const { machines, clock, off } = await twoMachines();
  const heard: boolean[] = [];
  clock.subscribe(({ isTrusted }) => heard.push(isTrusted));
  machines.wall = 6 * day;
  machines.isAway = true;
  await expect.poll(() => clock.state()).toEqual({ isTrusted: false, skewSeconds: 6 * 86_400 });
  expect(off()).toBe(0);
  machines.wall = 0;
  await expect.poll(() => clock.state().isTrusted).toBe(true);
  expect(heard).toEqual([false, true]);
});

test("a changed database clock does not affect the other machines", async () => {
  const { machines, clock, off } = await twoMachines();
  machines.database = 100 * day;
  await clock.compare();
  expect(clock.state()).toEqual({ isTrusted: false, skewSeconds: -100 * 86_400 });
  expect(off()).toBe(0);
});

test("an unreachable or too slow database changes nothing", async () => {
  const { machines, clock, problems } = await twoMachines();
  machines.isAway = true;
  await clock.compare();
  expect(problems).toHaveLength(1);
  Object.assign(machines, { isAway: false, roundTrip: 60_000, database: 20_000 });
  await clock.compare();
  expect(clock.state()).toEqual({ isTrusted: true, skewSeconds: 0 });
});

test("a clock at the limit does not flap: it is trusted again only when it agrees well", async () => {
  const { machines, clock } = await twoMachines({ wall: 4000 });
  machines.wall = 6000;
  await clock.compare();
  machines.wall = 4000;
  await clock.compare();
  expect(clock.state().isTrusted).toBe(false);
  machines.wall = 1000;
  await clock.compare();
  expect(clock.state().isTrusted).toBe(true);
});

test("the real database is queried", async () => {
  const clock = followDatabaseClock(await testDatabase(), { skewSecondsMax: 5 });
  clocks.push(clock);
  await clock.compare();
  expect(clock.state().isTrusted).toBe(true);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(5000);
});
