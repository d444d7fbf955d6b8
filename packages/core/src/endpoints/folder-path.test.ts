import { expect, test } from "vitest";
import { findFolderFault } from "./folder-path.ts";

test.each(["in", "edi/ind", "a/b/c/d", "Modtag_1/x-2"])("%s can be a folder", (path) => {
  expect(findFolderFault(path)).toBeUndefined();
});

test.each([
  "",
  ".",
  "..",
  "../other",
  "in/../../other",
  "/etc",
  "in/",
  "in//ud",
  ".hidden",
  "in/.ssh",
  "in\\..",
  "a\0b",
  "a\nb",
  "å",
  "a/b/c/d/e",
  "x".repeat(65),
])("%j cannot be a folder", (path) => {
  expect(findFolderFault(path)).toBe("not-a-path");
});
