import { expect, test } from "vitest";
import { latin1, textOf } from "../testing/bytes.ts";
import { buildUnContrl } from "./contrl.ts";
import { readEdifactEnvelope } from "./read-envelope.ts";

const envelope = { reference: "R9", messageReference: "M9", preparedAt: "2026-11-22T09:30" };

function answerTo(text: string): string {
  const { interchanges, findings } = readEdifactEnvelope(latin1(text));
  const [subject] = interchanges;
  if (!subject) throw new Error("the subject was not read");
  const built = buildUnContrl({ ...envelope, subject, findings });
  return built ? textOf(built).replace(/^.*?UNH/, "UNH") : "";
}

const head = "UNB+UNOC:3+5790000120420:14+5790000128686:14+260101:1200+R1'";
const message = "UNH+1+ORDERS:D:96A:UN'BGM+1'UNT+3+1'";

test("a sound interchange is acknowledged as a whole", () => {
  expect(answerTo(`${head}${message}UNZ+1+R1'`)).toBe(
    "UNH+M9+CONTRL:D:3:UN'UCI+R1+5790000120420:14+5790000128686:14+7'UNT+3+M9'UNZ+1+R9'",
  );
});

test("a wrong count in UNZ rejects the interchange and names element and segment", () => {
  expect(answerTo(`${head}${message}UNZ+2+R1'`)).toContain(
    "UCI+R1+5790000120420:14+5790000128686:14+4+29+UNZ+2'UNT",
  );
});

test("a wrong UNT rejects that message only", () => {
  const second = message.replaceAll("+1'", "+2'").replace("UNH+1", "UNH+2").replace("UNT+3", "UNT+4");
  expect(answerTo(`${head}${message}${second}UNZ+2+R1'`)).toContain(
    "UCI+R1+5790000120420:14+5790000128686:14+7'UCM+2+ORDERS:D:96A:UN+4+29+UNT+2'UNT",
  );
});

test("an error in a segment is listed by UCS", () => {
  const wrong = "UNH+1+ORDERS:D:96A:UN'BGM+1'+X'UNT+3+1'";
  expect(answerTo(`${head}${wrong}UNZ+1+R1'`)).toContain("UCM+1+ORDERS:D:96A:UN+4'UCS+3+13'UNT");
});

test("syntax 4 is answered in syntax 4, groups by UCF", () => {
  const group = `UNG+ORDERS+GA+GB+20260101:0900+G1+UN+D:96A'${message}UNE+2+G1'`;
  expect(answerTo(`UNB+UNOC:4+5790000120420:14+5790000128686:14+20260101:1200+R1'${group}UNZ+1+R1'`)).toBe(
    "UNH+M9+CONTRL:4:1:UN'UCI+R1+5790000120420:14+5790000128686:14+7'UCF+G1+GA+GB+4+29+UNE+2'UNT+4+M9'UNZ+1+R9'",
  );
});

test("a CONTRL is not answered", () => {
  expect(answerTo(`${head}UNH+1+CONTRL:D:3:UN'UCI+X+A+B+7'UNT+3+1'UNZ+1+R1'`)).toBe("");
});
