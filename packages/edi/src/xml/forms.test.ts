import { expect, test } from "vitest";
import { buildAcknowledgement } from "../fhir/acknowledgement.ts";
import { isSound } from "../findings.ts";
import { readEnvelope } from "../read-envelope.ts";
import { recognise } from "../recognise.ts";
import { latin1, textOf } from "../testing/bytes.ts";
import { referenceBytes, referenceFiles, whenReference } from "../testing/reference.ts";
import { buildXmlReceipt } from "./receipts.ts";
import { buildVansEnvelope, unwrapPayload, wrapInVansEnvelope } from "./wrap.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const uuid = "068dadff-12bb-406d-8c86-083974dc0180";

function only(bytes: Uint8Array) {
  const { interchanges, findings } = readEnvelope(bytes);
  const [interchange] = interchanges;
  if (!interchange) throw new Error(`nothing was read: ${findings.map((entry) => entry.code)}`);
  return interchange;
}

whenReference("the EDIFACT and the XML file of all 22 pairs have the same content", () => {
  const pairs = referenceFiles("medcom/pairs/edifact");
  expect(pairs).toHaveLength(22);
  for (const path of pairs) {
    const edifact = only(referenceBytes(path));
    const xml = only(referenceBytes(path.replaceAll("edifact", "xml").replace(".edi", ".xml")));
    for (const key of [
      "sender",
      "receiver",
      "reference",
      "preparedAt",
      "acknowledgementRequested",
    ] as const) {
      expect(xml[key], `${path} ${key}`).toEqual(edifact[key]);
    }
    const [message, twin] = [edifact.messages[0], xml.messages[0]];
    expect(twin?.reference, path).toBe(message?.reference);
    expect(twin?.unhType, path).toBe(message?.unhType);
    expect(twin?.code, path).toBe(`X${message?.code}`);
    // True of these samples, though not in general: the versions differ by the X only.
    expect(twin?.version, path).toBe(`X${message?.version}`);
    expect(
      isSound(
        readEnvelope(referenceBytes(path.replaceAll("edifact", "xml").replace(".edi", ".xml"))).findings,
      ),
    ).toBe(true);
  }
});

whenReference("each form is recognised by its first bytes, with its encoding", () => {
  const form = (path: string) => Object.values(recognise(referenceBytes(`medcom/${path}`)));
  expect(form("pairs/edifact/DIS01_1.edi")).toEqual(["EDIFACT", "EDIFACT"]);
  expect(form("pairs/xml/DIS01_1.xml")).toEqual(["XML", "XML", "windows-1252"]);
  expect(form("xml-only/MiBaReport_Dyrkning1.xml")).toEqual(["XML", "XML", "iso-8859-1"]);
  expect(form("vans/VANSEnvelope_XDIS22.xml")).toEqual(["VANSEnvelope", "XML", "utf-8"]);
  expect(form("sbdh/20250429_ehmisbdh_sample.xml")).toEqual(["SBDH", "XML", "utf-8"]);
  expect(form("fhir/CareCommunication_demo_example.json")).toEqual(["FHIR", "JSON", "utf-8"]);
  expect(recognise(utf8("\uFEFF \r\nUNA:+.? 'UNB+")).form).toBe("EDIFACT");
  expect(recognise(utf8("<html/>"))).toMatchObject({ form: "unknown", notation: "XML" });
  expect(recognise(utf8("%PDF-1.7")).form).toBe("unknown");
  expect(recognise(new Uint8Array()).form).toBe("unknown");
});

