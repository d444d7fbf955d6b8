import { expect, test } from "vitest";
import { chooseCoding, codedTag, isCompressible, plainTag } from "./content-coding.ts";

const both = ["zstd", "gzip"] as const;

test.each([
  ["gzip, br", "gzip"],
  ["gzip, zstd", "zstd"],
  ["gzip;q=1, zstd;q=0.5", "gzip"],
  ["zstd;q=0, gzip;q=0.1", "gzip"],
  ["GZIP ; q=0.2", "gzip"],
  ["gzip;q=0", undefined],
  ["gzip; q=0, identity", undefined],
  ["gzip;q=much", undefined],
  ["gzipped", undefined],
  ["identity", undefined],
  ["", undefined],
  [undefined, undefined],
  [`${"br, ".repeat(100)}gzip`, undefined],
])("Accept-Encoding %s chooses %s", (accepted, coding) => {
  expect(chooseCoding(accepted, both)).toBe(coding);
});

test("only what is offered is chosen", () => {
  expect(chooseCoding("zstd, gzip;q=0.1", ["gzip"])).toBe("gzip");
  expect(chooseCoding("zstd", ["gzip"])).toBeUndefined();
});

test.each([
  ["text/html; charset=utf-8", true],
  ["application/json", true],
  ["application/problem+json", true],
  ["application/rss+xml; charset=utf-8", true],
  ["application/x-ndjson", true],
  ["text/event-stream", false],
  ["application/octet-stream", false],
  ["image/png", false],
  [null, false],
])("content of type %s is compressible: %s", (contentType, expected) => {
  expect(isCompressible(contentType)).toBe(expected);
});

test("the ETags of the codings differ and lead back to that of the content", () => {
  const tags = both.map((coding) => codedTag('"abc"', coding));
  expect(tags).toEqual(['"abc.zstd"', '"abc.gzip"']);
  expect([...tags, '"abc"', '"a.gzip.b"'].map(plainTag)).toEqual(['"abc"', '"abc"', '"abc"', '"a.gzip.b"']);
});
