import { expect, test } from "vitest";
import { defaultLimits } from "../limits.ts";
import { readEnvelope } from "../read-envelope.ts";
import { latin1 } from "../testing/bytes.ts";
import { readAnyhow } from "../testing/chunks.ts";
import { bundle, entries, header, type Members, organisation } from "../testing/fhir.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));

/** Code, path, message and the text at the place of every finding. */
const found = (text: string, length = 6) =>
  readAnyhow(utf8(text)).findings.map(({ code, at }) => [
    code,
    at.path,
    at.message,
    Buffer.from(utf8(text)).toString("utf8", at.offset, at.offset + length),
  ]);

test.each([
  ['"id":"b1"', '"id":"b1","id":"b2"', "Bundle.id", undefined, 'id":"b'],
  ['"id":"b1"', '"id":"b1","\\u0069d":"b2"', "Bundle.id", undefined, "\\u0069"],
  ['"id":"m1"', '"id":"m1","id":"m2"', "Bundle.entry.resource.id", 1, 'id":"m'],
  [
    '"value":"5790000128686"',
    '"value":"5790000128686","value":"1"',
    "Bundle.entry.resource.identifier.value",
    1,
    'value"',
  ],
  ['"definition":', '"x":{"y":[{"z":1,"z":2}]},"definition":', undefined, undefined, 'z":2}]'],
  ['"type":"message"', '"æ":1,"æ":{},"type":"message"', undefined, undefined, 'æ":{}'],
])("a member that stands twice is refused with its place: %s as %s", (from, to, path, message, at) => {
  const text = JSON.stringify(bundle()).replace(from, to);
  expect(found(text)).toEqual([["element-repeated", path, message, at]]);
  expect(readEnvelope(utf8(text)).interchanges[0]).toMatchObject({
    reference: "b1",
    receiver: { id: "5790000128686" },
  });
});

test("in UTF-16 byte offsets are those of the input", () => {
  const text = JSON.stringify(bundle({ language: "æ\u{1f600}".repeat(5000) })).replace(
    '"id":"m1"',
    '"id":"m1","id":"m2"',
  );
  const [finding] = readAnyhow(utf16(text.replace('"entry"', '"meta":"æ\u{1f600}","entry"'))).findings;
  const place = text.replace('"entry"', '"meta":"æ\u{1f600}","entry"').indexOf('id":"m2');
  expect([finding?.code, finding?.at.offset]).toEqual(["element-repeated", 2 + 2 * place]);
});

test("names are limited: an object with more than the limit, or a name that is too long, ends the reading at once", () => {
  const many = Array.from({ length: 200_000 }, (_, at) => `"n${at}":1`).join(",");
  const text = `{"resourceType":"Bundle",${many}}`;
  const from = process.cpuUsage();
  expect(found(text, 5).map(([code, , , at]) => [code, at])).toEqual([["json-too-many-members", 'n999"']]);
  expect(process.cpuUsage(from).user / 1e6).toBeLessThan(5);
  expect(found(`{"resourceType":"Bundle","${"a".repeat(300)}":1}`)[0]?.[0]).toBe("xml-text-too-long");
  expect(defaultLimits.jsonMembersMax).toBe(1000);
});

test.each([
  ['"type":"message"', '"type":"message"]', "json-malformed", "]"],
  ['"type":"message"', '"type":x', "json-malformed", "x,"],
  ['"type":"message"', '"type":"mess\u0001age"', "json-malformed", "\u0001age"],
])("what is no JSON is told where it stands: %s as %j", (from, to, code, at) => {
  const text = JSON.stringify(bundle()).replace(from, to);
  expect(found(text, at.length).map(([found, , , place]) => [found, place])).toEqual([[code, at]]);
});

test("an invalid UTF-8 byte is reported where it is, after text of any length", () => {
  for (const length of [0, 5, 9000]) {
    const text = JSON.stringify(bundle({ language: `${"a".repeat(length)}!` }));
    const bytes = latin1(text.replace("!", "\xe5"));
    expect(readAnyhow(bytes).findings.map(({ code, at }) => [code, at.offset])).toEqual([
      ["invalid-character", bytes.indexOf(0xe5)],
    ]);
  }
});

