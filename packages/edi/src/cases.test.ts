import { expect } from "vitest";
import { readInterchange } from "./edifact/read-interchange.ts";
import { writeInterchange } from "./edifact/write.ts";
import { isSound } from "./findings.ts";
import { readEnvelope } from "./read-envelope.ts";
import { recognise } from "./recognise.ts";
import { textOf } from "./testing/bytes.ts";
import { caseBytes, caseFiles, whenCases } from "./testing/cases.ts";
import { readAnyhow, readInPieces } from "./testing/chunks.ts";

/** A finding: its code, where it is (the text at its byte, with #n for the nth occurrence), and the rest of its place. */
type Expected = readonly [code: string, at: string | number, place?: Record<string, unknown>];
type Verdict = { readonly isSound: boolean; readonly findings: readonly Expected[] };

const refused = (...findings: Expected[]): Verdict => ({ isSound: false, findings });
const sound = (...findings: Expected[]): Verdict => ({ isSound: true, findings });
const carried = { isCarried: true };

const verdicts: Readonly<Record<string, Verdict>> = {
  "f11-rt-last-12k.json": sound(),
  "f14-dup-id-key.json": refused(["element-repeated", 'id": "1e79', { path: "Bundle.id" }]),
  "f14b-dup-sender-gln-key.json": refused(["element-repeated", 'value": "5799990010018', { message: 1 }]),
  "f19-array.json": refused(["form-unknown", 0], ["form-json", 0]),
  "f40-ref-contained.json": refused(
    ["fhir-reference", "#5e64", { message: 1, path: "MessageHeader.sender" }],
    ["fhir-reference", "#b0f9", { message: 1, path: "MessageHeader.destination.receiver" }],
  ),
  "p05-una-blank-rep-v4.edi": sound(),
  "p16b-blank-segment.edi": refused(
    ["blanks-between-segments", "   'SPR", { message: 1, segment: 7 }],
    ["tag-missing", "'SPR", { message: 1, segment: 7 }],
  ),
  "p22c-dup-msg-ref.edi": refused(
    ["duplicate-message", "B1+MED", { message: 1, segment: 1, element: 1 }],
    ["duplicate-message", "B1+MED#2", { message: 2, segment: 1, element: 1 }],
  ),
  "q03b-ung-0038-mismatch.edi": sound(["group-type-differs", "INVOIC", { message: 1, segment: 1 }]),
  "q03d-same-ref-two-groups.edi": sound(),
  "q06f-una-twice.edi": refused(["una-repeated", "UNA#2"]),
  "q07-utf16.edi": refused(["edifact-utf16", 0]),
  "q08-mime.edi": refused(["form-unknown", 0], ["form-mime", 0]),
  "q13e-unh-wrong.edi": refused(["type-mismatch", "MEDREF", { message: 1, segment: 1, element: 2 }]),
  "r10-amp-early.xml": refused(["xml-malformed", "& B"]),
  "r17d-two-receivers.xml": refused(["element-repeated", "<Receiver>#2", { message: 1, path: "Receiver" }]),
  "r20-blanks-in-msg3.edi": sound(["blanks-between-segments", "  NAD", { message: 3, segment: 5 }]),
  "r24-uno-cut-msg2.edi": refused(
    ["object-truncated", 363, { message: 2, segment: 3 }],
    ["unt-missing", 363, { message: 2, segment: 3 }],
    ["unz-missing", 363],
  ),
  "r25-latin1-late.xml": refused(["invalid-character", "\xe5"]),
  "t01-v4-unb-repeated-receiver.edi": refused(["element-repeated", "5799990010025:14*", { element: 3 }]),
  "t10-ref-blank.edi": refused(
    ["element-missing", " ++++0", { element: 5 }],
    ["element-missing", " '#2", { element: 2 }],
  ),
  "v01-vans-inner-foreign-parties.xml": sound(["parties-differ", 291, { message: 1, ...carried }]),
  "v02-vans-two-receiver.xml": refused(
    ["element-repeated", "<ReceiverID#2", { path: "/VANSEnvelope/ReceiverID" }],
    ["parties-differ", 291, { message: 1, ...carried }],
  ),
  "v06-vans-empty-data.xml": refused([
    "element-missing",
    "<Data>",
    { message: 1, path: "/VANSEnvelope/Message/Data" },
  ]),
  "v07-vans-two-data.xml": refused(["element-repeated", "<Data>#2", { message: 1 }]),
  "x03-bom-utf8-decl-1252.xml": refused(["encoding-differs", "windows-1252"]),
  "x13-undeclared-prefix.xml": refused(["xml-prefix", "<q:Text01>"]),
  "x19-ack-plus-caps.xml": refused(["element-value", "<AcknowledgementCode>"]),
  "x20-long-id.xml": refused(["element-too-long", "<Identifier>"]),
  // The parties of every message are read; permissions and routes are decided by these.
  "z01-second-letter-foreign-sender.xml": sound(),
  "z03-second-letter-other-receiver.xml": sound(),
  "z05-foreign-ns-receiver.xml": refused([
    "element-foreign",
    "<e:Receiver",
    { message: 1, path: "Receiver" },
  ]),
};