whenReference("a message's byte range is its element, in every encoding", () => {
  const text = textOf(referenceBytes("medcom/pairs/xml/DIS20_1.xml"));
  const encoded = {
    "windows-1252": latin1(text),
    "utf-8": utf8(text.replace("windows-1252", "UTF-8")),
    "utf-16le": Uint8Array.from(`\uFEFF${text.replace("windows-1252", "UTF-16")}`, () => 0),
  };
  const wide = `\uFEFF${text.replace("windows-1252", "UTF-16")}`;
  encoded["utf-16le"] = new Uint8Array(wide.length * 2);
  for (let at = 0; at < wide.length; at++)
    new DataView(encoded["utf-16le"].buffer).setUint16(at * 2, wide.charCodeAt(at), true);
  for (const [encoding, bytes] of Object.entries(encoded)) {
    const read = only(bytes);
    const { start, end } = read.messages[0]?.range ?? { start: 0, end: 0 };
    const cut = new TextDecoder(encoding).decode(bytes.subarray(start, end));
    expect(read.encoding).toBe(encoding);
    expect(cut.startsWith("<NotificationOfAdmission>"), encoding).toBe(true);
    expect(cut.endsWith("</NotificationOfAdmission>"), encoding).toBe(true);
  }
});

whenReference("reading the header only gives the same parties, type and reference", () => {
  for (const path of referenceFiles("medcom/pairs/xml")) {
    const bytes = referenceBytes(path);
    const [head] = readEnvelope(bytes, { headerOnly: true }).interchanges;
    const whole = only(bytes);
    expect({ ...head, messages: head?.messages.map(({ range, ...rest }) => rest) }, path).toEqual({
      ...whole,
      messages: whole.messages.map(({ range, ...rest }) => rest),
    });
  }
});

test("several messages, a missing TypeCode and a statistical code without X are read", () => {
  const message = (root: string, id: string, codes: string) =>
    `<${root}><Letter><Identifier>${id}</Identifier>${codes}</Letter><Sender><EANIdentifier>5790000120420</EANIdentifier></Sender><Receiver><EANIdentifier>5790000128686</EANIdentifier></Receiver></${root}>`;
  const bytes = utf8(
    `<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/"><Envelope><Sent><Date>2026-01-02</Date><Time>09:30</Time></Sent><Identifier>K1</Identifier><AcknowledgementCode>pluspositivkvitt</AcknowledgementCode></Envelope>${message("PositiveReceipt", "B1", "<VersionCode>XC0330Q</VersionCode><StatisticalCode>XCTL03</StatisticalCode>")}${message("Any", "B2", "<VersionCode>XH0630R</VersionCode><StatisticalCode>REF06</StatisticalCode>")}${message("Any", "B2", "<VersionCode>XD9999L</VersionCode><TypeCode>XDIS91</TypeCode>")}</Emessage>`,
  );
  const { findings } = readEnvelope(bytes);
  expect(only(bytes).messages.map((message) => [message.reference, message.code, message.version])).toEqual([
    ["B1", "XCTL03", "XC0330Q"],
    ["B2", "XREF06", "XH0630R"],
    ["B2", "XDIS91", "XD9999L"],
  ]);
  expect(findings.map((entry) => [entry.code, entry.at.message])).toEqual([
    ["version-unknown", 3],
    ["duplicate-message", 2],
    ["duplicate-message", 3],
  ]);
});

whenReference("XCTL01 and XCTL03 equal MedCom's own samples byte for byte", () => {
  const parties = { sender: { id: "5790000181872" }, receiver: { id: "5790000120420" } };
  const subject = {
    ...only(referenceBytes("medcom/pairs/xml/REF02_1.xml")),
    ...{ reference: "MEDREF01095", ...parties },
    messages: ["1111FRE01095", "1111MAN01095"].map((reference) => ({
      ...{ reference, ...parties, unhType: "MEDREF", version: "H0130R", range: { start: 0, end: 0 } },
    })),
  };
  const common = {
    subject,
    reference: "KuvertNr1234",
    messageReference: "BrevNr5678",
    preparedAt: "1999-11-11T18:50",
  };
  const negative = buildXmlReceipt({
    ...common,
    kind: "XCTL01",
    sender: { id: "DKKMDKMDNET" },
    refusal: {
      reason: "LOK",
      text: "EDI-kuvert afsendt 11/11 1999 kl 18.46 har ikke kunnet modtages. \nModtagerlokationsnummer har ikke kunnet identificeres.",
    },
  });
  const sample = (name: string) =>
    textOf(referenceBytes(`medcom/pairs/xml/${name}`))
      .replaceAll("\r\n", "\n")
      .trimEnd();
  expect(textOf(negative ?? new Uint8Array())).toBe(sample("CTL01_1.xml"));
  const positive = buildXmlReceipt({ ...common, kind: "XCTL03", messages: [{ index: 0 }] });
  expect(textOf(positive ?? new Uint8Array())).toBe(sample("CTL03_1.xml"));
  expect(
    buildXmlReceipt({ ...common, subject: only(positive ?? new Uint8Array()), kind: "XCTL03" }),
  ).toBeUndefined();
});

