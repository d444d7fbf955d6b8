import { describe, expect, test } from "vitest";
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
  test.each([400, 401, 403, 404, 410, 413, 415, 422, 451])("%i: refused for good", (status) => {
    expect(readStatus(status, null, now)).toEqual({ kind: "refused", status });
  });
  test.each([301, 302, 307, 408, 425, 429, 500, 502, 503, 504])("%i: later", (status) => {
    expect(readStatus(status, null, now)).toEqual({ kind: "failed", status });
  });
  test.each([
    ["120", 120],
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
  ])("after attempt %i comes within %i seconds, by full jitter", (attempts, ceiling) => {
    expect(delaySeconds(attempts, 1)).toBe(ceiling);
    expect(delaySeconds(attempts, 0.5)).toBe(ceiling / 2);
    expect(delaySeconds(attempts, 0)).toBe(1);
  });
  test("never comes before the receiver asked for it", () => {
    expect(delaySeconds(1, 0, 7200)).toBe(7200);
    expect(delaySeconds(8, 1, 10)).toBe(3600);
  });
  test("is not made when it would come after the five days", () => {
    const late = { attempts: 30, giveUpAt: new Date(now.getTime() + 10_000) };
    expect(nextAttempt(late, { kind: "unknown", error: "ETIMEDOUT" }, now, 0.5)).toEqual({ kind: "expired" });
  });
  test("is not made after a letter was taken or refused", () => {
    const delivery = { attempts: 1, giveUpAt: inDays(5) };
    expect(nextAttempt(delivery, { kind: "delivered", status: 200 }, now, 0)).toEqual({ kind: "done" });
    expect(nextAttempt(delivery, { kind: "refused", status: 410 }, now, 0)).toEqual({ kind: "dead" });
  });
  test("keeps to the waits of the installation's own policy", () => {
    const policy = { firstDelaySeconds: 2, factor: 2, longestDelaySeconds: 5, breakerSeconds: 3 };
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

test("an endpoint's own rule is that of its letters; the breaker is the same for all", () => {
  const own = { firstSeconds: 10, factor: 3, longestSeconds: 100, giveUpSeconds: 600 };
  const policy = policyFor(own, { ...standardPolicy, breakerSeconds: 7 });
  const waits = [1, 2, 3, 4].map((attempts) => {
    const failed = { kind: "failed", status: 500 } as const;
    const decision = nextAttempt({ attempts, giveUpAt: inDays(5) }, failed, now, 1, policy);
    return decision.kind === "retry" ? (decision.at.getTime() - now.getTime()) / 1000 : decision.kind;
  });
  expect(waits).toEqual([10, 30, 90, 100]);
  expect(policy.breakerSeconds).toBe(7);
  expect(policyFor(null, standardPolicy)).toBe(standardPolicy);
});

describe("the circuit breaker", () => {
  const failed = { kind: "failed", status: 500 } as const;
  const closed: BreakerState = { failuresInRow: 0, firstFailureAt: null, openUntil: null };
  const after = (failures: number) =>
    Array.from({ length: failures }).reduce<BreakerState>((state) => nextBreaker(state, failed, now), closed);

  test("opens at the fifth failure in a row, not before", () => {
    expect(after(4).openUntil).toBeNull();
    expect(isProbing(after(4))).toBe(false);
    expect(after(5).openUntil).toEqual(new Date("2026-03-01T10:01:00Z"));
    expect(isProbing(after(5))).toBe(true);
  });
  test("closes at the first answer, also when that is a refusal of the letter", () => {
    expect(nextBreaker(after(9), { kind: "delivered", status: 200 }, now)).toEqual(closed);
    expect(nextBreaker(after(9), { kind: "refused", status: 422 }, now)).toEqual(closed);
  });
});
