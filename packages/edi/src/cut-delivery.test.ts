import { expect, test } from "vitest";
import { ByteEditor, editBytes } from "./edit-bytes.ts";
import type { InterchangeEnvelope } from "./envelope.ts";
import { isSound } from "./findings.ts";
import { buildVansEnvelope, cutDelivery, deliveryCutter, EnvelopeReader, readEnvelope } from "./index.ts";
import { latin1, textOf } from "./testing/bytes.ts";
import { liveBytes } from "./testing/live-bytes.ts";
import { referenceBytes, whenReference } from "./testing/reference.ts";

const uuid = "0196f1f0-0000-7000-8000-000000000001";
const preparedAt = "2026-11-22T09:30:17+01:00";
const nothing = new Uint8Array(0);

function only(bytes: Uint8Array): InterchangeEnvelope {
  const { interchanges, findings } = readEnvelope(bytes);
  if (!interchanges[0] || !isSound(findings)) throw new Error(findings.map(({ code }) => code).join());
  return interchanges[0];
}

type Choice = Parameters<typeof cutDelivery>[2];

function inChunks(bytes: Uint8Array, choice: Choice, size: number): Uint8Array {
  const cutter = deliveryCutter(only(bytes), choice);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    // The pieces returned are views of what was pushed: copy them before more is pushed.
    pieces.push(...cutter.push(bytes.slice(at, at + size)).map((piece) => Buffer.from(piece)));
  }
  return Buffer.concat([...pieces, ...cutter.end()]);
}

const message = (reference: string) =>
  `UNH+${reference}+MEDDIS:D:93A:UN:D0134L+DIS01'\r\nFTX+A?'B??'\r\nUNT+3+${reference}'\r\n`;
const edifact = (messages: readonly string[], time = "990115:1202", reference = "KUV1") =>
  `UNA:+.? '\r\nUNB+UNOC:3+5790000120420:14+5790000128686:14+${time}+${reference}++++1'\r\n${messages.map(message).join("")}UNZ+${messages.length}+${reference}'\r\n`;
