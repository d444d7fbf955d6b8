import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

test("the error for a read-only folder names it and its setting", () => {
  const gone = join("/proc", "no-such-folder");
  expect(() => lockFolder(gone)).toThrow(`${gone} (DATA_DIR) cannot be written`);
});
