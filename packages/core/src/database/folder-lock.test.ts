import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

test("a folder that cannot be written is named, with the setting that says where it is", () => {
  const gone = join("/proc", "no-such-folder");
  expect(() => lockFolder(gone)).toThrow(`${gone} (DATA_DIR) cannot be written`);
});
