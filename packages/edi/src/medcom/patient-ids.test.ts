import { expect, test } from "vitest";
import { EnvelopeReader } from "../envelope-reader.ts";
import { readEnvelope } from "../read-envelope.ts";
import { wrapInVansEnvelope } from "../xml/wrap.ts";
import { normalPatientId, patientIdReader, readPatientIds } from "./patient-ids.ts";

const idsOf = (text: string) => {
  const bytes = Buffer.from(text, "utf8");
  const [interchange] = readEnvelope(bytes).interchanges;
  if (!interchange) throw new Error("no interchange");
  return readPatientIds(bytes, interchange);
};
const message = (reference: string, ...segments: string[]) =>
  [
    `UNH+${reference}+MEDDIS:D:93A:UN:D9134L+DIS91'`,
    ...segments,
    `UNT+${segments.length + 2}+${reference}'`,
  ].join("\n");
const edifact = (...messages: string[]) =>
  [
    "UNA:+.? '",
    "UNB+UNOC:3+5790000120420:14+5790000128686:14+260301:1201+K1++++0'",
    ...messages,
    `UNZ+${messages.length}+K1'`,
  ].join("\n");

test("EDIFACT: the patient of each message, whatever the qualifier", () => {
  const bytes = edifact(
    message("A", "BGM+EPI'", "PNA+PAT+2512489996:::CPR:IM+++SU:Hansen+FO:Ole'"),
    message("B", "PNA+PRM+1111111118:::CPR'"),
    message("C", "PNA+PAT+251248-9A12:::ERS'", "PNA+PAT+2512489996:::CPR'"),
  );
  expect(idsOf(bytes)).toEqual([["2512489996"], [], ["2512489A12", "2512489996"]]);
});

test("EDIFACT: free text that looks like a patient segment is ignored, and released characters are read", () => {
  const bytes = edifact(
    message("A", "FTX+SPC+P00++Se ?'PNA?+PAT?+0101010101?:CPR?''", "PNA+PAT+25?1248-9996'"),
  );
  expect(idsOf(bytes)).toEqual([["2512489996"]]);
});

const fhir = (resource: object) =>
  JSON.stringify({
    resourceType: "Bundle",
    id: "b1",
    type: "message",
    timestamp: "2026-03-01T10:00:00Z",
    entry: [
      {
        fullUrl: "urn:uuid:h",
        resource: { resourceType: "MessageHeader", id: "h", eventCoding: { code: "x" } },
      },
      { fullUrl: "urn:uuid:p", resource },
    ],
  });

test("FHIR: every identifier of a Patient and of no other resource", () => {
  const identifier = [
    { system: "urn:oid:1.2.208.176.1.2", value: "251248-9996" },
    { system: "urn:oid:1.2.208.176.1.6.1.3", value: "251248AB12" },
  ];
  expect(idsOf(fhir({ resourceType: "Patient", identifier }))).toEqual([["2512489996", "251248AB12"]]);
  expect(idsOf(fhir({ resourceType: "Practitioner", identifier }))).toEqual([[]]);
  expect(idsOf(fhir({ resourceType: "Patient", identifier: [null, { value: 5 }] }))).toEqual([[]]);
});

const emessage = (patient: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/">
<Envelope><Sent><Date>2026-03-01</Date><Time>10:00</Time></Sent><Identifier>K1</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope>
<DischargeLetter><Letter><Identifier>A</Identifier><VersionCode>XD0134L</VersionCode><StatisticalCode>XDIS01</StatisticalCode><TypeCode>XDIS01</TypeCode></Letter>
<Sender><EANIdentifier>5790000120420</EANIdentifier></Sender><Receiver><EANIdentifier>5790000128686</EANIdentifier></Receiver>
<Patient>${patient}<PersonSurnameName>Hansen</PersonSurnameName></Patient>
<Relative><CivilRegistrationNumber>0101010101</CivilRegistrationNumber></Relative></DischargeLetter></Emessage>`;

test("MedCom XML: the patient's number or replacement number, not a relative's", () => {
  expect(idsOf(emessage("<CivilRegistrationNumber>2512489996</CivilRegistrationNumber>"))).toEqual([
    ["2512489996"],
  ]);
  expect(idsOf(emessage("<AlternativeIdentifier>251248-9AB6</AlternativeIdentifier>"))).toEqual([
    ["2512489AB6"],
  ]);
});

const wrapped = (text: string) => {
  const inner = Buffer.from(text);
  const [envelope] = readEnvelope(inner).interchanges;
  if (!envelope) throw new Error("no interchange");
  const about = { identifier: "M1", reference: "V1", preparedAt: "2026-03-01T10:00:00" };
  return Buffer.from(wrapInVansEnvelope(inner, envelope, about)).toString("utf8");
};

test("a transport envelope: the patient in its payload", () => {
  expect(idsOf(wrapped(edifact(message("A", "PNA+PAT+2512489996:::CPR'"))))).toEqual([["2512489996"]]);
});

test.each([
  ["EDIFACT", edifact(message("A", "PNA+PAT+2512489996:::CPR'"))],
  ["MedCom XML", emessage("<CivilRegistrationNumber>2512489996</CivilRegistrationNumber>")],
  ["FHIR", fhir({ resourceType: "Patient", identifier: [{ value: "2512489996" }] })],
  ["VANSEnvelope", wrapped(edifact(message("A", "PNA+PAT+2512489996:::CPR'")))],
])("%s: a delivery that comes in pieces has the same patients, wherever it is cut", (_form, text) => {
  const bytes = Buffer.from(text, "utf8");
  const envelopes = new EnvelopeReader({ carried: "read" });
  envelopes.push(bytes);
  const [interchange] = envelopes.end().interchanges;
  if (!interchange) throw new Error("no interchange");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const reader = patientIdReader(interchange);
    reader.push(bytes.subarray(0, cut));
    reader.push(bytes.subarray(cut));
    expect(reader.end(), `cut at ${cut}`).toEqual([["2512489996"]]);
  }
});

test.each([
  ["251248-9996", "2512489996"],
  ["25 12 48 9996", "2512489996"],
  ["251248ab12", "251248AB12"],
  ["", undefined],
  ["123", undefined],
  ["a\u0000bcdef", undefined],
  ["1".repeat(65), undefined],
])("%j is compared as %j", (text, id) => {
  expect(normalPatientId(text)).toBe(id);
});
