import { expect, test } from "vitest";
import { isSound } from "../findings.ts";
import { latin1, textOf } from "../testing/bytes.ts";
import { edifactSamples, referenceBytes, whenReference } from "../testing/reference.ts";
import { readInterchange } from "./read-interchange.ts";
import { concatenated, writeInterchange } from "./write.ts";

const head = "UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R1'";
const around = (content: string, segments: number, id = "UNOC") =>
  `${head.replace("UNOC", id)}UNH+1+ORDERS:D:96A:UN'${content}UNT+${segments + 2}+1'UNZ+1+R1'`;
const read = (text: string, options = {}) => readInterchange(latin1(text), options);
const firstSegment = (text: string, options = {}) =>
  read(text, options).interchanges[0]?.messages[0]?.segments[0];

whenReference("reading and writing reproduces every sound sample byte for byte", () => {
  let compared = 0;
  for (const path of edifactSamples()) {
    const bytes = referenceBytes(path);
    const { interchanges, findings } = readInterchange(bytes);
    if (!isSound(findings)) continue;
    expect(textOf(concatenated(interchanges.map(writeInterchange))), path).toBe(textOf(bytes));
    compared++;
  }
  expect(compared).toBe(88);
});

whenReference("values survive a change of separators and the removal of UNA", () => {
  const separators = {
    component: 0x5e,
    element: 0x7c,
    decimal: 0x2c,
    release: 0x5c,
    repetition: -1,
    terminator: 0x7e,
  };
  for (const path of edifactSamples()) {
    const { interchanges, findings } = readInterchange(referenceBytes(path));
    const first = interchanges[0];
    if (!isSound(findings) || !first || (first.envelope.edifact?.syntaxVersion ?? 3) > 3) continue;
    // The other separators are not in level A.
    const header = { ...first.header, elements: [["UNOC", "3"], ...first.header.elements.slice(1)] };
    const again = readInterchange(writeInterchange({ ...first, header, separators, withUna: true }));
    const plain = (value: typeof first) =>
      JSON.stringify([value.messages, value.groups], (key, inner) => (key === "source" ? undefined : inner));
    expect(again.interchanges[0] && plain(again.interchanges[0]), path).toBe(plain(first));
  }
});

test("line breaks inside data are dropped and noted, or kept if so configured", () => {
  const text = around("FTX+A\r\nB+C?\n'D'", 1);
  expect(firstSegment(text)?.elements).toEqual([["AB"], ["C'D"]]);
  expect(read(text).findings.map((entry) => entry.code)).toEqual([
    "line-break-in-data",
    "release-at-line-break",
  ]);
  expect(firstSegment(around("FTX+A\r\nB'", 1), { lineBreaks: "keep" })?.elements).toEqual([["A\r\nB"]]);
});

test("an interchange wrapped at a fixed width is read as if it were not, service segments included", () => {
  const text = `UNA:+.? '${around("FTX+A??B?'C'NAD+PO+123456'", 2)}`;
  const wrapped = text.slice(0, 9) + (text.slice(9).match(/.{1,7}/gs) ?? []).join("\r\n");
  const plain = (value: ReturnType<typeof read>) =>
    value.interchanges.map(({ messages, envelope }) => [
      envelope.reference,
      envelope.preparedAt,
      messages.map((message) => message.segments.map(({ tag, elements }) => [tag, elements])),
    ]);
  expect(isSound(read(wrapped).findings)).toBe(true);
  expect(plain(read(wrapped))).toEqual(plain(read(text)));
});

test.each([
  ["UNOC", "\xe6\xf8\xe5\xc6", "æøåÆ"],
  ["UNOD", "\xb1", "ą"],
  ["UNOE", "\xb1", "Б"],
  ["UNOF", "\xe1", "α"],
  ["UNOK", "\xfe", "ş"],
  ["UNOY", "\xc3\xa6\xe2\x82\xac", "æ€"],
])("text under %s is decoded by its repertoire", (id, bytes, text) => {
  expect(firstSegment(around(`FTX+${bytes}?+${bytes}'`, 1, id))?.elements).toEqual([[`${text}+${text}`]]);
  expect(isSound(read(around(`FTX+${bytes}'`, 1, id)).findings)).toBe(true);
});

test.each([
  ["UNOA", "small", "invalid-character"],
  ["UNOB", "\xe6", "invalid-character"],
  ["UNOC", "\x07", "invalid-character"],
  ["UNOC", "\x96", "windows-1252"],
  ["UNOC", "bl\xc3\xa5b\xc3\xa6r", "utf8-as-latin1"],
  ["UNOC", "\xc3rhus", undefined],
])("under %s the text %j gives %s", (id, text, code) => {
  const { findings } = read(around(`FTX+${text}'`, 1, id));
  expect(findings.map((entry) => entry.code)).toEqual(code ? [code] : []);
  if (code) expect(findings[0]).toMatchObject({ iso: 21, at: { interchange: 1, message: 1, segment: 2 } });
});

test("the separators 0x1C to 0x1F work without UNA", () => {
  const text = around("FTX+A:B'", 1, "UNOB")
    .replaceAll("+", "\x1d")
    .replaceAll(":", "\x1f")
    .replaceAll("'", "\x1c");
  expect(read(text).findings).toEqual([]);
  expect(firstSegment(text)?.elements).toEqual([["A", "B"]]);
});

test("separators that are equal, alphanumeric or blank are refused", () => {
  for (const six of ["::.? '", ":+.?+'", "A+.? '", ":+.?  ", " +.? '", ":1.? '"]) {
    expect(read(`UNA${six}UNB+UNOC:3`).findings.map((entry) => entry.code)).toContain("una-invalid");
  }
});

test("one bad message affects neither the next nor the findings' places", () => {
  const good = "UNH+2+ORDERS:D:96A:UN'BGM+2'UNT+3+2'";
  const { interchanges, findings } = read(`${head}UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+9+7'${good}UNZ+2+R1'`);
  expect(interchanges[0]?.messages).toHaveLength(2);
  expect(findings.map(({ code, iso, at }) => ({ code, iso, at }))).toEqual([
    {
      code: "count-segments",
      iso: 29,
      at: { interchange: 1, message: 1, segment: 3, element: 1, offset: 92 },
    },
    {
      code: "reference-message",
      iso: 28,
      at: { interchange: 1, message: 1, segment: 3, element: 2, offset: 94 },
    },
  ]);
});

test("a finding's sentences are complete in both languages and its byte offset is within the input", () => {
  const text = around("FTX+\x07'+X'ftx+1'", 3).replace("UNT+5", "UNT+6");
  const { findings } = read(text);
  expect(findings.length).toBeGreaterThan(3);
  for (const entry of findings) {
    expect(entry.textDa).toMatch(/^[A-ZÆØÅ].*\.$/);
    expect(entry.textEn).toMatch(/^[A-Z].*\.$/);
    expect(entry.at.offset).toBeLessThanOrEqual(text.length);
  }
});

test("a message with another type inside than in UNH is reported", () => {
  const message = (inside: string) =>
    `${head}UNH+1+MEDDIS:D:93A:UN:D0134L+DIS01'SPR+ORG+30:SKS:SST+${inside}:SKS:SST'UNT+3+1'UNZ+1+R1'`;
  expect(read(message("DIS01")).findings).toEqual([]);
  expect(read(message("DIS91")).findings[0]).toMatchObject({
    code: "message-type-mismatch",
    at: { segment: 2, element: 3 },
  });
});
