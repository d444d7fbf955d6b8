import { expect, test } from "vitest";
import { buildXmlReceipt, readXmlReceipts } from "../index.ts";
import { readEnvelope } from "../read-envelope.ts";
import { referenceText, whenReference } from "../testing/reference.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Code, path and message of every finding, and the text at its byte. */
const found = (text: string, width = 24) =>
  readEnvelope(utf8(text)).findings.map(({ code, at }) => [
    code,
    at.path,
    at.message,
    new TextDecoder().decode(utf8(text).subarray(at.offset, at.offset + width)).split(/[ >]/)[0],
  ]);

const medcom = "http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/";
const party = (name: string, id: string) => `<${name}><EANIdentifier>${id}</EANIdentifier></${name}>`;
const message = (id: string) =>
  `<ClinicalEmail><Letter><Identifier>${id}</Identifier><VersionCode>XD9134L</VersionCode><StatisticalCode>XDIS91</StatisticalCode><TypeCode>XDIS91</TypeCode></Letter>${party("Sender", "5790000120420")}${party("Receiver", "5790000128686")}<Text>æ</Text></ClinicalEmail>`;
const head =
  "<Envelope><Sent><Date>2026-03-01</Date><Time>12:01</Time></Sent><Identifier>E1</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope>";
const emessage = `<Emessage xmlns="${medcom}">${head}${message("B1")}${message("B2")}</Emessage>`;
const uuid = "0196f1f0-0000-7000-8000-000000000001";
const vans = `<VANSEnvelope xmlns="urn:oio:medcom:vans-envelope:1.0.4"><SenderID EndPointType="EAN">5790000120420</SenderID><ReceiverID EndPointType="EAN">5790000128686</ReceiverID><EnvelopeIdentifier>${uuid}</EnvelopeIdentifier><SentDateTime>2026-11-22T09:30:00</SentDateTime><Message><MetaInformation><Identifier>${uuid}</Identifier><Document><Format>EDIFACT</Format><Name>MCM:DIS91</Name><Version>D9134L</Version><SizeInBytes>5</SizeInBytes></Document></MetaInformation><Data>aGVsbG8=</Data></Message></VANSEnvelope>`;
const fhir =
  '<Bundle xmlns="http://hl7.org/fhir"><id value="b1"/><type value="message"/><timestamp value="2026-01-02T03:04:05+01:00"/><entry><fullUrl value="MessageHeader/m1"/><resource><MessageHeader><id value="m1"/><eventCoding><code value="care-communication-message"/></eventCoding><destination><receiver><reference value="Organization/r"/></receiver></destination><sender><reference value="Organization/s"/></sender><definition value="x|5.0"/></MessageHeader></resource></entry><entry><fullUrl value="Organization/s"/><resource><Organization><id value="s"/><identifier><system value="https://www.gs1.org/gln"/><value value="5790000120420"/></identifier></Organization></resource></entry><entry><fullUrl value="Organization/r"/><resource><Organization><id value="r"/><identifier><system value="https://www.gs1.org/gln"/><value value="5790000128686"/></identifier></Organization></resource></entry></Bundle>';

test("the documents that the tests below modify are valid", () => {
  for (const text of [emessage, vans, fhir]) expect(found(text)).toEqual([]);
});

const emessageCases = [
  [head, `${head}${head}`, "/Emessage/Envelope", undefined, "<Envelope"],
  ["</Sent>", "</Sent><Sent/>", "/Emessage/Envelope/Sent", undefined, "<Sent/"],
  ["</Time>", "</Time><Time>1</Time>", "/Emessage/Envelope/Sent/Time", undefined, "<Time"],
  [
    "E1</Identifier>",
    "E1</Identifier><Identifier/>",
    "/Emessage/Envelope/Identifier",
    undefined,
    "<Identifier/",
  ],
  [
    "</AcknowledgementCode>",
    "</AcknowledgementCode><AcknowledgementCode/>",
    "/Emessage/Envelope/AcknowledgementCode",
    undefined,
    "<AcknowledgementCode/",
  ],
  ["</Letter>", "</Letter><Letter/>", "Letter", 1, "<Letter/"],
  ["B1</Identifier>", "B1</Identifier><Identifier>B9</Identifier>", "Letter/Identifier", 1, "<Identifier"],
  ["</TypeCode>", "</TypeCode><TypeCode>XDIS01</TypeCode>", "Letter/TypeCode", 1, "<TypeCode"],
  ["</Sender>", `</Sender>${party("Sender", "5790000181872")}`, "Sender", 1, "<Sender"],
  ["</Receiver>", `</Receiver>${party("Receiver", "5790000181872")}`, "Receiver", 1, "<Receiver"],
  [
    "</EANIdentifier></Receiver>",
    "</EANIdentifier><EANIdentifier>5790000181872</EANIdentifier></Receiver>",
    "Receiver/EANIdentifier",
    1,
    "<EANIdentifier",
  ],
  ["</Receiver>", `</Receiver><x:Receiver xmlns:x="${medcom}">1</x:Receiver>`, "Receiver", 1, "<x:Receiver"],
] as const;

