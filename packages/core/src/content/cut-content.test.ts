import { expect, test } from "vitest";
import { contentOf, partBytes } from "../messages/content.ts";
import { aFhirMessage, anInterchange } from "../testing/index.ts";
import { cutContent, readEnvelopeOf } from "./cut-content.ts";

const [sender, receiver] = ["5790000120420", "5790000128686"];
const renewed = { reference: "NEW1", preparedAt: "2026-11-22T09:30:00+01:00" };
/** Content with only one part in memory at a time, like a spool. */
function streamed(bytes: Uint8Array, size = partBytes) {
  const part = new Uint8Array(size);
  return {
    async *parts() {
      for (let at = 0; at < bytes.length; at += size) {
        part.fill(0);
        part.set(bytes.subarray(at, at + size));
        yield part.subarray(0, Math.min(size, bytes.length - at));
      }
    },
  };
}

test("extracted content is read in chunks of one size and has their digest, from parts that are reused", async () => {
  const messages = [
    { reference: "L1", text: "x".repeat(900_000) },
    { reference: "L2", text: "Æ".repeat(900_000) },
    { reference: "L3", text: "y".repeat(900_000) },
  ];
  const content = streamed(anInterchange({ sender, receiver, reference: "K1", messages }), 70_001);
  const { envelope } = await readEnvelopeOf(content, "skip");
  const made = await cutContent(content, envelope, { messages: [1, 2], renewed });
  const sizes: number[] = [];
  const all: Buffer[] = [];
  for await (const part of made.parts()) {
    sizes.push(part.byteLength);
    all.push(Buffer.from(part));
  }
  expect(sizes.slice(0, -1)).toEqual(sizes.slice(1).map(() => partBytes));
  const wanted = anInterchange({ sender, receiver, reference: "NEW1", messages: messages.slice(1) });
  const bytes = Buffer.concat(all);
  expect(
    bytes.equals(Buffer.from(wanted.toString("latin1").replace("260301:1201", "261122:0930"), "latin1")),
  ).toBe(true);
  expect(made.sizeBytes).toBe(bytes.length);
  expect(made.sha256).toBe(contentOf(bytes).sha256);
  expect(made.envelope.messages.map(({ reference }) => reference)).toEqual(["L2", "L3"]);
});

test("a small extract is generated once, however large its source", async () => {
  let readings = 0;
  const messages = [{ reference: "L1", text: "x".repeat(900_000) }, { reference: "L2" }];
  const source = streamed(anInterchange({ sender, receiver, reference: "K1", messages }), 70_001);
  const parts = () => {
    readings += 1;
    return source.parts();
  };
  const { envelope } = await readEnvelopeOf(source, "skip");
  const made = await cutContent({ parts }, envelope, { messages: [1] });
  const all: Buffer[] = [];
  for await (const part of made.parts()) all.push(Buffer.from(part));
  const wanted = anInterchange({ sender, receiver, reference: "K1", messages: messages.slice(1) });
  expect(Buffer.concat(all).equals(wanted)).toBe(true);
  expect(readings).toBe(1);
});

test("a FHIR message in an encoding in which its id is not found is not sent under a new one", async () => {
  const text = aFhirMessage({ sender, receiver, envelope: "e", message: "m" }).toString();
  const content = contentOf(Buffer.from(`\u{feff}${text}`, "utf16le"));
  const { envelope } = await readEnvelopeOf(content, "skip");
  await expect(cutContent(content, envelope, { messages: [0], renewed })).rejects.toMatchObject({
    code: "conflict",
  });
});
