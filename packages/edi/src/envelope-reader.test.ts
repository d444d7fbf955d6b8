import fc from "fast-check";
import { expect, test } from "vitest";
import { EnvelopeReader } from "./envelope-reader.ts";
import { JsonScanner, type Wanted } from "./fhir/json-scanner.ts";
import { buildAcknowledgement } from "./index.ts";
import { readEnvelope } from "./read-envelope.ts";
import { textOf } from "./testing/bytes.ts";
import { liveBytes } from "./testing/live-bytes.ts";
import { referenceBytes, referenceFiles, whenReference } from "./testing/reference.ts";
import { buildVansEnvelope } from "./xml/wrap.ts";

const text = new TextEncoder();

function inChunks(bytes: Uint8Array, cuts: readonly number[], carried: "read" | "skip" = "skip") {
  const reader = new EnvelopeReader({ carried });
  let at = 0;
  for (const cut of cuts) {
    reader.push(bytes.subarray(at, Math.min(bytes.length, at + cut)));
    at = Math.min(bytes.length, at + cut);
  }
  reader.push(bytes.subarray(at));
  return reader.end();
}

whenReference("every sample gives the same result in chunks of any size as whole", () => {
  const samples = ["medcom/pairs", "medcom/vans", "medcom/sbdh", "medcom/fhir", "medcom/xml-only"]
    .flatMap(referenceFiles)
    .map(referenceBytes);
  expect(samples.length).toBeGreaterThan(50);
  for (const bytes of samples) {
    const whole = readEnvelope(bytes);
    const carried = inChunks(bytes, [], "read");
    for (const size of [1, 7, 300, 5000, 16 * 1024 + 1]) {
      const cuts = new Array<number>(Math.floor(bytes.length / size)).fill(size);
      expect(inChunks(bytes, cuts)).toEqual(whole);
      expect(inChunks(bytes, cuts, "read")).toEqual(carried);
    }
  }
});

/** Text of single bytes in UTF-16 with a byte order mark, which XML and JSON may be in. */
function utf16(text: string): Uint8Array {
  const marked = `\uFEFF${text.replace('encoding="windows-1252"', 'encoding="UTF-16"')}`;
  return new Uint8Array(Buffer.from(marked, "utf16le"));
}

whenReference("a mutated sample gives the same result in random chunks as whole", () => {
  const paths = [
    "vans/VANSEnvelope_XDIS22.xml",
    "fhir/CareCommunication_demo_example.json",
    "pairs/xml/BIN01_5.xml",
    "pairs/xml/DIS91_1.xml",
    "sbdh/20250429_ehmisbdh_sample.xml",
  ];
  const samples = paths.map((path) => referenceBytes(`medcom/${path}`));
  samples.push(utf16(textOf(samples[3] as Uint8Array)), utf16(textOf(samples[1] as Uint8Array)));
  const mutation = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(mutation, { maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 8 }),
      (sample, mutations, cuts) => {
        const bytes = Uint8Array.from(sample);
        for (const { place, byte } of mutations) bytes[Math.floor(place * (bytes.length - 1))] = byte;
        expect(inChunks(bytes, cuts)).toEqual(readEnvelope(bytes));
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});

const wanted: Wanted = { a: true, b: [{ a: true, c: true }], c: { a: [true] } };

/** What the scanner should keep, computed from a fully parsed document. */
function keep(value: unknown, of: Wanted): unknown {
  if (of === true) return typeof value === "string" ? value : undefined;
  if (Array.isArray(of)) return Array.isArray(value) ? value.map((item) => keep(item, of[0])) : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const names = Object.keys(of).filter((name) => Object.hasOwn(value, name));
  const named = of as Readonly<Record<string, Wanted>>;
  return Object.fromEntries(
    names.map((name) => [name, keep((value as Record<string, unknown>)[name], named[name] as Wanted)]),
  );
}

function scan(bytes: Uint8Array, cut: number) {
  const scanner = new JsonScanner(wanted, { depthMax: 50, jsonMembersMax: 1000 });
  for (let at = 0; at < bytes.length; at += cut) scanner.push(bytes.subarray(at, at + cut));
  scanner.end();
  return scanner;
}

test("the JSON scanner accepts what JSON.parse accepts, and keeps the same values", () => {
  const key = fc.constantFrom("a", "b", "c", 'q"\\', "æ");
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "binary" }).filter((value) => value.isWellFormed()),
      fc.double(),
      fc.constantFrom(null, true, false),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  const space = fc.constantFrom(undefined, 1, "\t");
  const edit = fc.option(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\0-e.u \n', "")));
  fc.assert(
    fc.property(tree, space, edit, fc.integer({ min: 1, max: 9 }), (value, indent, change, cut) => {
      const sound = JSON.stringify(value, null, indent);
      const at = change ? change[0] % (sound.length + 1) : 0;
      const document = change ? sound.slice(0, at) + change[1] + sound.slice(at + 1) : sound;
      fc.pre(document.isWellFormed());
      const scanner = scan(text.encode(document), cut);
      let parsed: unknown;
      let isJson = true;
      try {
        parsed = JSON.parse(document);
      } catch {
        isJson = false;
      }
      expect(scanner.fault === undefined).toBe(isJson);
      if (isJson) expect(scanner.value).toEqual(keep(parsed, wanted));
    }),
    { numRuns: 5000, seed: 11 },
  );
});

