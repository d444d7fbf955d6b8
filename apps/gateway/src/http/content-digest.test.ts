import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { digestsOf, isRight } from "./content-digest.ts";

const of = (algorithm: string, text: string, form: "base64" | "hex" = "base64") =>
  createHash(algorithm).update(text).digest(form);
const isChecked = (header: string) =>
  digestsOf(header)?.every((digest) => {
    digest.hash.update("brev");
    return isRight(digest);
  });

test.each([
  [`sha-256=:${of("sha256", "brev")}:`, true],
  [`sha-512=:${of("sha512", "brev")}:, sha-256=:${of("sha256", "brev")}:`, true],
  [`sha-512=:${of("sha512", "brev")}:,sha-256=:${of("sha256", "andet")}:`, false],
  [`sha-256=:${of("sha256", "andet")}:`, false],
  ["md5=:kAFQmDzST7DWlj99KOF/cg==:", true],
  [`sha-256=${of("sha256", "brev", "hex")}`, undefined],
  [`sha-256=${of("sha256", "brev")}`, undefined],
  ["sha-256=:AAAA:", undefined],
  ["sha-256", undefined],
])("Content-Digest: %s is right: %s", (header, expected) => {
  expect(isChecked(header)).toBe(expected);
});
