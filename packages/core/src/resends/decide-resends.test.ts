import { expect, test } from "vitest";
import { messageStates } from "../messages/states.ts";
import { type Candidate, decideResends } from "./decide-resends.ts";

const letter = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id, state: "delivered", originId: null, isSender: true, hasContent: true, noRoute: null },
  ...more,
});

test.each([
  ["letters of others", { isSender: false }, "not-the-sender"],
  ["letters on their way", { state: "queued" }, "wrong-state"],
  ["letters whose content is gone", { hasContent: false }, "payload-pruned"],
  ["letters that nobody takes now", { noRoute: "VER" }, "VER"],
] as const)("%s are left out, and counted by why", (_name, more, reason) => {
  const { send, leftOut } = decideResends([letter("a"), letter("b", more), letter("c", more)]);
  expect(send).toEqual(["a"]);
  const state = "state" in more ? more.state : null;
  expect(leftOut).toEqual([{ reason, state, count: 2 }]);
});

test("of a letter and its copies only the newest goes, so that its receiver does not have it twice", () => {
  const chain = [letter("a"), letter("b", { originId: "a" }), letter("c", { originId: "b" })];
  expect(decideResends(chain)).toEqual({
    send: ["c"],
    leftOut: [{ reason: "copy-is-among-them", state: null, count: 2 }],
  });
  expect(decideResends([letter("a")]).send).toEqual(["a"]);
});

test("every letter of a choice is either sent or counted as left out", () => {
  const all = messageStates.flatMap((state) => [
    letter(`${state}1`, { state }),
    letter(`${state}2`, { state, isSender: false }),
    letter(`${state}3`, { state, noRoute: "LOK" }),
  ]);
  const { send, leftOut } = decideResends(all);
  expect(send.length + leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
});
