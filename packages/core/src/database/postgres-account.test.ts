import { expect, test } from "vitest";
import { mayUse } from "./postgres-account.ts";

const account = { uid: 101, gid: 104 };
const root = (mode: number) => ({ uid: 0, gid: 0, mode });

test.each([
  ["open folders", [root(0o755), root(0o755)], true],
  ["a private folder on the way", [root(0o755), root(0o700), root(0o755)], false],
  ["a folder that may be passed but not read on the way", [root(0o711), root(0o755)], true],
  ["a last folder that may be passed but not read", [root(0o755), root(0o711)], false],
  ["the account's own private folder", [root(0o755), { uid: 101, gid: 0, mode: 0o700 }], true],
  ["a folder of the account's group", [root(0o755), { uid: 0, gid: 104, mode: 0o750 }], true],
  ["a folder that its own owner may not enter", [root(0o755), { uid: 101, gid: 104, mode: 0o077 }], false],
])("%s: may PostgreSQL's account work there", (_, folders, expected) => {
  expect(mayUse(folders, account)).toBe(expected);
});
