import { expect, test } from "vitest";
import { readEdifactEnvelope } from "../edifact/read-envelope.ts";
import { readInterchange } from "../edifact/read-interchange.ts";
import type { InterchangeEnvelope } from "../envelope.ts";
import { type Finding, finding } from "../findings.ts";
import { latin1, textOf } from "../testing/bytes.ts";
import { referenceBytes, whenReference } from "../testing/reference.ts";
import { buildContrl } from "./contrl.ts";
import { brokenIntoLines } from "./lines.ts";
import { refusalOf } from "./refusals.ts";

const subjectText =
  "UNB+UNOC:3+5790000181872:14+5790000120420:14+991111:1846+MEDREF01095++++1'" +
  "UNH+1111FRE01095+MEDREF:D:93A:UN:H0130R+REF01'BGM+HNV'UNT+3+1111FRE01095'" +
  "UNH+1111MAN01095+MEDREF:D:93A:UN:H0130R+REF01'BGM+HNV'UNT+3+1111MAN01095'UNZ+2+MEDREF01095'";

function read(text: string): InterchangeEnvelope {
  const [interchange] = readEdifactEnvelope(latin1(text)).interchanges;
  if (!interchange) throw new Error("the subject was not read");
  return interchange;
}

const envelope = {
  reference: "KuvertNr1234",
  messageReference: "BrevNr5678",
  preparedAt: "1999-11-11T18:50",
  lineBreak: "\n",
};

whenReference("CTL01 and CTL03 equal MedCom's own samples byte for byte", () => {
  const ctl01 = buildContrl({
    ...envelope,
    kind: "CTL01",
    subject: read(subjectText),
    sender: { id: "DKKMDKMDNET", qualifier: "14" },
    refusal: {
      reason: "LOK",
      text: "EDI-kuvert afsendt 11/11 1999 kl 18.46 har ikke kunnet modtages. \nModtagerlokationsnummer har ikke kunnet identificeres.",
    },
  });
  const sample = textOf(referenceBytes("medcom/pairs/edifact/CTL01_1.edi")).trimEnd();
  expect(textOf(ctl01 ?? new Uint8Array()).trimEnd()).toBe(sample);
  const ctl03 = buildContrl({
    ...envelope,
    kind: "CTL03",
    subject: read(subjectText),
    messages: [{ index: 0 }],
  });
  expect(textOf(ctl03 ?? new Uint8Array()).trimEnd()).toBe(
    textOf(referenceBytes("medcom/pairs/edifact/CTL03_1.edi")).trimEnd(),
  );
});

test("only the refused message among accepted ones is refused, with its reason", () => {
  const built = buildContrl({
    ...envelope,
    kind: "CTL02",
    subject: read(subjectText),
    messages: [
      { index: 0 },
      { index: 1, refusal: { reason: "VER", text: "Versionen kan ikke modtages: D'0130?" } },
    ],
  });
  expect(textOf(built ?? new Uint8Array())).toContain(
    "UCI+MEDREF01095+5790000181872:14+5790000120420:14+7'\nUCM+1111FRE01095+MEDREF:D:93A:UN:H0130R+7'\n" +
      "UCM+1111MAN01095+MEDREF:D:93A:UN:H0130R+4'\nFTX+VER+P00++Versionen kan ikke modtages?: D?'0130??'\nUNT+6+",
  );
  expect(readEdifactEnvelope(built ?? new Uint8Array()).findings).toEqual([]);
});

test("receipts go from the subject's receiver to its sender and do not request a receipt", () => {
  const built = buildContrl({
    ...envelope,
    kind: "CTL02",
    subject: read(subjectText),
    refusal: { reason: "NC", text: "x" },
  });
  const [receipt] = readEdifactEnvelope(built ?? new Uint8Array()).interchanges;
  expect(receipt).toMatchObject({
    sender: { id: "5790000120420" },
    receiver: { id: "5790000181872" },
    acknowledgementRequested: false,
    messages: [{ code: "CTL02", version: "C0230Q" }],
  });
});

