import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextSending } from "../outbox/next-sending.ts";
import { dueTime, isQuiet, nextDanishTime } from "../subscriptions/index.ts";
import { closeAfterSeconds, decideIncident, flapsAtStart, type IncidentMemory } from "./decide-incident.ts";
import { isMeantFor } from "./is-meant-for.ts";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const inSeconds = (seconds: number) => ago(-seconds);
const rule = { severity: "serious", openAfterSeconds: 60, closeAfterSeconds: 120 } as const;
const memory = (more: Partial<IncidentMemory>): IncidentMemory => ({
  state: "open",
  firstSeenAt: ago(600),
  clearSince: null,
  flaps: 0,
  ...more,
});

describe("an incident", () => {
  test.each<[string, Partial<IncidentMemory>, boolean, string]>([
    ["seen for too short a time", { state: "pending", firstSeenAt: ago(59) }, true, "stay"],
    ["seen for long enough", { state: "pending", firstSeenAt: ago(60) }, true, "open"],
    ["gone before anybody was notified", { state: "pending", firstSeenAt: ago(600) }, false, "forget"],
    ["open and still present", {}, true, "stay"],
    ["open and absent for the first time", {}, false, "clearing"],
    ["absent, not yet long enough", { clearSince: ago(119) }, false, "stay"],
    ["absent for long enough", { clearSince: ago(120) }, false, "close"],
    ["recurred before it was closed", { clearSince: ago(100) }, true, "back"],
    ["that flapped once, absent for almost twice as long", { clearSince: ago(239), flaps: 1 }, false, "stay"],
    ["that flapped once, absent for long enough", { clearSince: ago(240), flaps: 1 }, false, "close"],
  ])("%s", (_name, given, isHolding, expected) => {
    expect(decideIncident(memory(given), isHolding, rule, now).kind).toBe(expected);
  });

  test("that comes and goes every minute opens once and does not close", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 3, maxLength: 60 }), (holds) => {
        let incident = memory({ state: "open", clearSince: null });
        let closings = 0;
        holds.forEach((isHolding, minute) => {
          const at = inSeconds(minute * 60);
          const move = decideIncident(incident, isHolding, rule, at);
          if (move.kind === "close") closings += 1;
          if ("clearSince" in move) incident = { ...incident, clearSince: move.clearSince };
          if ("flaps" in move) incident = { ...incident, flaps: move.flaps };
        });
        const longestAway = holds
          .map((holding) => (holding ? "x" : "-"))
          .join("")
          .split("x")
          .reduce((most, run) => Math.max(most, run.length), 0);
        // Two minutes of absence are three checks without the fault.
        if (longestAway < 3) expect(closings).toBe(0);
      }),
    );
  });

  test("is damped sixteenfold at most, and from the start when the same fault was closed within the hour", () => {
    expect(closeAfterSeconds(rule, 50)).toBe(16 * 120);
    expect(flapsAtStart({ closedAt: ago(3000), flaps: 2 }, now)).toBe(3);
    expect(flapsAtStart({ closedAt: ago(3700), flaps: 2 }, now)).toBe(0);
    expect(flapsAtStart(undefined, now)).toBe(0);
  });
});

