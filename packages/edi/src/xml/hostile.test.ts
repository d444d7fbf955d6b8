import { expect, test } from "vitest";
import { EnvelopeReader } from "../envelope-reader.ts";
import { readEnvelope } from "../read-envelope.ts";
import { recognise } from "../recognise.ts";
import { mutate, randomFrom } from "../testing/mutate.ts";
import { referenceBytes, referenceFiles, whenReference } from "../testing/reference.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const codes = (text: string, limits = {}) =>
  readEnvelope(utf8(text), { limits }).findings.map((entry) => entry.code);
const open = '<Emessage xmlns="http://rep.oio.dk/medcom.dk/xml/schemas/2010/07/01/">';
const slow = 60_000;

test("a document type definition is refused, whatever it holds", () => {
  const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
    "",
  );
  expect(codes(`<!DOCTYPE Emessage [<!ENTITY l0 "ha">${laughs}]>${open}&l9;</Emessage>`)).toContain(
    "xml-doctype",
  );
  expect(codes(`<!DOCTYPE Emessage SYSTEM "file:///etc/passwd">${open}</Emessage>`)).toContain("xml-doctype");
  expect(codes(`${open}<Envelope><Identifier>&xxe;</Identifier></Envelope></Emessage>`)).toEqual([
    "xml-malformed",
  ]);
});

test("depth, attributes, text and size are bounded", () => {
  expect(codes(open + "<a>".repeat(10_000))).toEqual(["xml-too-deep"]);
  expect(
    codes(`${open}<a ${Array.from({ length: 1000 }, (_, at) => `a${at}="1"`).join(" ")}/></Emessage>`),
  ).toEqual(["xml-too-many-attributes"]);
  expect(codes(`${open}<a>${"x.".repeat(150_000)}</a></Emessage>`, { textBytesMax: 100_000 })).toEqual([
    "xml-text-too-long",
  ]);
  expect(codes(`${open}<a b="${"x.".repeat(150_000)}"/></Emessage>`, { textBytesMax: 100_000 })).toEqual([
    "xml-text-too-long",
  ]);
  expect(codes(`${open}<!--${"x.".repeat(150_000)}--></Emessage>`, { textBytesMax: 100_000 })).toEqual([
    "xml-text-too-long",
  ]);
  expect(codes(`${open}${"<a/>".repeat(50)}</Emessage>`, { xmlElementsMax: 50 })).toEqual([
    "xml-too-many-elements",
  ]);
  expect(codes(`${open}<a/></Emessage>`, { inputBytesMax: 20 })).toEqual(["interchange-too-long"]);
  expect(codes(`{"resourceType":"Bundle","a":${"[".repeat(10_000)}`)).toEqual(["xml-too-deep"]);
});

test("base64 of any length is skipped wherever it is, in bounded memory and for any chunks", () => {
  const base64 = "QUJD".repeat(300_000);
  const limits = { textBytesMax: 100_000 };
  const withLines = base64.replace(/.{76}/g, "$&\r\n");
  for (const inside of [
    `<a>${base64}</a>`,
    `<a><b>1</b><c d="${base64}"/></a>`,
    `<a>${withLines}</a>`,
    `<!--${base64}--><a/>`,
  ]) {
    const text = `${open}<Envelope><Identifier>E1</Identifier></Envelope><A><Sender><EANIdentifier>1</EANIdentifier></Sender>${inside}<Letter><Identifier>B1</Identifier><VersionCode>V1</VersionCode></Letter></A></Emessage>`;
    const { interchanges, findings } = readEnvelope(utf8(text), { limits });
    expect(interchanges[0]).toMatchObject({
      reference: "E1",
      messages: [{ reference: "B1", version: "V1", range: { end: text.length - "</Emessage>".length } }],
    });
    expect(findings.map(({ code }) => code)).not.toContain("xml-text-too-long");
    for (const size of [1000, 70_001]) {
      const reader = new EnvelopeReader({ limits });
      for (let at = 0; at < text.length; at += size) reader.push(utf8(text.slice(at, at + size)));
      expect(reader.end()).toEqual({ interchanges, findings });
    }
  }
  // Skipping base64 must not let other text grow without bound.
  const mixed = `${"Q".repeat(70_000)}${".".repeat(60_000)}`.repeat(3);
  expect(codes(`${open}<a>${mixed}</a></Emessage>`, limits)).toEqual(["xml-text-too-long"]);
  expect(codes(`${open}<a>${base64}</b></Emessage>`, limits)).toEqual(["xml-malformed"]);
});