const group = (name: string, references: readonly string[]) =>
  `UNG+ORDERS+A+B+260101:0900+${name}+UN+D:96A'${references.map((reference) => `UNH+${reference}+ORDERS:D:96A:UN'BGM+1'UNT+3+${reference}'`).join("")}UNE+${references.length}+${name}'`;
const grouped = (...groups: string[]) =>
  `UNB+UNOA:3+A+B+260101:0900+K'${groups.join("")}UNZ+${groups.length}+K'`;
const namespace = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/";
const emessageMessage = (reference: string) =>
  `<ClinicalEmail><Letter><Identifier>${reference}</Identifier><VersionCode>XD9134L</VersionCode><TypeCode>XDIS91</TypeCode></Letter><Sender><EANIdentifier>5790000120420</EANIdentifier></Sender><Receiver><EANIdentifier>5790000128686</EANIdentifier></Receiver><Text>Æ</Text></ClinicalEmail>`;
const emessage = (messages: readonly string[], time = "12:01", date = "2026-03-01", reference = "E1") =>
  `<?xml version="1.0" encoding="ISO-8859-1"?><Emessage xmlns="${namespace}"><Envelope ><Sent><Date>${date}</Date><Time>${time}</Time></Sent><Identifier>${reference}</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope><!-- messages -->${messages.map(emessageMessage).join("\n")}</Emessage>`;
const renewed = { reference: "NEW1", preparedAt };

test.each([
  ["EDIFACT, some messages", edifact(["B1", "B2", "B3"]), { messages: [0, 2] }, edifact(["B1", "B3"])],
  ["EDIFACT, the last", edifact(["B1", "B2", "B3"]), { messages: [2] }, edifact(["B3"])],
  [
    "EDIFACT under a new id",
    edifact(["B1", "B2"]),
    { messages: [1], renewed },
    edifact(["B2"], "261122:0930", "NEW1"),
  ],
  ["EDIFACT, all messages", edifact(["B1", "B2"]), { messages: [0, 1] }, edifact(["B1", "B2"])],
  [
    "groups, one message of one of them",
    grouped(group("G1", ["1", "2"]), group("G2", ["3"])),
    { messages: [1] },
    grouped(group("G1", ["2"])),
  ],
  [
    "groups, some of each",
    grouped(group("G1", ["1", "2"]), group("G2", ["3", "4"])),
    { messages: [0, 2, 3] },
    grouped(group("G1", ["1"]), group("G2", ["3", "4"])),
  ],
  [
    "MedCom XML under a new id",
    emessage(["B1", "B2"]),
    { messages: [0], renewed },
    emessage(["B1"], "09:30", "2026-11-22", "NEW1").replace("</ClinicalEmail>", "</ClinicalEmail>\n"),
  ],
] as const)("%s: cut in chunks of any size as whole", (_, text, choice, wanted) => {
  const bytes = latin1(text);
  expect(textOf(cutDelivery(bytes, only(bytes), choice))).toBe(wanted);
  for (const size of [1, 2, 3, 17, 100, 1000]) expect(textOf(inChunks(bytes, choice, size))).toBe(wanted);
});

const entry = JSON.stringify([
  {
    resource: {
      resourceType: "MessageHeader",
      id: "h",
      timestamp: "2001-01-01T00:00:00Z",
      eventCoding: { code: "care-communication-message" },
      definition: "x|5.0",
      sender: { reference: "Organization/a" },
      destination: [{ receiver: { reference: "Organization/b" } }],
    },
  },
  ...[
    ["a", "5790000120420"],
    ["b", "5790000128686"],
  ].map(([id, value]) => ({
    fullUrl: `Organization/${id}`,
    resource: {
      resourceType: "Organization",
      id,
      identifier: [{ system: "https://www.gs1.org/gln", value }],
    },
  })),
]);
const fhirJson = (id: string, time: string) =>
  `\u{feff}{"resourceType":"Bundle","entry":${entry}, "type":"message","timestamp" : "${time}","id":"${id}"}`;
const organisation = (id: string, gln: string) =>
  `<entry><fullUrl value="Organization/${id}"/><resource><Organization><id value="${id}"/><identifier><system value="https://www.gs1.org/gln"/><value value="${gln}"/></identifier></Organization></resource></entry>`;
const fhirXml = (id: string, time: string) =>
  `<?xml version="1.0"?><f:Bundle xmlns:f="http://hl7.org/fhir" xmlns="http://hl7.org/fhir"><f:id  value='${id}' /><f:type value="message"/><f:timestamp id="t" value="${time}"><f:extension url="u"/></f:timestamp><entry><resource><MessageHeader><id value="h"/><eventCoding><code value="care-communication-message"/></eventCoding><destination><receiver><reference value="Organization/b"/></receiver></destination><sender><reference value="Organization/a"/></sender><definition value="x|5.0"/></MessageHeader></resource></entry>${organisation("a", "5790000120420")}${organisation("b", "5790000128686")}</f:Bundle>`;

test.each([
  ["FHIR in JSON whose id stands last, after a mark", fhirJson],
  ["FHIR in XML", fhirXml],
] as const)("%s has a new id and time, and nothing else is new", (_, write) => {
  const bytes = new TextEncoder().encode(write("old", "2026-03-01T12:01:00+01:00"));
  const choice = { messages: [0], renewed: { reference: uuid, preparedAt } };
  const wanted = write(uuid, preparedAt);
  for (const size of [1, 7, 1000, bytes.length]) {
    expect(Buffer.from(inChunks(bytes, choice, size)).toString()).toBe(wanted);
  }
});

whenReference("samples of every form are renewed in chunks with the same result as whole", () => {
  for (const [path, reference] of [
    ["pairs/edifact/DIS91_1.edi", "NEW1"],
    ["pairs/edifact/BIN01_5.edi", "NEW1"],
    ["pairs/xml/DIS91_1.xml", "NEW1"],
    ["vans/VANSEnvelope_XDIS22.xml", uuid],
    ["sbdh/20250429_ehmisbdh_sample.xml", uuid],
    ["fhir/CareCommunication_demo_example.json", uuid],
  ] as const) {
    const bytes = referenceBytes(`medcom/${path}`);
    const [envelope] = readEnvelope(bytes).interchanges;
    if (!envelope) throw new Error(path);
    const choice = { messages: [0], renewed: { reference, preparedAt } };
    const whole = cutDelivery(bytes, envelope, choice);
    expect(readEnvelope(whole).interchanges[0]?.reference, path).toBe(reference);
    const cutter = deliveryCutter(envelope, choice);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 997)
      pieces.push(...cutter.push(bytes.slice(at, at + 997)).map((piece) => Buffer.from(piece)));
    expect(Buffer.concat([...pieces, ...cutter.end()]).equals(whole), path).toBe(true);
  }
});

test("a VANSEnvelope of 100 MB is renewed in bounded memory", () => {
  const envelope = buildVansEnvelope({
    sender: { id: "5790000120420", qualifier: "14" },
    receiver: { id: "5790000128686", qualifier: "14" },
    reference: uuid,
    preparedAt: "2026-03-01T12:01:00",
    content: { identifier: uuid, format: "Other", name: "MCM:XDIS91", payload: new Uint8Array(3) },
  });
  const text = new TextEncoder();
  const [head = "", tail = ""] = new TextDecoder().decode(envelope).split("AAAA");
  const piece = text.encode("QUJD".repeat(256 * 1024));
  function* pieces() {
    yield text.encode(head);
    for (let count = 0; count < 100; count++) yield piece;
    yield text.encode(tail);
  }
  const reader = new EnvelopeReader();
  for (const each of pieces()) reader.push(each);
  const [read] = reader.end().interchanges;
  if (!read) throw new Error("nothing was read");
  const reference = uuid.replace(/1$/, "2");
  const cutter = deliveryCutter(read, { messages: [0], renewed: { reference, preparedAt } });
  const again = new EnvelopeReader();
  const before = liveBytes();
  let count = 0;
  for (const each of pieces()) {
    for (const made of cutter.push(each)) again.push(made.slice());
    if (++count % 20 === 10) expect(liveBytes() - before).toBeLessThan(20 * 1024 * 1024);
  }
  for (const made of cutter.end()) again.push(made);
  const [renewed] = again.end().interchanges;
  expect(renewed).toMatchObject({ reference, preparedAt: preparedAt.slice(0, 19) });
  expect(renewed?.range).toEqual(read.range);
});

test("an unknown message, an id without a place, missing bytes and invalid edits are errors", () => {
  const bytes = latin1(edifact(["B1"]));
  expect(() => cutDelivery(bytes, only(bytes), { messages: [1] })).toThrow("no message 1");
  const { own: _, ...untold } = only(latin1(emessage(["B1"])));
  expect(() => cutDelivery(latin1(emessage(["B1"])), untold, { messages: [0], renewed })).toThrow(
    "where its",
  );
  const cutter = deliveryCutter(only(bytes), { messages: [0], renewed });
  cutter.push(bytes.subarray(0, bytes.length - 20));
  expect(() => cutter.end()).toThrow("shorter");
  const range = (start: number, end: number) => ({ range: { start, end }, value: nothing });
  expect(() => editBytes(bytes, [range(0, 5), range(4, 6)])).toThrow("overlap");
  const huge = { range: { start: 0, end: 2 ** 20 + 1 }, value: (old: Uint8Array) => old };
  expect(() => new ByteEditor([huge])).toThrow("too much");
});
