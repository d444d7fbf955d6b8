import { expect, test } from "vitest";
import { isSound } from "./findings.ts";
import { readEnvelope } from "./read-envelope.ts";
import { recognise } from "./recognise.ts";
import { latin1 } from "./testing/bytes.ts";
import { readAnyhow } from "./testing/chunks.ts";
import { bundle, entries, header, type Members } from "./testing/fhir.ts";
import { buildVansEnvelope } from "./xml/wrap.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
};
const { resourceType, ...withoutType } = bundle();
const attachment = { fullUrl: "Binary/1", resource: { resourceType: "Binary", data: "QUJD".repeat(8000) } };
const inOrders: readonly [string, Members][] = [
  ["in canonical order", sorted(bundle({ entry: [header(), ...entries(attachment)] })) as Members],
  [
    "after an attachment",
    { entry: [header(), ...entries(attachment)], ...{ ...withoutType, resourceType }, id: "b1" },
  ],
  ["after a long meta", { meta: { profile: ["x".repeat(20_000)] }, ...bundle() }],
  ["last", { ...withoutType, language: "x".repeat(9000), resourceType }],
];

test.each(inOrders)("a Bundle is recognised with its resourceType %s", (_, value) => {
  for (const space of [undefined, 1]) {
    const text = JSON.stringify(value, null, space);
    for (const bytes of [utf8(text), utf8(`${" \r\n".repeat(4000)}${text}`), utf16(text)]) {
      expect(recognise(bytes)).toMatchObject({ form: "FHIR", notation: "JSON" });
      const { interchanges, findings } = readAnyhow(bytes);
      expect(isSound(findings)).toBe(true);
      expect(interchanges[0]).toMatchObject({ form: "FHIR", notation: "JSON", reference: "b1" });
    }
  }
});

test("a Bundle with a late resourceType is read in a VANSEnvelope too", () => {
  const party = (id: string) => ({ id, qualifier: "14" });
  const uuid = "0196f1f0-0000-7000-8000-000000000001";
  const payload = utf8(JSON.stringify(inOrders[1]?.[1]));
  const wrapped = buildVansEnvelope({
    ...{ sender: party("5790000120420"), receiver: party("5790000128686"), reference: uuid },
    preparedAt: "2026-03-01T10:00:00",
    content: { identifier: uuid, format: "HL7", name: "MCM:FDIS91", version: "5.0", payload },
  });
  const { interchanges, findings } = readAnyhow(wrapped);
  expect(isSound(findings)).toBe(true);
  expect(interchanges[0]?.carried?.inside?.interchanges[0]).toMatchObject({ form: "FHIR", reference: "b1" });
});

test.each([
  ["{}", "JSON"],
  ["[]", "JSON"],
  [`[${JSON.stringify(bundle())}]`, "JSON"],
  ['{"resourceType":"Patient","contained":[{"resourceType":"Bundle"}]}', "JSON"],
  ['{"a":1,"a":2}', "JSON"],
  ["<html/>", "XML"],
  [`<!-- ${"a".repeat(70_000)} --><html/>`, "XML"],
])("%s is told as no form that is known, and as what it is", (text, notation) => {
  expect(recognise(utf8(text))).toMatchObject({ form: "unknown", notation });
  expect(readAnyhow(utf8(text)).findings.map(({ code }) => code)).toEqual([
    "form-unknown",
    notation === "JSON" ? "form-json" : "form-xml",
  ]);
});

test.each([
  ["Content-Type: application/EDIFACT\r\n\r\nUNA:+.? '", "form-mime"],
  ["MIME-Version: 1.0\r\n\r\nUNA:+.? '", "form-mime"],
  ["--limes\r\nContent-Type: application/xml\r\n\r\n<Emessage/>", "form-mime"],
  ["\x1f\x8b\b\0\0\0\0\0", "form-compressed"],
  ["PK\x03\x04\x14\0", "form-compressed"],
  ["\xe4\xd5\xc1\x7a\x4e", "form-ebcdic"],
  ["%PDF-1.7 ", undefined],
  ["hej med dig", undefined],
  ["1234", undefined],
])("%j is told as no form that is known, with %s", (text, note) => {
  expect(readAnyhow(latin1(text)).findings.map(({ code }) => code)).toEqual([
    "form-unknown",
    ...(note ? [note] : []),
  ]);
  expect(readEnvelope(latin1(text))).toEqual(readAnyhow(latin1(text)));
});

test.each(["UNH+1+ORDERS:D:96A:UN'", "NB+UNOB:1+S'", "UIB+UNOA:0'", "", "  \r\n", "\xef\xbb\xbf"])(
  "%j is left to the EDIFACT reader, which reports what is wrong with it",
  (text) => {
    const codes = readAnyhow(latin1(text)).findings.map(({ code }) => code);
    expect(codes).not.toContain("form-unknown");
    expect(codes).not.toHaveLength(0);
  },
);

test.each([
  ["utf16le", "utf-16le", "\uFEFF"],
  ["utf16le", "utf-16le", ""],
  ["swapped", "utf-16be", "\uFEFF"],
  ["swapped", "utf-16be", ""],
])("EDIFACT in UTF-16 (%s, %s, mark %j) is told as that", (order, encoding, mark) => {
  const little = Buffer.from(`${mark}UNA:+.? 'UNB+UNOC:3+A+B+260101:1200+K'`, "utf16le");
  const bytes = new Uint8Array(order === "swapped" ? little.swap16() : little);
  expect(recognise(bytes)).toEqual({ form: "EDIFACT", notation: "EDIFACT", encoding });
  expect(readAnyhow(bytes).findings.map(({ code }) => code)).toEqual(["edifact-utf16"]);
  expect(readEnvelope(bytes).interchanges).toEqual([]);
});