test("a receipt is never answered by a receipt", () => {
  const receipt = buildContrl({ ...envelope, kind: "CTL03", subject: read(subjectText) });
  const [subject] = readEdifactEnvelope(receipt ?? new Uint8Array()).interchanges;
  expect(subject && buildContrl({ ...envelope, kind: "CTL03", subject })).toBeUndefined();
});

test("text beyond Latin-1 and beyond five lines cannot break a receipt", () => {
  const text = `€ – \n${"æ".repeat(500)}`;
  const built = buildContrl({
    ...envelope,
    kind: "CTL01",
    subject: read(subjectText),
    refusal: { reason: "SYN", text },
  });
  expect(readEdifactEnvelope(built ?? new Uint8Array()).findings).toEqual([]);
  expect(textOf(built ?? new Uint8Array()).match(/æ/g)?.length).toBeLessThanOrEqual(350);
});

test("a receipt's lines are broken between words, and a colon does not start a new line", () => {
  const text =
    "Antallet af meddelelser eller grupper i UNZ passer ikke med forsendelsen. Element 1, byte 4711: se vejledningen.";
  const built = buildContrl({
    ...{ ...envelope, kind: "CTL01", subject: read(subjectText) },
    refusal: { reason: "SYN", text },
  });
  const { interchanges } = readInterchange(built ?? new Uint8Array());
  const [, , , lines] =
    interchanges[0]?.messages[0]?.segments.find(({ tag }) => tag === "FTX")?.elements ?? [];
  expect(lines).toEqual([
    "Antallet af meddelelser eller grupper i UNZ passer ikke med",
    "forsendelsen. Element 1, byte 4711: se vejledningen.",
  ]);
});

test.each([
  ["", []],
  ["a".repeat(70), ["a".repeat(70)]],
  ["a".repeat(71), ["a".repeat(70), "a"]],
  [`${"a".repeat(70)} b`, ["a".repeat(70), "b"]],
  [`  ${"a".repeat(35)} ${"b".repeat(35)}  c `, [`  ${"a".repeat(35)}`, `${"b".repeat(35)}  c `]],
])("%j is broken into lines of at most 70 characters", (text, lines) => {
  expect(brokenIntoLines(text, 70)).toEqual(lines);
});

test("a refusal names the place in every form, and nothing of an envelope's payload", () => {
  const at = { interchange: 1, offset: 812 };
  const text = (place: Partial<Finding["at"]>) =>
    refusalOf([finding("element-missing", { ...at, ...place })], place.message)?.text.split(". ")[1];
  expect(text({ message: 2, segment: 3, element: 1 })).toBe("Segment 3, element 1.");
  expect(text({ element: 5 })).toBe("Element 5, byte 812.");
  expect(text({ path: "/VANSEnvelope/SenderID" })).toBe("Sted /VANSEnvelope/SenderID, byte 812.");
  expect(text({})).toBe("Byte 812.");
  expect(refusalOf([finding("element-missing", { ...at, isCarried: true })])).toBeUndefined();
});

test("the refusal follows from the findings: VER for unknown types, SYN for broken syntax, none for notes", () => {
  const refusal = (text: string, message?: number) =>
    refusalOf(readEdifactEnvelope(latin1(text)).findings, message);
  expect(refusal(subjectText)).toBeUndefined();
  expect(refusal(subjectText.replace("+REF01'", "+REF99'"), 1)?.reason).toBe("VER");
  expect(refusal(subjectText.replace("UNT+3", "UNT+9"), 1)).toEqual({
    reason: "SYN",
    text: "Antallet af segmenter i UNT passer ikke med meddelelsen. Segment 3, element 1.",
  });
  expect(refusal(subjectText.replace("UNZ+2", "UNZ+3"))?.reason).toBe("SYN");
});
