import { describe, expect, test } from "vitest";
import { aRoutingTable, routingSamples } from "../testing/index.ts";
import { locationRoutes, routeTimeline } from "./location-routes.ts";
import { noEnd } from "./moments.ts";
import { resolveRoute } from "./resolve-route.ts";
import { RouteAnswer } from "./schemas.ts";
import { routeAnswer, routeBytes, routeJson } from "./write-route.ts";

const { now, day, open, wrongDigitKnown, closed, future, inactive, internal, unknown, sender, childless } =
  routingSamples;
const table = aRoutingTable();
const ask = (gln: string, messageType: string, more: object = {}) =>
  resolveRoute(table, { gln, messageType, at: now, ...more });

describe("every reason for a miss has its own result", () => {
  test.each([
    ["an unknown number with a wrong check digit", "5790000120049", "DIS91", {}, { reason: "gln-invalid" }],
    ["a number that has letters", "579000012004x", "DIS91", {}, { reason: "gln-invalid" }],
    ["an unknown number", unknown, "DIS91", {}, { reason: "gln-unknown" }],
    [
      "a closed number with its successor",
      closed,
      "DIS91",
      {},
      { reason: "gln-closed", successor: open, validTo: now - day },
    ],
    [
      "a closed number with the heir of its unit",
      childless,
      "DIS91",
      {},
      { reason: "gln-closed", successor: open },
    ],
    [
      "a number that begins later",
      future,
      "DIS91",
      {},
      { reason: "not-yet-valid", what: "gln", validFrom: now + day },
    ],
    ["an inactive number", inactive, "DIS91", {}, { reason: "gln-inactive" }],
    [
      "a type nobody receives there",
      open,
      "REF10",
      {},
      { reason: "type-not-supported", isInCatalogue: true },
    ],
    ["a type that does not exist", open, "ZZZ99", {}, { reason: "type-not-supported", isInCatalogue: false }],
    ["a type that is only sent", open, "RPT01", {}, { reason: "type-not-supported" }],
    ["a type that has ended", open, "DIS02", {}, { reason: "type-not-supported" }],
    ["a closed endpoint", open, "REF06", {}, { reason: "type-not-supported" }],
    [
      "a type that begins later",
      open,
      "DIS01",
      {},
      { reason: "not-yet-valid", what: "registration", validFrom: now + day },
    ],
    [
      "another version",
      open,
      "DIS91",
      { version: "D9199L" },
      { reason: "version-not-supported", supportedVersions: ["D9134L", "D9133L"] },
    ],
  ])("%s", (_, gln, type, more, expected) => {
    expect(ask(gln, type, more)).toMatchObject({ found: false, gln, ...expected });
  });
});

describe("at the second of a change the new state applies", () => {
  const own = aRoutingTable();
  const [next, old] = ["0196f1f0-0000-7000-8000-000000000001", "0196f1f0-0000-7000-8000-000000000002"];
  const row = { code: "REF15", version: "H1531R", format: "EDIFACT", direction: "receive" } as const;
  own.setPairs(open, [
    { ...row, endpointId: old, from: now - day, to: now },
    { ...row, endpointId: next, from: now, to: now + day },
  ]);
  const at = (second: number) => {
    const outcome = resolveRoute(own, { gln: open, messageType: "REF15", at: second });
    return outcome.found
      ? [own.parties.endpoints[outcome.endpoint]?.id, outcome.holdsUntil]
      : [outcome.reason, outcome.holdsUntil];
  };
  test.each([
    ["before its first second", now - day - 1, ["not-yet-valid", now - day]],
    ["in its first second", now - day, [old, now]],
    ["in the last second before the handover", now - 1, [old, now]],
    ["in the second of the handover", now, [next, now + day]],
    ["in its last second", now + day - 1, [next, now + day]],
    ["in the second at which it ends", now + day, ["type-not-supported", noEnd]],
  ])("of a registration, asked %s", (_, second, expected) => {
    expect(at(second)).toEqual(expected);
  });

  test.each([
    ["in its last second", closed, now - day - 1, true],
    ["in the second of its validTo", closed, now - day, false],
    ["in the last second before it begins", future, now + day - 1, false],
    ["in its first second", future, now + day, true],
  ])("of a location number, asked %s", (_, gln, second, isOpen) => {
    const outcome = resolveRoute(own, { gln, messageType: "DIS91", at: second });
    const closedReasons = ["gln-closed", "not-yet-valid"];
    expect(outcome.found || !closedReasons.includes(outcome.reason)).toBe(isOpen);
  });
});

