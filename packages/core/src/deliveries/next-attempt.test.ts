import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastAttemptSeconds } from "../queue/index.ts";
import {
  type BreakerState,
  isProbing,
  nextAttempt,
  nextBreaker,
  policyFor,
  readRetryAfter,
  readStatus,
  standardPolicy,
} from "./next-attempt.ts";

const now = new Date("2026-03-01T10:00:00Z");
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const delaySeconds = (attempts: number, random: number, retryAfterSeconds?: number) => {
  const outcome = {
    kind: "failed" as const,
    status: 503,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  const decision = nextAttempt({ attempts, giveUpAt: inDays(5) }, outcome, now, random);
  if (decision.kind !== "retry") throw new Error(decision.kind);
  return (decision.at.getTime() - now.getTime()) / 1000;
};

describe("the status of an answer", () => {
  test.each([200, 201, 202, 204, 299])("%i: taken", (status) => {
    expect(readStatus(status, null, now)).toEqual({ kind: "delivered", status });
  });
  test.each([400, 401, 403, 404, 410, 413, 415, 422, 451])("%i: permanently refused", (status) => {
    expect(readStatus(status, null, now)).toEqual({ kind: "refused", status });
  });
  test.each([199, 300, 301, 302, 307, 408, 425, 429, 500, 502, 503, 504])("%i: later", (status) => {
    expect(readStatus(status, null, now)).toEqual({ kind: "failed", status });
  });
  test("only a request to wait gives a number of seconds", () => {
    expect(readStatus(503, "120", now)).toEqual({ kind: "failed", status: 503, retryAfterSeconds: 120 });
    expect(readStatus(503, "soon", now)).not.toHaveProperty("retryAfterSeconds");
  });
  test.each([
    ["120", 120],
    ["Wed, 11 Mar 2026 10:00:00 GMT", 864_000],
    ["Sun, 01 Mar 2026 10:02:00 GMT", 120],
    ["Sun, 01 Mar 2026 09:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["", undefined],
    [null, undefined],
  ])("Retry-After %j is %j seconds", (value, seconds) => {
    expect(readRetryAfter(value, now)).toBe(seconds);
  });
});

describe("the next attempt", () => {
  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [7, 1920],
    [8, 3600],
    [500, 3600],
  ])("after attempt %i is within %i seconds, with full jitter", (attempts, ceiling) => {
    expect(delaySeconds(attempts, 1)).toBe(ceiling);
    expect(delaySeconds(attempts, 0.5)).toBe(ceiling / 2);
    expect(delaySeconds(attempts, 0)).toBe(1);
  });
  test("honours a longer Retry-After, up to an hour or the policy's longest backoff", () => {
    expect(delaySeconds(1, 0, 1200)).toBe(1200);
    expect(delaySeconds(1, 0, 431_000)).toBe(3600);
    expect(delaySeconds(8, 1, 10)).toBe(3600);
    const patient = { ...standardPolicy, longestSeconds: 7200 };
    const asked = { kind: "failed", status: 503, retryAfterSeconds: 431_000 } as const;
    const decision = nextAttempt({ attempts: 1, giveUpAt: inDays(5) }, asked, now, 0, patient);
    expect(decision).toEqual({ kind: "retry", at: new Date("2026-03-01T12:00:00Z") });
  });
  test.each<[string, number, number, number | "expired"]>([
    ["a wait beyond the end is cut to the last attempt", 3600, 3600, 3570],
    ["after the last attempt there is only the end", 3600, 10, 10],
    ["a wait that ends before the last attempt stays", 60, 3600, 60],
    ["at the end it expires", 60, 0, "expired"],
  ])("%s", (_, askedSeconds, leftSeconds, expected) => {
    const delivery = { attempts: 1, giveUpAt: new Date(now.getTime() + leftSeconds * 1000) };
    const outcome = { kind: "failed", status: 503, retryAfterSeconds: askedSeconds } as const;
    const decision = nextAttempt(delivery, outcome, now, 0);
    const found = decision.kind === "retry" ? (decision.at.getTime() - now.getTime()) / 1000 : decision.kind;
    expect(found).toBe(expected);
  });
  test("is made until the delivery expires, after any answer but a permanent refusal", () => {
    const status = fc.oneof(fc.constantFrom(408, 425, 429, 500, 503), fc.integer({ min: 100, max: 199 }));
    const retryAfter = fc.oneof(
      fc.constant(null),
      fc.nat({ max: 999_999_999 }).map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.string(),
    );
    const answer = fc.record({ status, retryAfter, random: fc.double({ min: 0, max: 1, noNaN: true }) });
    const rule = fc.record({
      firstSeconds: fc.integer({ min: 1, max: 3600 }),
      factor: fc.integer({ min: 1, max: 10 }),
      longestSeconds: fc.integer({ min: 3600, max: 86_400 }),
      giveUpSeconds: fc.integer({ min: 60, max: 432_000 }),
    });
    const answers = fc.array(answer, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rule, answers, (own, given) => {
        const giveUpAt = new Date(now.getTime() + own.giveUpSeconds * 1000);
        const policy = policyFor(own, standardPolicy);
        let at = now;
        for (let attempts = 1; at < giveUpAt; attempts += 1) {
          const { status, retryAfter, random } = given[attempts % given.length] as (typeof given)[number];
          const outcome = readStatus(status, retryAfter, at);
          const decision = nextAttempt({ attempts, giveUpAt }, outcome, at, Math.max(random, 0.01), policy);
          if (decision.kind !== "retry") throw new Error(decision.kind);
          expect(decision.at > at && decision.at <= giveUpAt).toBe(true);
          expect((decision.at.getTime() - at.getTime()) / 1000).toBeLessThanOrEqual(own.longestSeconds);
          // The one before the end is the last attempt.
          if (decision.at >= giveUpAt) {
            expect(giveUpAt.getTime() - at.getTime()).toBeLessThanOrEqual(lastAttemptSeconds * 1000);
          }
          at = decision.at;
        }
      }),
      { numRuns: 60, seed: 20_270_131 },
    );
  });
  test("is not made after a delivery or a permanent refusal", () => {
    const delivery = { attempts: 1, giveUpAt: inDays(5) };
    expect(nextAttempt(delivery, { kind: "delivered", status: 200 }, now, 0)).toEqual({ kind: "done" });
    expect(nextAttempt(delivery, { kind: "refused", status: 410 }, now, 0)).toEqual({ kind: "dead" });
  });
  test("uses the configured backoff", () => {
    const policy = { firstSeconds: 2, factor: 2, longestSeconds: 5, breakerSeconds: 3 };
    const failed = { kind: "failed", status: 500 } as const;
    const waits = [1, 2, 3, 9].map((attempts) => {
      const decision = nextAttempt({ attempts, giveUpAt: inDays(5) }, failed, now, 1, policy);
      return decision.kind === "retry" ? (decision.at.getTime() - now.getTime()) / 1000 : decision.kind;
    });
    expect(waits).toEqual([2, 4, 5, 5]);
    const suspicious = { failuresInRow: 4, firstFailureAt: now, openUntil: null };
    expect(nextBreaker(suspicious, failed, now, policy).openUntil).toEqual(new Date("2026-03-01T10:00:03Z"));
  });
});

