import { expect, test } from "vitest";
import { isSound } from "./findings.ts";
import {
  buildAcknowledgement,
  buildContrl,
  buildSbdhReceipt,
  buildXmlReceipt,
  readXmlReceipts,
} from "./index.ts";
import { readEnvelope } from "./read-envelope.ts";
import { renewEnvelope } from "./renew-envelope.ts";
import { latin1 } from "./testing/bytes.ts";
import { referenceBytes, whenReference } from "./testing/reference.ts";

const uuids = [1, 2, 3, 4, 5].map((digit) => `0196f1f0-0000-7000-8000-00000000000${digit}`);
const preparedAt = "2026-11-22T09:30:17+01:00";

function only(bytes: Uint8Array) {
  const { interchanges, findings } = readEnvelope(bytes);
  if (!interchanges[0] || !isSound(findings)) throw new Error(findings.map(({ code }) => code).join());
  return interchanges[0];
}

const messages = [
  ["medcom/pairs/edifact/DIS91_1.edi", "NEW1", "2026-11-22T09:30"],
  ["medcom/pairs/xml/DIS91_1.xml", "NEW1", "2026-11-22T09:30"],
  ["medcom/vans/VANSEnvelope_XDIS22.xml", uuids[0], "2026-11-22T09:30:17"],
  ["medcom/sbdh/20250429_ehmisbdh_sample.xml", uuids[0], preparedAt],
  ["medcom/fhir/CareCommunication_demo_example.json", uuids[0], preparedAt],
] as const;

whenReference("a repeated message has a new envelope id and time, and every other byte unchanged", () => {
  for (const [path, reference = "", time] of messages) {
    const bytes = referenceBytes(path);
    const [before] = readEnvelope(bytes).interchanges;
    if (!before) throw new Error(path);
    const again = renewEnvelope(bytes, before, { reference, preparedAt });
    const [after] = readEnvelope(again).interchanges;
    expect(after).toMatchObject({
      reference,
      preparedAt: time,
      sender: before.sender,
      receiver: before.receiver,
    });
    expect(after?.messages.map((entry) => entry.reference)).toEqual(
      before.messages.map((entry) => entry.reference),
    );
    // With the old id and time restored it is the old file.
    const old = { reference: before.reference, preparedAt: before.preparedAt ?? "" };
    const back = renewEnvelope(again, after as typeof before, old);
    expect(Buffer.from(back).equals(bytes), path).toBe(true);
  }
});

whenReference("a repeated receipt has new ids and time in every form, and the same content", () => {
  const subject = (path: string) =>
    readEnvelope(referenceBytes(path)).interchanges[0] as ReturnType<typeof only>;
  const [edifact, xml, , sbdh, fhir] = messages.map(([path]) => subject(path));
  if (!edifact || !xml || !sbdh || !fhir) throw new Error("a sample was not read");
  const short = { reference: "E1", messageReference: "M1", preparedAt: "2026-03-01T10:00" };
  const refusal = { reason: "VER", text: "Æblegrød" } as const;
  const long = {
    reference: uuids[0] as string,
    messageReference: uuids[1] as string,
    preparedAt: "2026-03-01T10:00:00+01:00",
  };
  const receipts = [
    [buildContrl({ kind: "CTL01", subject: edifact, refusal, ...short }), "NEW1", "NEW2", "2026-11-22T09:30"],
    [
      buildXmlReceipt({ kind: "XCTL01", subject: xml, refusal, ...short }),
      "NEW1",
      "NEW2",
      "2026-11-22T09:30",
    ],
    [
      buildSbdhReceipt({ kind: "Exception", subject: sbdh, reason: "Æ", ...long }),
      uuids[2],
      uuids[3],
      preparedAt,
    ],
    [
      buildAcknowledgement({
        subject: fhir,
        bundleId: uuids[0] as string,
        messageId: uuids[1] as string,
        provenanceId: uuids[4] as string,
        senderId: "s",
        receiverId: "r",
        preparedAt: long.preparedAt,
        code: "fatal-error",
        error: { id: "e", text: "Æ" },
      }),
      uuids[2],
      uuids[3],
      preparedAt,
    ],
  ] as const;
  for (const [bytes, reference = "", messageReference = "", time] of receipts) {
    if (!bytes) throw new Error("no receipt was built");
    const before = readEnvelope(bytes).interchanges[0] as ReturnType<typeof only>;
    const again = renewEnvelope(bytes, before, {
      reference,
      messageReference: () => messageReference,
      preparedAt,
    });
    const after = readEnvelope(again).interchanges[0];
    expect(after).toMatchObject({
      reference,
      preparedAt: time,
      sender: before.sender,
      receiver: before.receiver,
    });
    expect(after?.messages[0]?.reference).toBe(messageReference);
    expect(after?.receipt).toEqual(before.receipt);
    const old = before.messages[0]?.reference ?? "";
    const inText = new TextDecoder("latin1").decode(again);
    if (before.form === "FHIR") expect(inText).not.toContain(old);
    if (before.form === "XML") expect(readXmlReceipts(again, before)).toEqual(readXmlReceipts(bytes, before));
  }
});