describe("routes that are found", () => {
  const versionOf = (outcome: ReturnType<typeof ask>) =>
    outcome.found ? table.types.entries[outcome.type]?.version : outcome.reason;
  test.each([
    ["without version the one in force", "DIS91", {}, "D9134L"],
    ["an older version when asked for", "DIS91", { version: "D9133L" }, "D9133L"],
    ["lower case", "dis91", {}, "D9134L"],
    ["the XML code", "XDIS91", {}, "XD9134L"],
    ["the EDIFACT code in XML", "DIS91", { format: "XML" }, "XD9134L"],
    [
      "a URN, which names its version",
      "urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l",
      {},
      "D9134L",
    ],
    ["tomorrow's type, asked for tomorrow", "DIS01", { at: now + day }, "D0134L"],
    ["yesterday's type, asked for the day before", "DIS02", { at: now - 2 * day }, "D0234L"],
  ])("%s", (_, type, more, version) => {
    expect(versionOf(ask(open, type, more))).toBe(version);
  });

  test("a wrong check digit is only a warning if the number is known", () => {
    expect(ask(wrongDigitKnown, "DIS91")).toMatchObject({ found: true, warnings: ["check-digit"] });
  });
  test("an internal number, an old version and an unregistered sender are warnings", () => {
    expect(ask(internal, "DIS91", { sender: unknown })).toMatchObject({
      warnings: ["only-internal", "sender-unknown"],
    });
    expect(ask(open, "DIS03", { sender })).toMatchObject({
      warnings: ["version-superseded", "sender-not-registered"],
    });
    expect(ask(open, "DIS91", { sender })).toMatchObject({ warnings: [] });
  });
  test("a paused endpoint is found, with the end of its pause", () => {
    const paused = ask(open, "REF01");
    expect(paused).toMatchObject({ found: true, pausedUntil: now + 600, holdsUntil: now + 600 });
    expect(ask(open, "REF01", { at: now + 600 })).toMatchObject({ found: true, pausedUntil: false });
  });
  test("an answer states until when it is valid", () => {
    expect(ask(open, "DIS01").holdsUntil).toBe(now + day);
    expect(ask(future, "DIS91").holdsUntil).toBe(now + day);
    expect(ask(open, "DIS91").holdsUntil).toBe(noEnd);
  });
});

test("the JSON assembled from fragments equals the JSON of the value, byte for byte, and matches its schema", () => {
  for (const [gln, type] of [
    [open, "DIS91"],
    [open, "REF01"],
    [internal, "DIS91"],
    [wrongDigitKnown, "DIS91"],
  ] as const) {
    const hit = ask(gln, type);
    if (!hit.found) throw new Error("expected a route");
    const value = routeAnswer(table, hit);
    expect(Object.keys(JSON.parse(routeJson(table, hit))).sort()).toEqual(Object.keys(value).sort());
    expect(JSON.parse(routeJson(table, hit))).toEqual(value);
    expect(Buffer.from(routeBytes(table, hit), "latin1").toString()).toBe(routeJson(table, hit));
    if (type === "DIS91") expect(RouteAnswer.shape.endpoint.safeParse(value.endpoint).success).toBe(true);
    expect(value.endpoint.address).toBe(type === "REF01" ? null : "https://edi.example.dk/in");
  }
});

test("a changed system is in the next answer", () => {
  const own = aRoutingTable();
  const hit = resolveRoute(own, { gln: open, messageType: "DIS91", at: now });
  if (!hit.found) throw new Error("expected a route");
  expect(JSON.parse(routeJson(own, hit)).system.version).toBe("4.2");
  own.apply({ sequence: 43, parties: { systems: [{ id: "sys", name: "Journal", version: "5.0" }] } });
  expect(JSON.parse(routeJson(own, hit))).toMatchObject({ system: { version: "5.0" }, sequence: 43 });
});

test("a location lists what it receives now, and its timeline past and planned routes", () => {
  const found = locationRoutes(table, open, now);
  if (!found.found) throw new Error("expected a location");
  expect(found.location.routes.map(({ version, state }) => `${version} ${state}`)).toEqual([
    "D0333L active",
    "D9134L active",
    "D9133L active",
    "H0131R paused",
    "R0131K active",
    "XD9134L active",
  ]);
  expect(locationRoutes(table, closed, now)).toMatchObject({ found: false, reason: "gln-closed" });
  const timeline = routeTimeline(table, { gln: open, messageType: "DIS02", at: now });
  expect(timeline).toMatchObject({
    found: true,
    timeline: { routes: [{ version: "D0234L", state: "ended" }] },
  });
  expect(routeTimeline(table, { gln: unknown, messageType: "DIS02", at: now })).toMatchObject({
    reason: "gln-unknown",
  });
});