test.each(emessageCases)("MedCom XML: a second %s is refused", (from, to, path, message, text) => {
  const changed = emessage.replace(from, to);
  expect(found(changed)).toEqual([["element-repeated", path, message, text]]);
  const [first] = readEnvelope(utf8(changed)).interchanges[0]?.messages ?? [];
  expect(first?.receiver.id).toBe("5790000128686");
});

test("an error in the second message names the second message", () => {
  const at = emessage.lastIndexOf("</Receiver>");
  const changed = `${emessage.slice(0, at)}</Receiver>${party("Receiver", "1")}${emessage.slice(at + 11)}`;
  expect(found(changed)).toEqual([["element-repeated", "Receiver", 2, "<Receiver"]]);
});

test.each([
  ["<Receiver>", '<Receiver xmlns="urn:ext">', "Receiver", 1],
  ["<Receiver><EANIdentifier>", '<Receiver><EANIdentifier xmlns="">', "Receiver/EANIdentifier", 1],
  ["<Identifier>E1", '<Identifier xmlns="urn:ext">E1', "/Emessage/Envelope/Identifier", undefined],
  ["<Envelope>", '<Envelope xmlns="urn:ext">', "/Emessage/Envelope", undefined],
  ["<ClinicalEmail>", '<ClinicalEmail xmlns="urn:ext">', "/Emessage", undefined],
])("MedCom XML: %s in a foreign namespace is refused and not read", (from, to, path, message) => {
  const [first, ...others] = found(emessage.replace(from, to));
  expect(first?.slice(0, 3)).toEqual(["element-foreign", path, message]);
  expect(others.every(([code]) => code === "element-missing" || code === "element-value")).toBe(true);
});

test("foreign elements of other names are ignored, and a message may have another of MedCom's namespaces", () => {
  expect(found(emessage.replace("<Text>", '<e:Note xmlns:e="urn:ext"/><Text>'))).toEqual([]);
  const other = "http://rep.oio.dk/medcom.dk/xml/schemas/2012/03/28/";
  expect(found(emessage.replace("<ClinicalEmail>", `<ClinicalEmail xmlns="${other}">`))).toEqual([]);
});

test.each([
  [emessage, medcom, "urn:ext"],
  [vans, "1.0.4", "1.0.5"],
])("a root in a namespace that the form does not use is refused", (text, from, to) => {
  expect(found(text.replace(from, to))[0]?.[0]).toBe("xml-namespace");
});

test.each([
  ["</SenderID>", '</SenderID><SenderID EndPointType="EAN">1</SenderID>', "SenderID", undefined],
  ["</ReceiverID>", "</ReceiverID><ReceiverID/>", "ReceiverID", undefined],
  ["</EnvelopeIdentifier>", "</EnvelopeIdentifier><EnvelopeIdentifier/>", "EnvelopeIdentifier", undefined],
  ["</Message>", "</Message><Message/>", "Message", undefined],
  ["</Message>", "</Message><Receipt/>", "Receipt", undefined],
  ["</MetaInformation>", "</MetaInformation><MetaInformation/>", "Message/MetaInformation", 1],
  ["</Name>", "</Name><Name>MCM:DIS01</Name>", "Message/MetaInformation/Document/Name", 1],
  ["</Data>", "</Data><Data>aGVsbG8=</Data>", "Message/Data", 1],
])("VANSEnvelope: a second %s is refused", (from, to, path, message) => {
  expect(found(vans.replace(from, to)).map((entry) => entry.slice(0, 3))).toEqual([
    ["element-repeated", `/VANSEnvelope/${path}`, message],
  ]);
});

