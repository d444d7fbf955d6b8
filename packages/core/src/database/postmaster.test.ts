import { expect, test } from "vitest";
import { isServerOf, readPostmaster, startVerdict } from "./postmaster.ts";

const whole = "4711\n/data\n1795000000\n40123\n\n127.0.0.1\n  1638417   1\nready   \n";

test.each([
  ["a ready server", whole, { pid: 4711, port: 40123, isReady: true }],
  ["a starting server", whole.replace("ready   ", "starting"), { pid: 4711, port: 40123, isReady: false }],
  [
    "a file without a status yet",
    "4711\n/data\n1795000000\n40123\n",
    { pid: 4711, port: 40123, isReady: false },
  ],
  ["a file cut off", "47", undefined],
  ["an empty file", "", undefined],
  ["process 1, which is never ours to end", whole.replace("4711", "1"), undefined],
  ["a negative number, which would name a process group", whole.replace("4711", "-4711"), undefined],
])("%s is read from postmaster.pid", (_, text, expected) => {
  expect(readPostmaster(text)).toEqual(expected);
});

test.each([
  ["our server", ["/x/bin/postgres", "-D", "/data", "-c", "port=1"], true],
  ["our server on other data", ["/x/bin/postgres", "-D", "/other"], false],
  ["another program on that folder", ["/usr/bin/du", "-D", "/data"], false],
  ["no process", [], false],
])("%s is recognised before anything is ended", (_, words, expected) => {
  expect(isServerOf("/data", words)).toBe(expected);
});

const server = { pid: 4711, port: 40123 };
test.each([
  ["is ready", { ...server, isReady: true }, 1, "ready"],
  ["recovers, however long ago it was started", { ...server, isReady: false }, 86_400, "wait"],
  ["has not begun", undefined, 119, "wait"],
  ["has not begun in all that time", undefined, 120, "give-up"],
  ["has left the field to another's file", { ...server, pid: 12, isReady: true }, 120, "give-up"],
] as const)("a server that %s is treated so", (_, postmaster, seconds, verdict) => {
  expect(startVerdict(postmaster, 4711, { seconds, secondsMax: 120 })).toBe(verdict);
});
