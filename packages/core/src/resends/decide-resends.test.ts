import { expect, test } from "vitest";
import { messageStates } from "../messages/states.ts";
import { type Candidate, decideResends } from "./decide-resends.ts";

const message = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id, state: "delivered", originId: null, isSender: true, hasContent: true, noRoute: null },
  ...more,
});

test.each([
  ["messages of others", { isSender: false }, "not-the-sender"],
  ["messages under way", { state: "queued" }, "wrong-state"],
  ["messages whose content was pruned", { hasContent: false }, "payload-pruned"],
  ["messages that nobody receives now", { noRoute: "VER" }, "VER"],
] as const)("%s are left out, and counted by reason", (_name, more, reason) => {
  const { send, leftOut } = decideResends([message("a"), message("b", more), message("c", more)]);
  expect(send).toEqual(["a"]);
  const state = "state" in more ? more.state : null;
  expect(leftOut).toEqual([{ reason, state, count: 2 }]);
});

test("of a message and its copies only the newest is sent, so that its receiver does not get it twice", () => {
  const chain = [message("a"), message("b", { originId: "a" }), message("c", { originId: "b" })];
  expect(decideResends(chain)).toEqual({
    send: ["c"],
    leftOut: [{ reason: "copy-is-among-them", state: null, count: 2 }],
  });
  expect(decideResends([message("a")]).send).toEqual(["a"]);
});

test("every selected message is either sent or counted as left out", () => {
  const all = messageStates.flatMap((state) => [
    message(`${state}1`, { state }),
    message(`${state}2`, { state, isSender: false }),
    message(`${state}3`, { state, noRoute: "LOK" }),
  ]);
  const { send, leftOut } = decideResends(all);
  expect(send.length + leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
});
