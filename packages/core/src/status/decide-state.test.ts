import { describe, expect, test } from "vitest";
import {
  agedState,
  decideState,
  gravestState,
  isCurrent,
  isWindowRunning,
  type StateFacts,
} from "./decide-state.ts";
import type { ServiceState } from "./schemas.ts";

const now = new Date("2026-03-01T12:00:00Z");
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const quiet: StateFacts = {
  isCritical: true,
  manual: undefined,
  openIncidents: [],
  isWindowRunning: false,
  lastProbe: { at: secondsAgo(30), isUp: true },
};
const manual = { state: "reduced" as const, reason: "netværk", setByName: "vagt", expiresAt: null };

describe("the state of a service", () => {
  test.each<[string, Partial<StateFacts>, string]>([
    ["a fresh good probe is green", {}, "operational/probe"],
    ["no probe at all is unknown, never green", { lastProbe: undefined }, "unknown/none"],
    ["a stale probe is unknown", { lastProbe: { at: secondsAgo(181), isUp: true } }, "unknown/none"],
    [
      "a probe at the limit still counts",
      { lastProbe: { at: secondsAgo(180), isUp: true } },
      "operational/probe",
    ],
    [
      "a failed probe of a critical service is red",
      { lastProbe: { at: secondsAgo(1), isUp: false } },
      "down/probe",
    ],
    [
      "a failed probe of any other service is yellow",
      { isCritical: false, lastProbe: { at: secondsAgo(1), isUp: false } },
      "reduced/probe",
    ],
    ["an open incident of priority 1 is red", { openIncidents: [3, 1] }, "down/incident"],
    ["an open incident of priority 2 is yellow", { openIncidents: [2] }, "reduced/incident"],
    ["a running window is a state of its own", { isWindowRunning: true }, "maintenance/window"],
    [
      "an incident weighs more than a window",
      { isWindowRunning: true, openIncidents: [4] },
      "reduced/incident",
    ],
    ["a state set by hand wins over all else", { manual, openIncidents: [1] }, "reduced/manual"],
    [
      "an expired state set by hand does not count",
      { manual: { ...manual, expiresAt: secondsAgo(0) } },
      "operational/probe",
    ],
  ])("%s", (_name, facts, expected) => {
    const decided = decideState({ ...quiet, ...facts }, now);
    expect(`${decided.state}/${decided.source}`).toBe(expected);
  });

  test("unknown is worse than green and a window, and better than a known fault", () => {
    expect(gravestState(["operational", "unknown", "maintenance"])).toBe("unknown");
    expect(gravestState(["unknown", "reduced"])).toBe("reduced");
    expect(gravestState(["reduced", "down", "operational"])).toBe("down");
    expect(gravestState([])).toBe("unknown");
  });
});

describe("notices over time", () => {
  const window = {
    plannedStart: secondsAgo(60),
    plannedEnd: secondsAgo(-60),
    closedAt: null,
    state: "scheduled",
  };
  test("a window runs between its planned times", () => {
    expect(isWindowRunning(window, now)).toBe(true);
    expect(isWindowRunning(window, secondsAgo(61))).toBe(false);
    expect(isWindowRunning(window, secondsAgo(-60))).toBe(false);
  });
  test("an extended window continues past its planned end until it is closed", () => {
    expect(isWindowRunning({ ...window, state: "extended" }, secondsAgo(-3600))).toBe(true);
    expect(isWindowRunning({ ...window, state: "extended", closedAt: now }, now)).toBe(false);
  });
  test("a notice is current until it is closed or its end has passed", () => {
    expect(isCurrent({ closedAt: null, plannedEnd: null, state: "investigating" }, now)).toBe(true);
    expect(isCurrent({ closedAt: null, plannedEnd: now, state: "scheduled" }, now)).toBe(false);
    expect(isCurrent({ closedAt: null, plannedEnd: now, state: "extended" }, now)).toBe(true);
    expect(isCurrent({ closedAt: now, plannedEnd: null, state: "resolved" }, now)).toBe(false);
  });
});

const read = {
  isCritical: true,
  environment: "production",
  probe: "gateway" as string | null,
  lastProbeAt: new Date("2026-01-01T10:00:00Z"),
  manual: null as { expiresAt: Date | null } | null,
  state: "operational" as ServiceState,
  source: "probe" as "probe" | "manual" | "incident",
};
const later = (minutes: number) => new Date(Date.parse("2026-01-01T10:00:00Z") + minutes * 60_000);

test.each([
  ["a measurement holds while it is fresh", {}, 2, "operational"],
  ["a measurement grows old", {}, 4, "unknown"],
  ["an incident holds", { source: "incident" as const, state: "reduced" as const }, 400, "reduced"],
  [
    "a state set by hand holds until it expires",
    { source: "manual" as const, manual: { expiresAt: later(30) } },
    20,
    "operational",
  ],
  ["and not after", { source: "manual" as const, manual: { expiresAt: later(30) } }, 31, "unknown"],
  ["the database that cannot be asked is down", { probe: "database" }, 0, "down"],
  [
    "that of another installation is not known to be",
    { probe: "database", environment: "demo" },
    2,
    "operational",
  ],
])("after the database became unreachable, %s", (_name, facts, minutes, state) => {
  expect(agedState({ ...read, ...facts }, "production", later(minutes)).state).toBe(state);
});