/** Byte at which a text occurs for the first time, or for the nth time with #n. */
function placeOf(text: string, at: string | number): number {
  if (typeof at === "number") return at;
  const [wanted = "", count = "1"] = at.split(/#(?=\d+$)/);
  return text.split(wanted, Number(count)).join(wanted).length;
}

whenCases("every small input has a verdict, and every verdict an input", () => {
  expect(caseFiles()).toEqual(Object.keys(verdicts).sort());
});

whenCases.each(Object.entries(verdicts))("%s gives its verdict, whole and in pieces", (name, verdict) => {
  const bytes = caseBytes(name);
  const text = textOf(bytes);
  const whole = readAnyhow(bytes);
  expect(whole.findings.map(({ code, at }) => ({ code, at }))).toEqual(
    verdict.findings.map(([code, at, place]) => ({
      code,
      at: expect.objectContaining({ interchange: 1, ...place, offset: placeOf(text, at) }),
    })),
  );
  expect(isSound(whole.findings)).toBe(verdict.isSound);
  expect(readEnvelope(bytes)).toEqual(readInPieces(bytes, [1], { carried: "skip" }));
});

whenCases(
  "the messages of one envelope have their own parties, and reading the header only gives the same",
  () => {
    const parties = (name: string) =>
      readEnvelope(caseBytes(name)).interchanges[0]?.messages.map(({ sender, receiver }) => [
        sender.id,
        receiver.id,
      ]);
    const first = ["5799990010018", "5799990010025"];
    expect(parties("z01-second-letter-foreign-sender.xml")).toEqual([
      first,
      ["5799990010063", "5799990010025"],
    ]);
    expect(parties("z03-second-letter-other-receiver.xml")).toEqual([
      first,
      ["5799990010018", "5799990010056"],
    ]);
    for (const name of ["r17d-two-receivers.xml", "z05-foreign-ns-receiver.xml"]) {
      const [head] = readEnvelope(caseBytes(name), { headerOnly: true }).interchanges;
      expect([head?.receiver, ...(parties(name)?.[0] ?? [])]).toEqual([
        { id: first[1], qualifier: "14" },
        ...first,
      ]);
    }
  },
);

whenCases(
  "a FHIR Bundle is recognised by a resourceType that comes late; a text with * is written back",
  () => {
    expect(recognise(caseBytes("f11-rt-last-12k.json"))).toMatchObject({ form: "FHIR", notation: "JSON" });
    const bytes = caseBytes("p05-una-blank-rep-v4.edi");
    const [read] = readInterchange(bytes).interchanges;
    const segments = read?.messages[0]?.segments ?? [];
    expect(segments.at(-1)?.elements.at(-1)).toEqual(["a*b"]);
    expect(read && textOf(writeInterchange(read))).toBe(textOf(bytes));
  },
);