test.each([
  ["a message without sender", { sender: undefined }, "element-missing", "MessageHeader.sender", '{"reso'],
  [
    "a reference to nobody",
    { sender: { reference: "Organization/x" } },
    "fhir-reference",
    "MessageHeader.sender",
    "Organ",
  ],
  [
    "a contained organisation",
    { sender: { reference: "#s" } },
    "fhir-reference",
    "MessageHeader.sender",
    '#s"},',
  ],
  ["a blank id", { id: " " }, "element-missing", "MessageHeader.id", ' ","ev'],
  ["no id", { id: undefined }, "element-missing", "MessageHeader.id", '{"reso'],
  ["an unknown event", { eventCoding: { code: "x" } }, "type-unknown", "MessageHeader.eventCoding", 'x"},"d'],
  ["no version", { definition: "x" }, "version-unknown", "MessageHeader.definition", 'x"}},{'],
])("%s is told with message and place", (_, more, code, path, at) => {
  const text = JSON.stringify(bundle({ entry: [header(more), ...entries()] }));
  expect(found(text, at.length)).toEqual([[code, path, 1, at]]);
});

test.each([
  ["type", "collection", "element-value", "Bundle.type", "collec"],
  ["id", " ", "element-missing", "Bundle.id", ' ","typ'],
  ["timestamp", "i dag", "element-value", "Bundle.timestamp", 'i dag"'],
  ["entry", [], "fhir-no-header", "Bundle.entry[0]", "[]"],
])("%s as %j is told with its place", (name, value, code, path, at) => {
  const text = JSON.stringify(bundle({ [name]: value }));
  expect(found(text, at.length).map((entry) => entry.slice(0, 3))).toEqual([[code, path, undefined]]);
});

const copy = (isPrimary: boolean, to: string) => ({
  ...(isPrimary && { extension: [{ valueCoding: { code: "primary" } }] }),
  receiver: { reference: `Organization/${to}` },
});

test.each([
  ["primary first", [copy(true, "r"), copy(false, "s")], []],
  ["primary last", [copy(false, "s"), copy(true, "r")], []],
  [
    "two primary ones",
    [copy(true, "r"), copy(true, "s")],
    [["element-repeated", "MessageHeader.destination", 1]],
  ],
  [
    "two, none of them primary",
    [copy(false, "r"), copy(false, "s")],
    [["element-repeated", "MessageHeader.destination", 1]],
  ],
])("of several destinations (%s) one is meant", (_, destination, findings) => {
  const text = JSON.stringify(bundle({ entry: [header({ destination }), ...entries()] }));
  expect(readEnvelope(utf8(text)).interchanges[0]?.receiver.id).toBe("5790000128686");
  expect(found(text).map((entry) => entry.slice(0, 3))).toEqual(findings);
});

const gln = (value: string) => ({ system: "urn:oid:1.3.88", value });

test.each([
  ["the same number under two systems", entries(), [gln("5790000120420")], []],
  ["two numbers", entries(), [gln("5790000181872")], ["Organization.identifier.value"]],
  ["a second organisation of that id", entries(organisation("s", "5790000181872")), [], ["Organization.id"]],
])("a sender with %s", (_, others, identifier, paths) => {
  const [first, ...rest] = others as { resource: { identifier: Members[] } }[];
  first?.resource.identifier.push(...identifier);
  const text = JSON.stringify(bundle({ entry: [header(), first, ...rest] }));
  expect(found(text).map(([code, path]) => [code, path])).toEqual(
    paths.map((path) => ["element-repeated", path]),
  );
  expect(readEnvelope(utf8(text)).interchanges[0]?.sender.id).toBe("5790000120420");
});

test("a second MessageHeader is reported where it begins", () => {
  const text = JSON.stringify(bundle({ entry: [header(), ...entries(header({ id: "m2" }))] }));
  const [finding] = readAnyhow(utf8(text)).findings;
  expect([finding?.code, text.slice(finding?.at.offset)]).toMatchObject([
    "fhir-several-headers",
    expect.stringMatching(/^\{"resourceType":"MessageHeader","id":"m2"/),
  ]);
});
