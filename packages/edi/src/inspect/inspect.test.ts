import { expect, test } from "vitest";
import { latin1 } from "../testing/bytes.ts";
import { buildVansEnvelope } from "../xml/wrap.ts";
import { inspect, inspectionText } from "./inspect.ts";

const sound =
  "UNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++1'UNH+B1+MEDDIS:D:93A:UN:D0134L+DIS01'PNA+PAT+2512489996:CPR+BERGGREN'UNT+3+B1'UNZ+1+KUV1'";
const broken = sound.replace("UNT+3", "UNT+4").replace("BERGGREN", "BERG\x07GREN");

test("an inspection names kind, parties, messages and findings with their place marked", () => {
  const text = inspectionText(inspect("a.edi", latin1(broken), { showContent: false }));
  expect(text).toContain("a.edi: EDIFACT, windows-1252");
  expect(text).toContain("5790000120420 (14) -> 5790000128686 (14)");
  expect(text).toContain("B1: MEDDIS DIS01 D0134L, Udskrivningsepikrise");
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.includes("invalid-character"));
  const mark = (lines[at + 4] ?? "").indexOf("^");
  expect(lines[at]).toContain("segment 2");
  expect(lines[at + 3]?.[mark]).toBe("·");
});

test("content is masked unless requested", () => {
  const masked = JSON.stringify(inspect("a", latin1(broken), { showContent: false }).findings);
  expect(masked).not.toMatch(/BERG|2512489996/);
  expect(JSON.stringify(inspect("a", latin1(broken), { showContent: true }).findings)).toContain("BERG");
});

test("messages to other receivers, and the content of a payload, are shown with their own parties and places", () => {
  const gln = "<EANIdentifier>57900001";
  const message = (id: string, to: string) =>
    `<ClinicalEmail><Letter><Identifier>${id}</Identifier><VersionCode>XD9134L</VersionCode><TypeCode>XDIS91</TypeCode></Letter><Sender>${gln}20420</EANIdentifier></Sender><Receiver>${gln}${to}</EANIdentifier></Receiver></ClinicalEmail>`;
  const emessage = `<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/"><Envelope><Sent><Date>2026-03-01</Date><Time>12:01</Time></Sent><Identifier>E1</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope>${message("B1", "28686")}${message("B2", "81872")}</Emessage>`;
  const read = (bytes: Uint8Array) => inspect("a.xml", bytes, { showContent: true });
  const text = inspectionText(read(latin1(emessage)));
  expect(text).toContain(
    "B2: MEDDIS XDIS91 XD9134L, Korrespondancebrev, 5790000120420 (14) -> 5790000181872 (14) (",
  );
  expect(text).toContain("B1: MEDDIS XDIS91 XD9134L, Korrespondancebrev (");
  const party = (id: string) => ({ id, qualifier: "14" });
  const uuid = "0196f1f0-0000-7000-8000-000000000001";
  const wrapped = buildVansEnvelope({
    ...{ sender: party("5790000120420"), receiver: party("5790000128686") },
    ...{ reference: uuid, preparedAt: "2026-03-01T10:00:00" },
    content: {
      identifier: uuid,
      format: "XML",
      name: "MCM:XDIS91",
      version: "XD9134L",
      payload: latin1(emessage),
    },
  });
  const { findings, isSound } = read(wrapped);
  expect([isSound, findings.map(({ code }) => code)]).toEqual([true, ["parties-differ"]]);
  expect(findings[0]?.excerpt).toContain("<ClinicalEmail><Letter>");
});

test("a location number with a trailing blank is reported, and UTF-16 is named if EDIFACT is written in it", () => {
  const codes = (bytes: Uint8Array) => inspect("a", bytes, { showContent: false });
  const blank = codes(latin1(sound.replace("5790000128686:14", "5790000128686 :14")));
  expect(blank.findings.map(({ code, at }) => [code, at.element])).toEqual([["gln-form", 3]]);
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const bytes = Buffer.from(`\uFEFF${sound}`, "utf16le");
    const { kind, encoding: found, findings } = codes(encoding === "utf-16le" ? bytes : bytes.swap16());
    expect([kind, found, findings.map(({ code }) => code)]).toEqual(["EDIFACT", encoding, ["edifact-utf16"]]);
  }
});
