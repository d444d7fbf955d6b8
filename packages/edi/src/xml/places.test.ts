import { expect, test } from "vitest";
import { isSound } from "../findings.ts";
import { latin1 } from "../testing/bytes.ts";
import { readAnyhow, readInPieces } from "../testing/chunks.ts";

const medcom = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/";
const filler = "<Text01>en linje</Text01>\r\n".repeat(1500);
const document = (content: string, declaration = '<?xml version="1.0" encoding="UTF-8"?>') =>
  `${declaration}<Emessage xmlns="${medcom}"><Envelope><Sent><Date>2026-11-30</Date><Time>12:00</Time></Sent><Identifier>K1</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope><ClinicalEmail><Letter><Identifier>B1</Identifier><VersionCode>XD9134L</VersionCode><TypeCode>XDIS91</TypeCode></Letter><Sender><EANIdentifier>5790000120420</EANIdentifier></Sender><Receiver><EANIdentifier>5790000128686</EANIdentifier></Receiver>${content}</ClinicalEmail></Emessage>`;

const places = (bytes: Uint8Array) => readAnyhow(bytes).findings.map(({ code, at }) => [code, at.offset]);

test.each([
  ["& B", "a bare ampersand"],
  ["&; B", "a reference without name"],
  ["&aring; B", "a reference to an entity that XML does not have"],
  ["&amp B", "a reference that does not end"],
  ["&#0; B", "a reference to a character that XML does not have"],
  ["&#xD800; B", "a reference to a surrogate"],
  ["]]> B", "the end of a CDATA section"],
  ["<b a='&'/>", "a bare ampersand in an attribute"],
  ["</Wrong>", "an end tag of another element"],
  ["<b <c/>", "a tag in a tag"],
  ["<!ELEMENT b>", "a declaration"],
  ["\u0001", "a control character"],
])("%s is told where it stands: %s", (fault) => {
  const shift = fault.startsWith("<b a") ? fault.indexOf("&") : fault === "<b <c/>" ? 3 : 0;
  for (const [before, after] of [
    ["", filler],
    [filler, ""],
  ]) {
    const text = document(`${before}<Text01>A ${fault}</Text01>${after}`);
    expect(places(latin1(text))).toEqual([["xml-malformed", text.indexOf(`A ${fault}`) + 2 + shift]]);
  }
});

test.each([
  ["text after the root", `${document(filler)}\r\n x ${" ".repeat(20_000)}`, " x ", 1],
  ["an element after the root", `${document(filler)}<!-- a --><b/>`, "<b/>", 0],
  ["a CDATA section outside the root", `${document("")}<![CDATA[a]]>`, "<![CDATA[", 0],
  ["a comment that does not end", document(`<!-- a ${filler}`), "<!-- a", 0],
  ["a CDATA section that does not end", document(`<![CDATA[ a ${filler}`), "<![CDATA[", 0],
  ["an instruction that does not end", document(`<?a ${filler}`), "<?a", 0],
  ["a tag that does not end", `${document(filler).slice(0, -30)}<b a="`, '<b a="', 0],
  ["a reference at the end", `${document(filler).slice(0, -30)}&am`, "&am", 0],
])("%s is told where it begins", (_, text, at, shift) => {
  expect(places(latin1(text))).toEqual([["xml-malformed", text.lastIndexOf(at) + shift]]);
});

test("a document that ends too early has its error at the end", () => {
  const text = document(filler).slice(0, -"</Emessage>".length);
  expect(places(latin1(text))).toEqual([["xml-malformed", text.length]]);
});

test("a document type definition is reported where it begins", () => {
  const text = document(
    "",
    `<?xml version="1.0"?>\n<!DOCTYPE Emessage [<!ENTITY a "${"b".repeat(20_000)}">]>`,
  );
  expect(places(latin1(text))).toEqual([["xml-doctype", text.indexOf("<!DOCTYPE")]]);
});

test("text that only looks like an error is not reported", () => {
  const inside =
    "<!-- & ]]> <a> --><![CDATA[ & <b> &amp ]] > -->]]><?a & ?> <c d='>' e=\"a'&gt;/>\"/>&amp;&#xe6;&#0000065;";
  const text = document(`${filler}<Text01>${inside}</Text01>${filler}`);
  expect(places(latin1(text))).toEqual([]);
});

test.each([
  [
    "\xe5 in UTF-8",
    (before: string) => latin1(document(`${before}<Text01>bl\xe5t</Text01>${filler}`)),
    "bl\xe5",
    2,
  ],
  [
    "a byte that UTF-8 never has",
    (before: string) => latin1(document(`${before}<Text01>A\xff</Text01>`)),
    "A\xff",
    1,
  ],
  [
    "a character cut off by the end",
    (before: string) => latin1(`${document(before)}<!--\xe2\x82`),
    "\xe2\x82",
    0,
  ],
])("%s is told where it stands", (_, make, at, shift) => {
  for (const before of ["", filler]) {
    const bytes = make(before);
    const text = Buffer.from(bytes).toString("latin1");
    expect(places(bytes)).toEqual([["invalid-character", text.indexOf(at) + shift]]);
  }
});