const party = (id: string) => ({ id, qualifier: "14" });
const uuid = "068dadff-12bb-406d-8c86-083974dc0180";

function carrying(payload: Uint8Array) {
  return buildVansEnvelope({
    sender: party("5790001659592"),
    receiver: party("5790000121526"),
    reference: uuid,
    preparedAt: "2026-03-01T10:00:00",
    content: { identifier: uuid, format: "HL7", name: "MCM:FDIS91", version: "5.0", payload },
  });
}

whenReference("a VANSEnvelope carries exactly one FHIR message: more, or something else, is an error", () => {
  const one = referenceBytes("medcom/fhir/CareCommunication_demo_example.json");
  const codes = (payload: Uint8Array) =>
    inChunks(carrying(payload), [100], "read").findings.map(({ code, at }) => [code, at.isCarried ?? false]);
  expect(codes(one).map(([code]) => code)).not.toContain("carried-not-one-message");
  const bundle = JSON.parse(new TextDecoder().decode(one)) as { entry: unknown[] };
  const two = text.encode(JSON.stringify({ ...bundle, entry: [...bundle.entry, bundle.entry[0]] }));
  expect(codes(two)).toContainEqual(["fhir-several-headers", true]);
  for (const payload of [
    text.encode("[]"),
    text.encode("hej"),
    text.encode(`${new TextDecoder().decode(one)}{}`),
  ]) {
    expect(codes(payload)).toContainEqual(["carried-not-one-message", false]);
  }
  const [message] = readEnvelope(one).interchanges;
  if (!message) throw new Error("nothing was read");
  const ids = { bundleId: uuid, messageId: uuid, provenanceId: uuid, senderId: uuid, receiverId: uuid };
  const receipt = buildAcknowledgement({
    subject: message,
    ...ids,
    preparedAt: "2026-03-01T10:00:00Z",
    code: "ok",
  });
  expect(codes(receipt ?? text.encode(""))).toContainEqual(["carried-differs", false]);
});

test("base64 that is broken by markup or by other characters is reported", () => {
  const sound = new TextDecoder().decode(carrying(text.encode("x".repeat(40_000))));
  for (const broken of [
    sound.replace("eHh4", "eH<b/>h4"),
    sound.replace("eHh4", "<![CDATA[eHh4]]>"),
    sound.replace("eHh4", "eH*4"),
    sound.replace("</Data>", "=</Data>"),
  ]) {
    const codes = inChunks(text.encode(broken), [3000, 17_000], "read").findings.map(({ code }) => code);
    expect(codes).toContain("base64-invalid");
  }
});

test("a payload of 100 MB is read in bounded memory", () => {
  const head = new TextDecoder().decode(carrying(text.encode(""))).split("</Data>");
  const reader = new EnvelopeReader({ carried: "read" });
  const piece = text.encode("QUJD".repeat(256 * 1024));
  const before = liveBytes();
  reader.push(text.encode(head[0]));
  for (let count = 0; count < 100; count++) {
    reader.push(piece.slice());
    // A few pieces and what they decode to; buffers are freed with some delay.
    if (count % 20 === 10) expect(liveBytes() - before).toBeLessThan(40 * 1024 * 1024);
  }
  reader.push(text.encode(`</Data>${head[1]}`));
  const [interchange] = reader.end().interchanges;
  expect(interchange?.carried?.inside?.sizeInBytes).toBe(100 * 256 * 1024 * 3);
});