test("an endpoint's own rule replaces the backoff; the breaker is the same for all", () => {
  const own = { firstSeconds: 10, factor: 3, longestSeconds: 100, giveUpSeconds: 600 };
  const policy = policyFor(own, { ...standardPolicy, breakerSeconds: 7 });
  const waits = [1, 2, 3, 4].map((attempts) => {
    const failed = { kind: "failed", status: 500 } as const;
    const decision = nextAttempt({ attempts, giveUpAt: inDays(5) }, failed, now, 1, policy);
    return decision.kind === "retry" ? (decision.at.getTime() - now.getTime()) / 1000 : decision.kind;
  });
  expect(waits).toEqual([10, 30, 90, 100]);
  expect(policy.breakerSeconds).toBe(7);
  expect(policyFor(null, standardPolicy)).toEqual(standardPolicy);
});

describe("the circuit breaker", () => {
  const failed = { kind: "failed", status: 500 } as const;
  const closed: BreakerState = { failuresInRow: 0, firstFailureAt: null, openUntil: null };
  const after = (failures: number) =>
    Array.from({ length: failures }).reduce<BreakerState>((state) => nextBreaker(state, failed, now), closed);

  test("opens at the fifth consecutive failure, not before", () => {
    expect(after(4).openUntil).toBeNull();
    expect(isProbing(after(4))).toBe(false);
    expect(after(5).openUntil).toEqual(new Date("2026-03-01T10:01:00Z"));
    expect(isProbing(after(5))).toBe(true);
  });
  test("keeps the time of the first consecutive failure", () => {
    const next = nextBreaker(after(1), failed, new Date(now.getTime() + 60_000));
    expect(next).toMatchObject({ failuresInRow: 2, firstFailureAt: now });
  });
  test("closes at the first answer, even a refusal", () => {
    expect(nextBreaker(after(9), { kind: "delivered", status: 200 }, now)).toEqual(closed);
    expect(nextBreaker(after(9), { kind: "refused", status: 422 }, now)).toEqual(closed);
  });
});