test("VANSEnvelope: a foreign ReceiverID is refused, and the real one is read", () => {
  const changed = vans.replace(
    "</ReceiverID>",
    '</ReceiverID><e:ReceiverID xmlns:e="urn:ext" EndPointType="EAN">1</e:ReceiverID>',
  );
  expect(found(changed)).toEqual([
    ["element-foreign", "/VANSEnvelope/ReceiverID", undefined, "<e:ReceiverID"],
  ]);
  expect(readEnvelope(utf8(changed)).interchanges[0]?.receiver.id).toBe("5790000128686");
});

test.each(["<Data></Data>", "<Data/>", "<Data> \r\n\t</Data>", ""])(
  "VANSEnvelope: %j is an empty payload and is refused",
  (data) => {
    const text = vans.replace("<Data>aGVsbG8=</Data>", data);
    expect(found(text).map((entry) => entry.slice(0, 3))).toEqual([
      ["element-missing", "/VANSEnvelope/Message/Data", 1],
    ]);
    expect(readEnvelope(utf8(text)).interchanges[0]).not.toHaveProperty("carried");
  },
);

test.each([
  ['<id value="b1"/>', "Bundle.id", undefined],
  ['<timestamp value="2026-01-02T03:04:05+01:00"/>', "Bundle.timestamp", undefined],
  ['<fullUrl value="Organization/s"/>', "Bundle.entry.fullUrl", 1],
  ['<sender><reference value="Organization/s"/></sender>', "MessageHeader.sender", 1],
  ['<reference value="Organization/r"/>', "MessageHeader.destination.receiver.reference", 1],
  ['<definition value="x|5.0"/>', "MessageHeader.definition", 1],
  ['<value value="5790000120420"/>', "Organization.identifier.value", 1],
])("FHIR XML: a second %s is refused", (element, path, message) => {
  expect(found(fhir.replace(element, element + element)).map((entry) => entry.slice(0, 3))).toEqual([
    ["element-repeated", path, message],
  ]);
});

test("FHIR XML: one entry holds one resource", () => {
  const text = fhir.replace("</Organization>", "</Organization><Patient/>");
  expect(found(text).map(([code, , , at]) => [code, at])).toEqual([["element-repeated", "<Patient/"]]);
});

whenReference(
  "SBDH: a second element or scope is refused, and an id with more than a scheme is not a location number",
  () => {
    const sbdh = referenceText("medcom/sbdh/20250429_ehmisbdh_sample.xml");
    const twice = (element: string) =>
      found(sbdh.replace(element, element + element)).map((entry) => entry.slice(0, 3));
    const [receiver = ""] = /<Receiver>[\s\S]*?<\/Receiver>/.exec(sbdh) ?? [];
    const [scope = ""] = /<Scope>\s*<Type>MESSAGEIDENTIFIER[\s\S]*?<\/Scope>/.exec(sbdh) ?? [];
    const [identifier = ""] = /<Identifier[^>]*>0088:5790000201389<\/Identifier>/.exec(sbdh) ?? [];
    const header = "/StandardBusinessDocument/StandardBusinessDocumentHeader";
    expect(found(sbdh)).toEqual([]);
    expect(twice(receiver)).toEqual([["element-repeated", `${header}/Receiver`, undefined]]);
    expect(twice(identifier)).toEqual([["element-repeated", `${header}/Receiver/Identifier`, undefined]]);
    expect(twice(scope)).toEqual([
      ["element-repeated", `${header}/BusinessScope/Scope[MESSAGEIDENTIFIER]`, 1],
    ]);
    const odd = sbdh.replace("0088:5790000201389", "0088:5790000201389:x");
    expect(readEnvelope(utf8(odd)).interchanges[0]?.receiver).toEqual({
      id: "5790000201389:x",
      qualifier: "14",
    });
    expect(found(odd).map(([code]) => code)).toEqual(["gln-form"]);
    const empty = sbdh.replace(/(<BinaryContent[^>]*>)[^<]*/, "$1");
    expect(found(empty).map((entry) => entry.slice(0, 3))).toEqual([
      ["element-missing", "/StandardBusinessDocument/BinaryContent", 1],
    ]);
  },
);