whenReference("any payload is wrapped in a VANSEnvelope and unwrapped byte for byte", () => {
  for (const path of referenceFiles("medcom/pairs/edifact")) {
    const payload = referenceBytes(path);
    const interchange = only(payload);
    const wrapped = wrapInVansEnvelope(payload, interchange, {
      reference: uuid,
      identifier: uuid,
      preparedAt: "2026-11-22T09:30:00",
    });
    const read = only(wrapped);
    expect(isSound(readEnvelope(wrapped).findings), path).toBe(true);
    expect(read).toMatchObject({
      form: "VANSEnvelope",
      sender: interchange.sender,
      receiver: interchange.receiver,
    });
    expect(read.messages[0]?.type).toBe(interchange.messages[0]?.type);
    const { payload: back, findings } = unwrapPayload(wrapped, read);
    expect(findings).toEqual([]);
    expect(back, path).toEqual(payload.subarray(interchange.range.start, interchange.range.end));
  }
});

whenReference("payloads are unwrapped from the samples of VANSEnvelope and SBDH", () => {
  const vans = referenceBytes("medcom/vans/VANSEnvelope_XDIS22.xml");
  expect(unwrapPayload(vans, only(vans)).payload).toEqual(
    referenceBytes("medcom/vans/VANSEnvelope_XDIS22.payload.xml"),
  );
  const sbdh = referenceBytes("medcom/sbdh/20250429_ehmisbdh_sample.xml");
  const { payload } = unwrapPayload(sbdh, only(sbdh));
  expect(payload && only(payload).messages[0]?.code).toBe("XREF01");
});

test("a receipt in a VANSEnvelope is read as it was built", () => {
  const bytes = buildVansEnvelope({
    ...{
      sender: { id: "5790000120420", qualifier: "14" },
      receiver: { id: "DKVANS1", qualifier: "VANS" },
      reference: uuid,
    },
    preparedAt: "2026-11-22T09:30:00",
    content: { kind: "NegativeVans", originalEnvelope: uuid, error: { code: 7, description: 'a <b> & "c"' } },
  });
  expect(readEnvelope(bytes).findings).toEqual([]);
  expect(only(bytes)).toMatchObject({
    receiver: { id: "DKVANS1", qualifier: "VANS" },
    messages: [],
    receipt: { polarity: "negative", originalEnvelope: uuid, errorCode: "7", errorText: 'a <b> & "c"' },
  });
});

test("damaged base64 and a wrong size are found when a payload is unwrapped", () => {
  const wrap = (data: string, size: number) =>
    utf8(
      `<VANSEnvelope xmlns="urn:oio:medcom:vans-envelope:1.0.4"><SenderID EndPointType="EAN">5790000120420</SenderID><ReceiverID EndPointType="CVR">12345678</ReceiverID><EnvelopeIdentifier>${uuid}</EnvelopeIdentifier><SentDateTime>2026-11-22T09:30:00</SentDateTime><Message><MetaInformation><Identifier>${uuid}</Identifier><Document><Format>EDIFACT</Format><Name>MCM:DIS91</Name><Version>D9134L</Version><SizeInBytes>${size}</SizeInBytes></Document></MetaInformation><Data>\n${data}\r\n</Data></Message></VANSEnvelope>`,
    );
  const codes = (data: string, size = 5) =>
    unwrapPayload(wrap(data, size), only(wrap(data, size))).findings.map((entry) => entry.code);
  expect(codes("aGVs bG8=")).toEqual([]);
  expect(codes("aGVsbG8=", 6)).toEqual(["size-differs"]);
  for (const bad of ["aGVsbG8", "aGVs*G8=", "aGVsbG9=", "aGVsbG8=="])
    expect(codes(bad), bad).toEqual(["base64-invalid"]);
});