test("content before the root neither hides it nor stalls the recognition", () => {
  const message = `${open}<Envelope/><A><Letter/></A></Emessage>`;
  for (const before of [
    `<!-- ${"<VANSEnvelope> ".repeat(300)}-->`,
    "<!---->".repeat(800),
    "<?a b='>'?>\n".repeat(400),
    `<?xml version="1.0"?><!-- a --><?b ${"c>".repeat(1000)}?>\r\n`,
  ]) {
    expect(recognise(utf8(before + message)).form).toBe("XML");
    expect(codes(before + message)).toContain("type-unknown");
  }
  // With backtracking over every grouping this would never finish.
  expect(recognise(utf8(`${"<!---->".repeat(1000)}!`)).form).toBe("unknown");
  expect(recognise(utf8(`${"<?a?>".repeat(1500)}`)).form).toBe("unknown");
});

test("messages beyond the limit are refused, and many are compared in linear time", () => {
  const message = (at: number) =>
    `<A><Letter><Identifier>${at}</Identifier></Letter><Sender/><Receiver/></A>`;
  const many = (count: number) =>
    `${open}${Array.from({ length: count }, (_, at) => message(at)).join("")}</Emessage>`;
  expect(codes(many(11), { messagesMax: 10 })).toContain("too-many-messages");
  expect(codes(many(10), { messagesMax: 10 })).not.toContain("too-many-messages");
  const from = process.cpuUsage();
  expect(codes(many(100_000))).toContain("too-many-findings");
  const { user } = process.cpuUsage(from);
  expect(user / 1e6).toBeLessThan(20);
});

test("input that is not well formed, cut short, or not in its declared encoding is refused", () => {
  expect(codes(`${open}<a></b></Emessage>`)).toEqual(["xml-malformed"]);
  expect(codes(`${open}<Envelope>`)).toEqual(["xml-malformed"]);
  expect(codes('{"resourceType":"Bundle",')).toEqual(["json-malformed"]);
  expect(codes(`<?xml version="1.0" encoding="EBCDIC-DK"?>${open}</Emessage>`)).toEqual(["xml-encoding"]);
  const latin = Uint8Array.from(`${open}<a>bl\xe5</a></Emessage>`, (letter) => letter.charCodeAt(0));
  expect(readEnvelope(latin).findings.map((entry) => entry.code)).toEqual(["invalid-character"]);
  expect(codes("<html></html>")).toEqual(["form-unknown", "form-xml"]);
});

test("names that JavaScript objects inherit do no harm", () => {
  expect(codes(`${open}<__proto__><constructor/></__proto__></Emessage>`)).toContain("type-unknown");
  expect(codes("<constructor/>")).toEqual(["form-unknown", "form-xml"]);
  expect(codes('{"resourceType":"Bundle","__proto__":{"type":"message"},"entry":[null,3,"x"]}')).toEqual([
    "fhir-no-header",
  ]);
});

whenReference(
  "three thousand mutations of the XML and JSON samples give findings, never an exception",
  () => {
    const random = randomFrom(7);
    const samples = ["medcom/pairs/xml", "medcom/vans", "medcom/sbdh", "medcom/fhir", "medcom/xml-only"]
      .flatMap(referenceFiles)
      .map(referenceBytes)
      .filter((bytes) => bytes.length < 12_000);
    for (let round = 0; round < 3000; round++) {
      const bytes = mutate(samples[Math.floor(random() * samples.length)] as Uint8Array, random);
      for (const { range, messages } of readEnvelope(bytes).interchanges) {
        const isIn = [range, ...messages.map((message) => message.range)].every(
          ({ start, end }) => start >= 0 && start <= end && end <= bytes.length,
        );
        if (!isIn) throw new Error(`round ${round}: range`);
      }
    }
  },
  slow,
);

whenReference(
  "every prefix of the XML and JSON samples is refused, unless only blanks are missing",
  () => {
    for (const path of [
      ...referenceFiles("medcom/vans"),
      ...referenceFiles("medcom/fhir"),
      "medcom/pairs/xml/DIS20_1.xml",
    ]) {
      const bytes = referenceBytes(path);
      const end = bytes.findLastIndex((byte) => byte > 0x20) + 1;
      for (let length = 0; length < end; length += length < 1500 ? 1 : 37) {
        const { findings } = readEnvelope(bytes.subarray(0, length));
        if (findings.every((entry) => entry.severity !== "error"))
          throw new Error(`${path}: ${length} bytes pass`);
      }
    }
  },
  slow,
);