test("a receipt has one answer too, and repeated or foreign elements are not read", () => {
  const [subject] = readEnvelope(utf8(emessage)).interchanges;
  const receipt =
    subject &&
    buildXmlReceipt({
      kind: "XCTL03",
      subject,
      reference: "E9",
      messageReference: "B9",
      preparedAt: "2026-03-01T12:01",
    });
  const text = new TextDecoder("latin1").decode(receipt);
  for (const added of [
    "<OriginalEnvelopeIdentifier>E2</OriginalEnvelopeIdentifier>",
    '<e:OriginalEnvelopeIdentifier xmlns:e="urn:ext">E2</e:OriginalEnvelopeIdentifier>',
  ]) {
    const changed = text.replace("</OriginalEnvelopeIdentifier>", `</OriginalEnvelopeIdentifier>${added}`);
    expect(found(changed)[0]?.slice(1, 3)).toEqual(["OriginalEmessage/OriginalEnvelopeIdentifier", 1]);
    expect(readXmlReceipts(utf8(changed), { form: "XML" })[0]?.original.reference).toBe("E1");
  }
});

test("a receipt goes to the sender of the messages that it answers, and answers messages with the same parties only", () => {
  const other = emessage.replace(/(.*)5790000120420/s, "$15790000181872");
  const [subject] = readEnvelope(utf8(other)).interchanges;
  if (!subject) throw new Error("nothing was read");
  const receipt = (...indexes: number[]) =>
    buildXmlReceipt({
      ...{ kind: "XCTL03", subject, messages: indexes.map((index) => ({ index })) },
      ...{ reference: "E9", messageReference: "B9", preparedAt: "2026-03-01T12:01" },
    });
  const read = (bytes: Uint8Array = utf8("")) => [
    readEnvelope(bytes).interchanges[0]?.receiver.id,
    readXmlReceipts(bytes, { form: "XML" })[0]?.original.sender,
  ];
  expect(read(receipt(1))).toEqual(["5790000181872", "5790000181872"]);
  expect(read(receipt(0))).toEqual(["5790000120420", "5790000120420"]);
  expect(() => receipt(0, 1)).toThrow(RangeError);
});

test.each([
  ["minuspositivkvitt", "PlusPositivKvitt", "element-value"],
  ["minuspositivkvitt", "ja tak", "element-value"],
  ["minuspositivkvitt", " ", "element-missing"],
  ["<AcknowledgementCode>minuspositivkvitt</AcknowledgementCode>", "", "element-missing"],
])("MedCom XML: %s as %j gives %s", (from, to, code) => {
  expect(found(emessage.replace(from, to)).map((entry) => entry.slice(0, 3))).toEqual([
    [code, "/Emessage/Envelope/AcknowledgementCode", undefined],
  ]);
});

test.each([
  ["E1", "E".repeat(14), undefined],
  ["E1", "E".repeat(15), ["element-too-long", "/Emessage/Envelope/Identifier", undefined]],
  ["E1", " ", ["element-missing", "/Emessage/Envelope/Identifier", undefined]],
  ["B2", "B".repeat(33), ["element-too-long", "Letter/Identifier", 2]],
  ["B2", "\t", ["element-missing", "Letter/Identifier", 2]],
  [
    "XDIS91</StatisticalCode>",
    "XDIS01</StatisticalCode>",
    ["message-type-mismatch", "Letter/StatisticalCode", 1],
  ],
  ["XDIS91</StatisticalCode>", "DIS91</StatisticalCode>", undefined],
])("MedCom XML: %s as %j", (from, to, finding) => {
  expect(found(emessage.replace(from, to)).map((entry) => entry.slice(0, 3))).toEqual(
    finding ? [finding] : [],
  );
});

test("MedCom XML: all messages that share an id are errors", () => {
  const text = `<Emessage xmlns="${medcom}">${head}${message("B1")}${message("B2")}${message("B1")}</Emessage>`;
  expect(found(text).map((entry) => entry.slice(0, 3))).toEqual([
    ["duplicate-message", "Letter/Identifier", 1],
    ["duplicate-message", "Letter/Identifier", 3],
  ]);
});
