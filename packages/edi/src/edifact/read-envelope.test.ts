import { expect, test } from "vitest";
import { isSound } from "../findings.ts";
import { latin1, textOf } from "../testing/bytes.ts";
import { edifactSamples, referenceBytes, referenceFiles, whenReference } from "../testing/reference.ts";
import { readEdifactEnvelope } from "./read-envelope.ts";
import { readEdifactHeader } from "./read-header.ts";
import { splitInterchange } from "./split.ts";

const message = (reference: string) =>
  `UNH+${reference}+MEDDIS:D:93A:UN:D0134L+DIS01'\r\nFTX+A?'B??'\r\nUNT+3+${reference}'\r\n`;
const interchange = (...messages: string[]) =>
  `UNA:+.? '\r\nUNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++1'\r\n${messages.join("")}UNZ+${messages.length}+KUV1'\r\n`;

test("the envelope has sender, receiver, time, messages and whether a receipt is requested", () => {
  const { interchanges, findings } = readEdifactEnvelope(latin1(interchange(message("B1"))));
  expect(findings).toEqual([]);
  expect(interchanges).toHaveLength(1);
  expect(interchanges[0]).toMatchObject({
    form: "EDIFACT",
    sender: { id: "5790000120420", qualifier: "14" },
    receiver: { id: "5790000128686", qualifier: "14" },
    reference: "KUV1",
    preparedAt: "1999-01-15T12:02",
    acknowledgementRequested: true,
    isTest: false,
    messages: [
      {
        reference: "B1",
        unhType: "MEDDIS",
        code: "DIS01",
        version: "D0134L",
        type: { nameDa: "Udskrivningsepikrise" },
      },
    ],
  });
});

test("byte ranges cut out the interchange and each message exactly", () => {
  const input = latin1(interchange(message("B1"), message("B2")));
  const [read] = readEdifactEnvelope(input).interchanges;
  expect(read?.range).toEqual({ start: 0, end: input.length - 2 });
  const messages = read?.messages.map(({ range }) => textOf(input.subarray(range.start, range.end)));
  expect(messages).toEqual([message("B1").trimEnd(), message("B2").trimEnd()]);
});

test("several interchanges in one file are read separately, each with its own separators", () => {
  const other = "UNA:|.? ~UNB|UNOC:3|A:14|B:14|260101:0900|K2~UNH|1|ORDERS:D:96A:UN~BGM|1~UNT|3|1~UNZ|1|K2~";
  const { interchanges, findings } = readEdifactEnvelope(
    latin1(`${interchange(message("B1"))}${other}\n${other}`),
  );
  expect(interchanges.map((entry) => entry.reference)).toEqual(["KUV1", "K2", "K2"]);
  expect(isSound(findings)).toBe(true);
});

test("an interchange of selected messages keeps their bytes and has correct counts", () => {
  const input = latin1(interchange(message("B1"), message("B2"), message("B3")));
  const [read] = readEdifactEnvelope(input).interchanges;
  if (!read) throw new Error("the interchange was not read");
  const chosen = splitInterchange(input, read, { messages: [0, 2] });
  expect(textOf(chosen)).toBe(interchange(message("B1"), message("B3")));
  const all = splitInterchange(input, read, { messages: [0, 1, 2] });
  expect(textOf(all)).toBe(textOf(input));
  const renamed = splitInterchange(input, read, {
    messages: [1],
    reference: "NY'1",
    receiver: { id: "5790000181872", qualifier: "14" },
  });
  const again = readEdifactEnvelope(renamed);
  expect(again.findings).toEqual([]);
  expect(again.interchanges[0]).toMatchObject({
    reference: "NY'1",
    receiver: { id: "5790000181872" },
    sender: read.sender,
  });
});

test("a split of groups keeps the group around its messages", () => {
  const group = (name: string, reference: string) =>
    `UNG+ORDERS+A+B+260101:0900+${name}+UN+D:96A'UNH+${reference}+ORDERS:D:96A:UN'BGM+1'UNT+3+${reference}'UNE+1+${name}'`;
  const input = latin1(`UNB+UNOA:3+A+B+260101:0900+K'${group("G1", "1")}${group("G2", "2")}UNZ+2+K'`);
  const { interchanges, findings } = readEdifactEnvelope(input);
  expect(findings).toEqual([]);
  const [read] = interchanges;
  if (!read) throw new Error("the interchange was not read");
  const chosen = splitInterchange(input, read, { messages: [1] });
  expect(textOf(chosen)).toBe(`UNB+UNOA:3+A+B+260101:0900+K'${group("G2", "2")}UNZ+1+K'`);
});

whenReference("reading the header only gives the same parties, type and references as a full read", () => {
  let fast = 0;
  for (const path of edifactSamples()) {
    const input = referenceBytes(path);
    const head = readEdifactHeader(input);
    if (!head) continue;
    fast++;
    const [whole] = readEdifactEnvelope(input).interchanges;
    const [first] = whole?.messages ?? [];
    const plain = (message: typeof first) => ({ ...message, range: message?.range.start });
    const [read] = head.interchanges;
    for (const key of [
      "sender",
      "receiver",
      "reference",
      "preparedAt",
      "acknowledgementRequested",
      "isTest",
    ] as const) {
      expect(read?.[key], `${path} ${key}`).toEqual(whole?.[key]);
    }
    expect(plain(read?.messages[0]), path).toEqual(plain(first));
  }
  expect(fast).toBeGreaterThanOrEqual(22);
});

whenReference("every MedCom message is sound and splits into itself, objects with any bytes included", () => {
  for (const path of referenceFiles("medcom/pairs/edifact")) {
    const input = referenceBytes(path);
    const { interchanges, findings } = readEdifactEnvelope(input);
    expect(isSound(findings), path).toBe(true);
    const [read] = interchanges;
    if (!read) throw new Error(`${path} was not read`);
    expect(read.messages[0]?.type, path).toBeDefined();
    const again = readEdifactEnvelope(splitInterchange(input, read, { messages: [0] }));
    expect(isSound(again.findings), path).toBe(true);
    expect(again.interchanges[0]?.messages[0]?.range, path).toEqual(read.messages[0]?.range);
  }
});