whenReference(
  "an Acknowledgement answers a FHIR message, swaps its parties, and is not answered itself",
  () => {
    const subject = only(referenceBytes("medcom/fhir/CareCommunication_demo_example.json"));
    const ids = { bundleId: "b", messageId: "m", provenanceId: "p", senderId: "s", receiverId: "r" };
    const error = { id: "o", code: "MSG_Receiver_Identifier_UNKNOWN" as const };
    const bytes = buildAcknowledgement({
      subject,
      ...ids,
      preparedAt: "2026-11-22T09:30:00+01:00",
      code: "fatal-error",
      error,
    });
    const { findings } = readEnvelope(bytes ?? new Uint8Array());
    const read = only(bytes ?? new Uint8Array());
    expect(isSound(findings)).toBe(true);
    expect(read).toMatchObject({
      sender: subject.receiver,
      receiver: subject.sender,
      receipt: { polarity: "negative", originalMessage: subject.messages[0]?.reference },
    });
    expect(read.messages[0]?.type?.nameEn).toBe("Acknowledgement");
    expect(
      buildAcknowledgement({ subject: read, ...ids, preparedAt: "2026-11-22T09:30:00+01:00", code: "ok" }),
    ).toBeUndefined();
  },
);

test("a FHIR message has the same result in JSON and XML", () => {
  const json = utf8(
    '{"resourceType":"Bundle","id":"b1","type":"message","timestamp":"2026-01-02T03:04:05+01:00","entry":[{"fullUrl":"MessageHeader/m1","resource":{"resourceType":"MessageHeader","id":"m1","eventCoding":{"code":"care-communication-message"},"destination":[{"receiver":{"reference":"Organization/r"}}],"sender":{"reference":"Organization/s"},"definition":"x|5.0"}},{"fullUrl":"Organization/s","resource":{"resourceType":"Organization","id":"s","identifier":[{"system":"https://www.gs1.org/gln","value":"5790000120420"}]}},{"fullUrl":"Organization/r","resource":{"resourceType":"Organization","id":"r","identifier":[{"system":"urn:oid:1.2.208.176.1.1","value":"52581000016005"}]}}]}',
  );
  const xml = utf8(
    '<Bundle xmlns="http://hl7.org/fhir"><id value="b1"/><type value="message"/><timestamp value="2026-01-02T03:04:05+01:00"/><entry><fullUrl value="MessageHeader/m1"/><resource><MessageHeader><id value="m1"/><eventCoding><code value="care-communication-message"/></eventCoding><destination><receiver><reference value="Organization/r"/></receiver></destination><sender><reference value="Organization/s"/></sender><definition value="x|5.0"/></MessageHeader></resource></entry><entry><fullUrl value="Organization/s"/><resource><Organization><id value="s"/><identifier><system value="https://www.gs1.org/gln"/><value value="5790000120420"/></identifier></Organization></resource></entry><entry><fullUrl value="Organization/r"/><resource><Organization><id value="r"/><identifier><system value="urn:oid:1.2.208.176.1.1"/><value value="52581000016005"/></identifier></Organization></resource></entry></Bundle>',
  );
  const plain = (bytes: Uint8Array) =>
    JSON.stringify(only(bytes), (key, value) => (["range", "notation"].includes(key) ? undefined : value));
  expect(readEnvelope(json).findings).toEqual([]);
  expect([only(json).notation, only(xml).notation]).toEqual(["JSON", "XML"]);
  expect(plain(xml)).toBe(plain(json));
  expect(only(json)).toMatchObject({
    sender: { id: "5790000120420", qualifier: "14" },
    receiver: { id: "52581000016005", qualifier: "SOR" },
  });
});