describe("quiet hours and digests", () => {
  const rhythm = { digest: "at-once", quietFrom: null, quietTo: null, lastPackedAt: null } as const;
  const night = { ...rhythm, quietFrom: "22:00", quietTo: "06:30" };
  const due = (given: Parameters<typeof dueTime>[0], at: string, severity: "minor" | "serious" = "minor") =>
    dueTime(given, severity === "serious", new Date(at)).toISOString();

  test.each([
    ["2026-01-10T20:59:00Z", false],
    ["2026-01-10T21:00:00Z", true],
    ["2026-01-11T05:29:00Z", true],
    ["2026-01-11T05:30:00Z", false],
    ["2026-07-10T20:00:00Z", true],
  ])("are Danish local times, also over midnight and in summer: %s is quiet: %s", (at, expected) => {
    expect(isQuiet(night, new Date(at))).toBe(expected);
  });

  test("delay what is not serious until they end", () => {
    expect(due(night, "2026-01-10T22:15:00Z")).toBe("2026-01-11T05:30:00.000Z");
    expect(due(night, "2026-01-10T22:15:00Z", "serious")).toBe("2026-01-10T22:16:00.000Z");
    expect(due(night, "2026-01-10T12:00:00Z")).toBe("2026-01-10T12:01:00.000Z");
  });

  test("end an hour later on the night when daylight saving skips their hour", () => {
    // 29 March 2026: 02:00 becomes 03:00 in Denmark.
    expect(nextDanishTime(new Date("2026-03-28T23:30:00Z"), "02:30").toISOString()).toBe(
      "2026-03-29T01:30:00.000Z",
    );
    // 25 October 2026: 02:30 occurs twice; the first counts.
    expect(nextDanishTime(new Date("2026-10-24T23:30:00Z"), "02:30").toISOString()).toBe(
      "2026-10-25T00:30:00.000Z",
    );
  });

  test("leave five minutes, an hour or a day between messages, except for serious ones", () => {
    const packed = { ...rhythm, lastPackedAt: new Date("2026-01-10T12:00:00Z") };
    expect(due(packed, "2026-01-10T12:01:00Z")).toBe("2026-01-10T12:05:00.000Z");
    expect(due({ ...packed, digest: "hourly" }, "2026-01-10T12:01:00Z")).toBe("2026-01-10T13:00:00.000Z");
    expect(due({ ...packed, digest: "daily" }, "2026-01-10T12:01:00Z")).toBe("2026-01-11T06:00:00.000Z");
    expect(due({ ...packed, digest: "daily" }, "2026-01-10T12:01:00Z", "serious")).toBe(
      "2026-01-10T12:02:00.000Z",
    );
  });
});

const supplier = "0196f1f0-0000-7000-8000-000000000001";
const wishes = { supplierId: supplier, kinds: [], leastSeverity: "minor", endpointIds: [] } as const;
const about = { supplierId: supplier, kind: "endpoint-down", severity: "serious", endpointId: "e" } as const;
test.each([
  ["its own", {}, {}, true],
  ["another's", {}, { supplierId: "other" }, false],
  ["the gateway's own", {}, { supplierId: null }, false],
  ["anybody's, as operator of the gateway", { supplierId: null }, {}, true],
  ["a kind it did not choose", { kinds: ["queue-old"] as const }, {}, false],
  ["a kind it chose", { kinds: ["endpoint-down"] as const }, {}, true],
  [
    "a minor one, when it wants serious ones",
    { leastSeverity: "serious" as const },
    { severity: "minor" as const },
    false,
  ],
  ["an endpoint it did not choose", { endpointIds: ["f"] }, {}, false],
  ["what has no endpoint, when it chose some", { endpointIds: ["f"] }, { endpointId: null }, false],
])("a receiver is notified of %s: %s", (_name, wanted, incident, expected) => {
  expect(isMeantFor({ ...wishes, ...wanted }, { ...about, ...incident })).toBe(expected);
});

describe("sending an alert message", () => {
  const message = { attempts: 1, giveUpAt: inSeconds(86_400) };
  const failed = { kind: "failed", error: "ETIMEDOUT" } as const;
  const wait = (attempts: number, random: number) => {
    const decision = nextSending({ ...message, attempts }, failed, now, random);
    return decision.state === "waiting"
      ? (decision.nextAttemptAt.getTime() - now.getTime()) / 1000
      : decision.state;
  };
  test("is retried after a minute to an hour, half of it random", () => {
    expect([wait(1, 0), wait(1, 1), wait(3, 1), wait(30, 1)]).toEqual([30, 60, 240, 3600]);
  });
  test("stops at a refusal, at success and after a day", () => {
    expect(nextSending(message, { kind: "refused", error: "550" }, now, 0).state).toBe("failed");
    expect(nextSending(message, { kind: "sent" }, now, 0).state).toBe("sent");
    expect(nextSending({ ...message, giveUpAt: now }, failed, now, 0).state).toBe("expired");
  });
  test.each<[string, number, number, number]>([
    ["waits at least as long as it was asked to", 500, 86_400, 500],
    ["waits an hour at most, however long it was asked to", 500_000, 86_400, 3600],
    ["makes its last attempt before the end, however long it was asked to wait", 500_000, 600, 570],
  ])("%s", (_, retryAfterSeconds, leftSeconds, expected) => {
    const waiting = { attempts: 1, giveUpAt: inSeconds(leftSeconds) };
    const decision = nextSending(waiting, { ...failed, retryAfterSeconds }, now, 1);
    expect(decision).toEqual({ state: "waiting", nextAttemptAt: inSeconds(expected) });
  });
});
