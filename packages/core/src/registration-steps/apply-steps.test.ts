import { expect, test } from "vitest";
import type { RegistrationFact } from "../message-types/index.ts";
import { RegistrationStep, wantedAfterSteps } from "./index.ts";

const [a, b] = ["00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b"];
const now = new Date("2026-06-01T10:00:00Z");
const day = (month: number) => new Date(Date.UTC(2026, month - 1, 1));
const names: Record<string, string> = { [a]: "a", [b]: "b" };

/** "DIS91 1 a 1-9": type, version, endpoint, first month and month of the end; `s` in front for what is sent. */
function fact(text: string): RegistrationFact {
  const [, sent, code, version, endpoint, from, to] = /^(s )?(\S+) (\S+) (\S+) (\d+)-(\d*)$/.exec(text) ?? [];
  return {
    messageType: code ?? "",
    version: version ?? "",
    format: "EDIFACT",
    direction: sent ? "send" : "receive",
    endpointId: endpoint === "-" ? null : endpoint === "a" ? a : b,
    validFrom: day(Number(from)),
    validTo: to ? day(Number(to)) : null,
  };
}

const monthOf = (at: Date) => (at.getTime() === now.getTime() ? "now" : String(at.getUTCMonth() + 1));
const told = (held: readonly string[], steps: readonly object[]) =>
  wantedAfterSteps(
    held.map(fact),
    steps.map((step) => RegistrationStep.parse(step)),
    now,
  ).map((each) =>
    [
      ...(each.direction === "send" ? ["s"] : []),
      each.messageType,
      each.version,
      each.endpointId === null ? "-" : names[each.endpointId],
      `${monthOf(each.validFrom ?? now)}-${each.validTo ? monthOf(each.validTo) : ""}`,
    ].join(" "),
  );

const at = day(9).toISOString();
const type = { messageType: "DIS91" };
const pair = { ...type, version: "2" };
test.each<[string, string[], object[], string[]]>([
  [
    "an end stops one type now",
    ["DIS91 1 a 1-", "REF01 1 a 1-"],
    [{ step: "end", ...type }],
    ["REF01 1 a 1-"],
  ],
  [
    "an end on a day leaves what ends before it",
    ["DIS91 1 a 1-8"],
    [{ step: "end", ...type, at }],
    ["DIS91 1 a 1-8"],
  ],
  ["an end drops what begins after it", ["DIS91 1 a 10-"], [{ step: "end", ...type, at }], []],
  [
    "an end of one direction leaves the other",
    ["DIS91 1 a 1-", "s DIS91 1 - 1-"],
    [{ step: "end", direction: "send" }],
    ["DIS91 1 a 1-"],
  ],
  ["an addition begins on its day", [], [{ step: "add", ...pair, endpointId: a, at }], ["DIS91 2 a 9-"]],
  [
    "an addition of what is held changes nothing",
    ["DIS91 2 a 1-"],
    [{ step: "add", ...pair, endpointId: a, at }],
    ["DIS91 2 a 1-"],
  ],
  [
    "an addition at another endpoint moves it there",
    ["DIS91 2 a 1-"],
    [{ step: "add", ...pair, endpointId: b, at }],
    ["DIS91 2 a 1-9", "DIS91 2 b 9-"],
  ],
  [
    "a move takes what is at the endpoint and leaves the rest",
    ["DIS91 1 a 1-", "REF01 1 b 1-"],
    [{ step: "move", fromEndpointId: a, endpointId: b, at }],
    ["DIS91 1 a 1-9", "DIS91 1 b 9-", "REF01 1 b 1-"],
  ],
  [
    "a move now moves what is to come too",
    ["DIS91 1 a 10-"],
    [{ step: "move", endpointId: b }],
    ["DIS91 1 b 10-"],
  ],
  [
    "a move from any endpoint gives no endpoint to what is sent without",
    ["s DIS91 1 - 1-"],
    [{ step: "move", endpointId: b }],
    ["s DIS91 1 - 1-"],
  ],
  [
    "a move back makes one period again",
    ["DIS91 1 a 1-9", "DIS91 1 b 9-"],
    [{ step: "move", fromEndpointId: b, endpointId: a }],
    ["DIS91 1 a 1-"],
  ],
  [
    "a new version follows the old one at its endpoint",
    ["DIS91 1 b 1-"],
    [{ step: "version", ...type, to: pair, at }],
    ["DIS91 1 b 1-9", "DIS91 2 b 9-"],
  ],
  [
    "a new version that is held already stays at its endpoint",
    ["DIS91 1 b 1-", "DIS91 2 a 10-"],
    [{ step: "version", ...type, to: pair, at }],
    ["DIS91 1 b 1-9", "DIS91 2 b 9-10", "DIS91 2 a 10-"],
  ],
  [
    "two old versions become one new",
    ["DIS91 0 a 1-", "DIS91 1 b 1-"],
    [{ step: "version", ...type, to: pair, at }],
    ["DIS91 0 a 1-9", "DIS91 1 b 1-9", "DIS91 2 a 9-"],
  ],
  [
    "another first day moves the change from one version to the next",
    ["DIS91 1 a 1-8", "DIS91 2 a 8-"],
    [{ step: "begin", ...pair, at }],
    ["DIS91 1 a 1-9", "DIS91 2 a 9-"],
  ],
  [
    "another first day leaves what has begun",
    ["DIS91 2 a 1-"],
    [{ step: "begin", ...pair, at }],
    ["DIS91 2 a 1-"],
  ],
  [
    "a replacement from a day is all that is held then",
    ["DIS91 1 a 1-", "REF01 1 a 1-"],
    [{ step: "replace", registrations: [{ ...pair, endpointId: b }], at }],
    ["DIS91 1 a 1-9", "DIS91 2 b 9-", "REF01 1 a 1-9"],
  ],
  [
    "exact periods take the place of those of their type only",
    ["DIS91 1 a 1-", "DIS91 2 a 7-"],
    [{ step: "put", ...pair, direction: "receive", periods: [{ endpointId: b, validFrom: at }] }],
    ["DIS91 1 a 1-", "DIS91 2 b 9-"],
  ],
  [
    "steps are taken one after the other",
    ["DIS91 1 a 1-"],
    [
      { step: "version", ...type, to: pair, at },
      { step: "move", ...pair, endpointId: b, at },
    ],
    ["DIS91 1 a 1-9", "DIS91 2 b 9-"],
  ],
  [
    "a day that is past counts as now",
    ["DIS91 1 a 1-"],
    [{ step: "end", ...type, at: day(2).toISOString() }],
    [],
  ],
])("%s", (_name, held, steps, expected) => {
  expect(told(held, steps)).toEqual(expected);
});
