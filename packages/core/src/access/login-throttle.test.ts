import { beforeEach, expect, test } from "vitest";
import type { Database } from "../database/index.ts";
import { testDatabase } from "../testing/index.ts";
import {
  type Count,
  claimAttempt,
  countAttempt,
  forgiveAttempt,
  type LoginSource,
  loginRules,
} from "./login-throttle.ts";

const start = new Date("2026-03-01T10:00:00Z");
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const count = (failures: number, windowEnds: number, locked: number | null): Count => ({
  failures,
  windowEndsAt: at(windowEnds),
  lockedUntil: locked === null ? null : at(locked),
});
const { network, strangers } = loginRules;

test.each<[string, typeof network, Count | undefined, Count, number | undefined]>([
  ["the first is counted", network, undefined, count(1, 900, null), undefined],
  ["one more is counted", network, count(19, 60, null), count(20, 60, null), undefined],
  ["the 21st locks", network, count(20, 60, null), count(20, 900, 900), 900],
  ["a lock stands as it is", network, count(20, 900, 500), count(20, 900, 500), 500],
  ["after a lock all begins anew", network, count(20, 900, -1), count(1, 900, null), undefined],
  ["after a window all begins anew", network, count(19, -1, null), count(1, 900, null), undefined],
  ["pacing lets one through and then waits", strangers, count(100, 60, null), count(100, 900, 30), undefined],
  ["within the wait nobody passes", strangers, count(100, 900, 10), count(100, 900, 10), 10],
  ["after the wait one passes", strangers, count(100, 900, -1), count(100, 900, 30), undefined],
  ["who stops is forgotten", strangers, count(100, -1, -900), count(1, 900, null), undefined],
])("%s", (_, rule, before, after, until) => {
  expect(countAttempt(rule, before, start)).toEqual({
    count: after,
    ...(until !== undefined && { until: at(until) }),
  });
});

let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});
const tryAll = async (sources: readonly LoginSource[], seconds = 0) => {
  const answers: (Date | undefined)[] = [];
  for (const source of sources) answers.push(await claimAttempt(db, source, at(seconds)));
  return answers;
};
const refusedOf = (answers: readonly (Date | undefined)[]) => answers.filter((until) => until).length;
const times = (most: number, make: (n: number) => LoginSource) =>
  Array.from({ length: most }, (_, n) => make(n));
const anna = (address: string, device?: string): LoginSource => ({ username: "anna", address, device });

test("a lockout affects one network only, and not even there a known browser", async () => {
  expect(refusedOf(await tryAll(times(25, () => anna("203.0.113.66"))))).toBe(5);
  expect(refusedOf(await tryAll([anna("198.51.100.7"), anna("203.0.113.66", "known")]))).toBe(0);
  expect(refusedOf(await tryAll([{ username: "bo", address: "203.0.113.66" }]))).toBe(0);
});

test("guessing one name from many networks is slowed to one attempt in half a minute, never a known browser", async () => {
  const bots = times(150, (n) => anna(`2001:db8:0:${n.toString(16)}::1`));
  expect(refusedOf(await tryAll(bots))).toBe(49);
  expect(refusedOf(await tryAll([anna("192.0.2.1", "known")]))).toBe(0);
  expect(refusedOf(await tryAll(bots.slice(0, 10), 31))).toBe(9);
  expect(refusedOf(await tryAll([anna("192.0.2.1")], 31 + 31))).toBe(0);
});

test("a known browser has its own limit", async () => {
  expect(refusedOf(await tryAll(times(25, (n) => anna(`192.0.2.${n}`, "known"))))).toBe(5);
  expect(refusedOf(await tryAll([anna("192.0.2.1", "another")]))).toBe(0);
});

test("one network that tries many user names is locked out, an IPv6 one by its first 64 bits; others are not", async () => {
  const names = times(100, (n) => ({ username: `user${n}`, address: `2001:db8:0:1::${n.toString(16)}` }));
  expect(refusedOf(await tryAll(names))).toBe(0);
  expect(refusedOf(await tryAll([anna("2001:db8:0:1:ffff::1"), anna("2001:db8:0:2::1")]))).toBe(1);
});

test("40 concurrent attempts get no more than 20 guesses", async () => {
  const answers = await Promise.all(
    times(40, () => anna("192.0.2.1")).map((one) => claimAttempt(db, one, start)),
  );
  expect(refusedOf(answers)).toBe(20);
});

test("a correct password clears its own attempt and its network's failures for that name, and nothing else", async () => {
  await tryAll(times(19, () => anna("192.0.2.1")));
  await tryAll(times(85, (n) => anna(`198.51.100.${n}`)));
  expect(refusedOf(await tryAll([anna("192.0.2.1")]))).toBe(1);
  await forgiveAttempt(db, anna("192.0.2.1"), at(40));
  expect(
    refusedOf(
      await tryAll(
        times(20, () => anna("192.0.2.1")),
        40,
      ),
    ),
  ).toBeGreaterThan(15);
});
