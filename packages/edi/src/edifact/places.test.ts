import { expect, test } from "vitest";
import { EnvelopeReader } from "../envelope-reader.ts";
import type { Limits } from "../limits.ts";
import { latin1 } from "../testing/bytes.ts";

const head = "UNB+UNOC:3+5790000120420:14+5790000128686:14+260101:1200+R1'";
const message = (reference: string) => `UNH+${reference}+ORDERS:D:96A:UN'BGM+1'UNT+3+${reference}'`;
const before = `${head}${message("1")}${message("2")}`;
const binary = "UNH+3+MEDBIN:D:93A:UN:B0131X+BIN01'BGM+1'UNO+1+A:x+O:I:J:91+500:14:1:A'abc";

function found(text: string, limits: Partial<Limits>, size: number) {
  const reader = new EnvelopeReader({ limits, check: "everything" });
  const bytes = latin1(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.end().findings;
}

test.each([
  ["blanks-between-segments", "UNH+3+ORDERS:D:96A:UN'BGM+1'  FTX+1'", { message: 3, segment: 3 }, {}, 0],
  ["blanks-between-segments", "  UNH+3+ORDERS:D:96A:UN'", {}, {}, 0],
  ["tag-missing", "UNH+3+ORDERS:D:96A:UN'BGM+1'   'FTX+1'", { message: 3, segment: 3 }, {}, 3],
  ["tag-missing", "UNH+3+ORDERS:D:96A:UN'BGM+1'+X'", { message: 3, segment: 3 }, {}, 0],
  ["tag-invalid", "UNH+3+ORDERS:D:96A:UN'BGM+1'ab+X'", { message: 3, segment: 3 }, {}, 0],
  ["unterminated", "UNH+3+ORDERS:D:96A:UN'BGM+1'FTX+1", { message: 3, segment: 3 }, {}, 0],
  [
    "segment-too-long",
    `UNH+3+ORDERS:D:96A:UN'BGM+${"1".repeat(300)}'`,
    { message: 3, segment: 2 },
    { segmentBytesMax: 200 },
    0,
  ],
  [
    "too-many-elements",
    `UNH+3+ORDERS:D:96A:UN'BGM${"+1".repeat(60)}'`,
    { message: 3, segment: 2 },
    { elementsMax: 50 },
    0,
  ],
  [
    "too-many-segments",
    "UNH+3+ORDERS:D:96A:UN'BGM+1'BGM+2'BGM+3'",
    { message: 3, segment: 4 },
    { segmentsMax: 2 },
    0,
  ],
  ["object-truncated", binary, { message: 3, segment: 3 }, {}, binary.length],
] as const)("%s names message and segment, however the input is cut", (code, text, place, limits, shift) => {
  const all = found(before + text, limits, 1e6);
  const finding = all.find((entry) => entry.code === code);
  const segment = "segment" in place ? place.segment : 1;
  const start = text.startsWith("  ") || code === "object-truncated" ? 0 : startOf(text, segment);
  expect(finding?.at).toEqual({ interchange: 1, ...place, offset: before.length + start + shift });
  for (const size of [1, 2, 7, 64]) expect(found(before + text, limits, size)).toEqual(all);
});

/** Where the segment with this number begins, including blanks before it. */
function startOf(text: string, number: number): number {
  return (
    text
      .split("'")
      .slice(0, number - 1)
      .join("'").length + (number > 1 ? 1 : 0)
  );
}

test("a blank segment has one number in the warning and in the error", () => {
  const findings = found(`${before}UNH+3+ORDERS:D:96A:UN'BGM+1'   'FTX+1'UNT+4+3'UNZ+3+R1'`, {}, 1e6);
  expect(findings.map(({ code, at }) => [code, at.message, at.segment])).toEqual([
    ["blanks-between-segments", 3, 3],
    ["tag-missing", 3, 3],
  ]);
});
