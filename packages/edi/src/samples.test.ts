import { expect, test } from "vitest";
import { readInterchange } from "./edifact/read-interchange.ts";
import type { Finding } from "./findings.ts";
import { readEnvelope } from "./read-envelope.ts";
import { recognise } from "./recognise.ts";
import {
  hasReference,
  referenceBytes,
  referenceFiles,
  referenceText,
  whenReference,
} from "./testing/reference.ts";
import { verdicts } from "./testing/verdicts.ts";

function findingsOf(path: string): readonly Finding[] {
  const bytes = referenceBytes(path);
  const { form } = recognise(bytes);
  return form === "EDIFACT" || form === "unknown"
    ? readInterchange(bytes).findings
    : readEnvelope(bytes).findings;
}

const errorsOf = (path: string) =>
  [...new Set(findingsOf(path).flatMap((entry) => (entry.severity === "error" ? [entry.code] : [])))].join(
    " ",
  );

whenReference("every sample has an expected verdict and yields it", () => {
  const paths = [...referenceFiles("medcom"), ...referenceFiles("edifact-samples")];
  expect(paths).toEqual(Object.keys(verdicts));
  for (const path of paths) {
    const { interchanges } = readEnvelope(referenceBytes(path));
    const messages = interchanges.reduce((sum, interchange) => sum + interchange.messages.length, 0);
    expect([messages, errorsOf(path)], path).toEqual(verdicts[path]);
  }
});

test.skipIf(!hasReference).each([
  ["ENC0", "utf8-as-latin1", 21, { message: 1, segment: 11 }],
  ["UNB0", "element-missing", 13, { element: 5 }],
  ["UNB2", "unz-missing", 13, { offset: 85 }],
  ["UNH0", "element-missing", 13, { message: 1, segment: 1, element: 1 }],
  ["UNH2", "reference-message", 28, { message: 1, segment: 26, element: 2 }],
  ["UNT0", "count-segments", 29, { message: 1, segment: 26, element: 1 }],
  ["UNT2", "element-missing", 13, { message: 1, segment: 26, element: 1 }],
  ["UNZ0", "reference-interchange", 28, { element: 2 }],
  ["UNZ3", "unz-missing", 13, { offset: 622 }],
  ["XSL1", "message-value", 12, { message: 1, segment: 25, element: 1, component: 1 }],
])("the broken variant %s is found as %s (%i) at its place", (name, code, iso, at) => {
  const [first] = findingsOf(`medcom/variants/DIS20_ERROR_${name}.edi`).filter(
    (entry) => entry.severity === "error",
  );
  expect(first).toMatchObject({ code, iso, at: { interchange: 1, ...at } });
});

// Accepted by both Java readers but reported as faulty by ours: each is read completely, and the fault is real.
const ourFaults: Record<string, string> = {
  "anatoli308__edifacts/EDIFACT__DuplicateGroup.txt": "two groups and messages with one reference",
  "anatoli308__edifacts/EDIFACT__DuplicateMessage.txt": "two messages with one reference",
  "xlate__staedi/EDIFACT__invoic_d93a_una.edi": "German letters in UTF-8 under UNOA",
  "xlate__staedi/EDIFACT__invoic_d97b_bad.edi": "lower case under UNOA",
};

// Refused by both for the byte order mark alone, which we accept with a note.
const markOnly = [
  "EANCOM__PurchaseOrderResponse.txt",
  "EDIFACT__MixedTransactions.txt",
  "EDIFACT__PassengerData.txt",
  "EDIFACT__PurchaseOrder.txt",
  "EDIFACT__PurchaseOrderCustom1.txt",
  "EDIFACT__PurchaseOrderInvalid.txt",
  "EDIFACT__PurchaseOrders.txt",
].map((name) => `anatoli308__edifacts/${name}`);

whenReference("samples on which two other readers agree have the same result, except the listed", () => {
  const rows = referenceText("edifact-samples/README.md")
    .split("\n")
    .flatMap((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      const name = /^`([^`]+\/[^`]+)`$/.exec(cells[1] ?? "")?.[1];
      return name && cells.length >= 9 ? [{ name, both: [cells.at(-3), cells.at(-2)] }] : [];
    });
  expect(rows.length).toBeGreaterThan(110);
  const accepted = rows.filter((row) => row.both.every((cell) => cell === "ok")).map((row) => row.name);
  const refused = rows.filter((row) => row.both.every((cell) => cell !== "ok")).map((row) => row.name);
  const isSoundHere = (name: string) => errorsOf(`edifact-samples/${name}`) === "";
  expect(accepted.filter((name) => !isSoundHere(name)).sort()).toEqual(Object.keys(ourFaults).sort());
  for (const name of accepted)
    expect(
      readEnvelope(referenceBytes(`edifact-samples/${name}`)).interchanges[0]?.messages.length,
      name,
    ).toBeGreaterThan(0);
  expect(refused.filter(isSoundHere).sort()).toEqual(markOnly);
});