test("a lone surrogate in UTF-16 is reported where it is, and a surrogate pair is not split", () => {
  const wide = (content: string) =>
    new Uint8Array(
      Buffer.from(
        `\uFEFF${document(`${filler}<Text01>${content}</Text01>${filler}`, '<?xml version="1.0" encoding="UTF-16"?>')}`,
        "utf16le",
      ),
    );
  expect(places(wide("\u{1f600}".repeat(9000)))).toEqual([]);
  const text = Buffer.from(wide("A\ud800")).toString("utf16le");
  expect(places(wide("A\ud800"))).toEqual([["invalid-character", 2 * (text.indexOf("<Text01>A") + 9)]]);
  const amp = Buffer.from(wide("A & B")).toString("utf16le");
  expect(places(wide("A & B"))).toEqual([["xml-malformed", 2 * amp.indexOf("& B")]]);
});

test("a text that is too long is reported at the same place for any chunks", () => {
  const long = latin1(document(`<Text01>${"x.".repeat(2_200_000)}</Text01>`));
  const whole = readInPieces(long, [long.length]);
  expect(whole.findings.map(({ code }) => code)).toEqual(["xml-text-too-long"]);
  for (const size of [4096, 70_001, 1_000_000]) expect(readInPieces(long, [size])).toEqual(whole);
});

test.each([
  ["a mark of UTF-8, declared windows-1252", (text: string) => latin1(`\xef\xbb\xbf${text}`), "windows-1252"],
  ["a mark of UTF-8, declared UTF-16", (text: string) => latin1(`\xef\xbb\xbf${text}`), "UTF-16"],
  ["no mark, declared UTF-16", latin1, "UTF-16"],
  [
    "UTF-16, declared UTF-8",
    (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le")),
    "UTF-8",
  ],
  [
    "UTF-16 without a mark, declared ISO-8859-1",
    (text: string) => new Uint8Array(Buffer.from(text, "utf16le")),
    "ISO-8859-1",
  ],
])("%s: the contradiction is told where the declaration is", (_, encode, name) => {
  const text = document("", `<?xml version="1.0" encoding="${name}"?>`);
  const bytes = encode(text);
  const width = bytes.length > text.length + 3 ? 2 : 1;
  const mark = bytes.length - width * text.length;
  expect(places(bytes)).toEqual([["encoding-differs", mark + width * text.indexOf(name)]]);
});

test.each([
  ["\xef\xbb\xbf", "UTF-8", latin1],
  ["\uFEFF", "UTF-16", (text: string) => new Uint8Array(Buffer.from(text, "utf16le"))],
  ["\uFEFF", "utf-16le", (text: string) => new Uint8Array(Buffer.from(text, "utf16le"))],
])("a mark that agrees with %j is no contradiction", (mark, name, encode) => {
  expect(places(encode(mark + document("", `<?xml version="1.0" encoding="${name}"?>`)))).toEqual([]);
});

test.each(["windows-1252", "ISO-8859-1"])(
  "UTF-8 that is declared %s is reported at its first character",
  (name) => {
    const text = (content: string) => document(filler + content, `<?xml version="1.0" encoding="${name}"?>`);
    const bytes = Buffer.from(text("<Text01>blåbær</Text01>"), "utf8");
    expect(places(new Uint8Array(bytes))).toEqual([["utf8-as-latin1", bytes.indexOf(0xc3)]]);
    expect(places(latin1(text("<Text01>bl\xe5b\xe6r</Text01>")))).toEqual([]);
    expect(places(latin1(text("<Text01>\xc3\xa5 bl\xe5b\xe6r</Text01>")))).toEqual([]);
  },
);

test.each([
  ["<q:Text01>Hej</q:Text01>", "an element's prefix that is not bound"],
  ['<Text01 q:a="1">Hej</Text01>', "an attribute's prefix that is not bound"],
  ['<b xmlns:p="urn:a"><p:c/></b><p:Text01/>', "a prefix that is bound elsewhere"],
  ['<b xmlns:p="">Hej</b>', "a prefix that is unbound again"],
  ['<b xmlns:xml="urn:a">Hej</b>', "the prefix xml bound to another namespace"],
  ['<b xmlns:xmlns="urn:a">Hej</b>', "the prefix xmlns bound"],
  ['<b xmlns:p="urn:a" xmlns:q="urn:a" p:c="1" q:c="2">Hej</b>', "an attribute twice under two prefixes"],
  ['<b xmlns:p="urn:a"><p:c:d/></b>', "a name with two colons"],
])("%s is told: %s", (fault) => {
  const text = document(filler + fault);
  const [finding, ...others] = readAnyhow(latin1(text)).findings;
  expect([finding?.code, others]).toEqual(["xml-prefix", []]);
  expect(text.slice(0, finding?.at.offset).endsWith(fault)).toBe(false);
  expect(text.slice(finding?.at.offset)).toMatch(/^<(?:q|p|Text01|b)/);
});

test("bound prefixes are valid, and xml needs no binding", () => {
  const inside = '<p:b xmlns:p="urn:a" p:c="1" xml:lang="da"><p:c xmlns:p="urn:b"/><p:d/></p:b>';
  expect(isSound(readAnyhow(latin1(document(inside))).findings)).toBe(true);
});