test("values are replaced in UTF-16, too", () => {
  const text =
    '<?xml version="1.0" encoding="UTF-16"?><VANSEnvelope xmlns="urn:oio:medcom:vans-envelope:1.0.4"><SenderID EndPointType="EAN">5790000120420</SenderID><ReceiverID EndPointType="EAN">5790000128686</ReceiverID><EnvelopeIdentifier>a</EnvelopeIdentifier><SentDateTime>2026-03-01T10:00:00</SentDateTime><Receipt><PositiveMessage><OriginalEnvelopeIdentifier>b</OriginalEnvelopeIdentifier></PositiveMessage></Receipt></VANSEnvelope>';
  for (const order of ["le", "be"] as const) {
    const bytes = new Uint8Array((text.length + 1) * 2);
    const view = new DataView(bytes.buffer);
    for (const [at, character] of [...`\uFEFF${text}`].entries())
      view.setUint16(at * 2, character.charCodeAt(0), order === "le");
    const [before] = readEnvelope(bytes).interchanges;
    if (!before) throw new Error("nothing was read");
    const again = renewEnvelope(bytes, before, { reference: uuids[0] as string, preparedAt });
    expect(readEnvelope(again).interchanges[0]).toMatchObject({
      reference: uuids[0],
      preparedAt: "2026-11-22T09:30:17",
      receipt: { polarity: "positive", kind: "PositiveMessage", originalEnvelope: "b" },
    });
  }
});

test("an XML receipt says what it refuses, as a whole and message by message", () => {
  const message = (refused: string) =>
    `<OriginalLetter><OriginalLetterIdentifier>L1</OriginalLetterIdentifier><OriginalVersionCode>XD9134L</OriginalVersionCode>${refused}</OriginalLetter>`;
  const receipt = (whole: string, inner: string) =>
    latin1(
      `<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2005/08/07/"><Envelope><Identifier>R1</Identifier></Envelope><NegativeReceipt><Letter><Identifier>B1</Identifier></Letter><OriginalEmessage><OriginalEnvelopeIdentifier>K1</OriginalEnvelopeIdentifier><OriginalSender><EANIdentifier>1</EANIdentifier></OriginalSender><OriginalReceiver><EANIdentifier>2</EANIdentifier></OriginalReceiver>${whole}${message(inner)}</OriginalEmessage></NegativeReceipt></Emessage>`,
    );
  const code = "<RefuseCode>syntaksfejl</RefuseCode>";
  const original = { reference: "K1", sender: "1", receiver: "2" };
  const kind = "NegativeReceipt";
  expect(readXmlReceipts(receipt(code, ""), { form: "XML" })).toEqual([
    { position: 0, kind, original, isRefused: true, messages: [{ reference: "L1", isRefused: false }] },
  ]);
  expect(readXmlReceipts(receipt("", code), { form: "XML" })).toEqual([
    { position: 0, kind, original, isRefused: false, messages: [{ reference: "L1", isRefused: true }] },
  ]);
});
