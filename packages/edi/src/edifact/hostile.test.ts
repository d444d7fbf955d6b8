import fc from "fast-check";
import { expect, test } from "vitest";
import { isSound } from "../findings.ts";
import { defaultLimits } from "../limits.ts";
import { latin1 } from "../testing/bytes.ts";
import { liveBytes } from "../testing/live-bytes.ts";
import { mutate, randomFrom } from "../testing/mutate.ts";
import { edifactSamples, referenceBytes, whenReference } from "../testing/reference.ts";
import { readEdifactEnvelope } from "./read-envelope.ts";
import { readInterchange } from "./read-interchange.ts";
import { EdifactReader } from "./reader.ts";
import { type Segment, segmentOf } from "./segment.ts";
import { concatenated, writeInterchange } from "./write.ts";

/** Milliseconds that a long test may take on a busy machine. */
const slow = 120_000;

/** Everything that a reader reports for an input that arrives in these chunks. */
function transcript(chunks: readonly Uint8Array[]): string {
  const segments: [Segment, number, number, number][] = [];
  const objects: number[] = [];
  const reader = new EdifactReader({
    segment: (tokens, place) => segments.push([segmentOf(tokens), place.start, place.end, place.number]),
    object: (piece) => objects.push(...piece),
  });
  for (const chunk of chunks) reader.push(chunk.slice());
  reader.end();
  return JSON.stringify([segments, objects, reader.interchanges, reader.findings]);
}

const oddities = latin1(
  "\xef\xbb\xbf\r\n UNA:+.? '\r\n UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R??1'\n\n \nUNH+1+ORDERS:D:96A:UN'" +
    "FTX+A?'B?\r\n'C??'U\nNS+D'UNO+1+X+Y+5'''+'\n+?'UNP+5+1''+X'abc+1'UNT+7+1'UNZ+1+R??1'\n" +
    "UNA:|.  ~UNB|UNOY:4|A|B|20250101:1200|R2~UNG|X|A|B|250101:1200|G|UN|D:1~UNH|1|X:D:96A:UN~BGM|\xc3\xa6~",
);

test("every cut in two, and in three, of an input with every peculiarity gives the same result", () => {
  const whole = transcript([oddities]);
  for (let cut = 1; cut < oddities.length; cut++) {
    const [left, right] = [oddities.subarray(0, cut), oddities.subarray(cut)];
    if (transcript([left, right]) !== whole) throw new Error(`cut at ${cut}`);
    if (transcript([left, right.subarray(0, 1), right.subarray(1)]) !== whole)
      throw new Error(`cut at ${cut} and after`);
  }
});

function cutEverywhere(path: string, bytes: Uint8Array): void {
  const whole = transcript([bytes]);
  for (let cut = 1; cut < bytes.length; cut++) {
    if (transcript([bytes.subarray(0, cut), bytes.subarray(cut)]) !== whole)
      throw new Error(`${path} cut at ${cut}`);
  }
}

whenReference(
  "every cut in two of every short sample gives the same result",
  () => {
    for (const path of edifactSamples()) {
      const bytes = referenceBytes(path);
      if (bytes.length <= 300) cutEverywhere(path, bytes);
    }
  },
  slow,
);

whenReference(
  "every sample in chunks of one byte, and of any sizes, gives the same result",
  () => {
    const random = randomFrom(11);
    for (const path of edifactSamples()) {
      const bytes = referenceBytes(path);
      const whole = transcript([bytes]);
      if (transcript([...bytes].map((byte) => Uint8Array.of(byte))) !== whole)
        throw new Error(`${path} by bytes`);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const to = at + 1 + Math.floor(random() * 97);
        chunks.push(bytes.subarray(at, to));
        at = to;
      }
      if (transcript(chunks) !== whole) throw new Error(`${path} in chunks`);
    }
  },
  slow,
);

whenReference(
  "every prefix of every sample is read without exception and is sound only at the end of an interchange",
  () => {
    for (const path of edifactSamples()) {
      const bytes = referenceBytes(path);
      const ends = readEdifactEnvelope(bytes).interchanges.map((entry) => entry.range.end);
      // Long files: every prefix near both ends, every 23rd between.
      const isNear = (length: number) => length < 400 || bytes.length - length < 200;
      for (let length = 0; length < bytes.length; length += isNear(length) ? 1 : 23) {
        const prefix = bytes.subarray(0, length);
        const { findings } = length % 19 === 0 ? readInterchange(prefix) : readEdifactEnvelope(prefix);
        const isWhole = ends.some((end) => length >= end);
        if (!isWhole && isSound(findings)) throw new Error(`${path}: ${length} bytes pass as complete`);
      }
    }
  },
  slow,
);

whenReference(
  "ten thousand mutations of the samples give findings, never an exception",
  () => {
    const random = randomFrom(20261122);
    const samples = edifactSamples()
      .map(referenceBytes)
      .filter((bytes) => bytes.length < 6000);
    for (let round = 0; round < 10_000; round++) {
      const bytes = mutate(samples[Math.floor(random() * samples.length)] as Uint8Array, random);
      const { findings } = readInterchange(bytes);
      if (findings.length > 2 * defaultLimits.findingsMax + 10) throw new Error(`round ${round}: findings`);
      for (const { range } of readEdifactEnvelope(bytes).interchanges) {
        const isIn = range.start >= 0 && range.start <= range.end && range.end <= bytes.length;
        if (!isIn) throw new Error(`round ${round}: range`);
      }
    }
  },
  slow,
);

test("any values that are written are read back unchanged", () => {
  const value = fc.string({ unit: fc.constantFrom(..."AZaz09 æøå'+:?*\\.,<>&\""), maxLength: 20 });
  const elements = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  const tag = fc.constantFrom("BGM", "S01", "FTX", "NAD", "PNA");
  const segments = fc.array(fc.record({ tag, elements }), { minLength: 1, maxLength: 8 });
  const lineBreak = fc.constantFrom("", "\n", "\r\n");
  fc.assert(
    fc.property(
      fc.array(segments, { minLength: 1, maxLength: 3 }),
      lineBreak,
      fc.boolean(),
      (messages, breaks, withUna) => {
        const bytes = writeInterchange({
          header: {
            sender: { id: "A", qualifier: "ZZ" },
            receiver: { id: "B" },
            preparedAt: "2026-11-22T09:30",
            reference: "R'1",
          },
          messages: messages.map((content, at) => ({
            header: { reference: `M${at}`, identifier: ["ORDERS", "D", "96A", "UN"] },
            segments: content,
          })),
          lineBreak: breaks,
          withUna,
        });
        const { interchanges, findings } = readInterchange(bytes);
        expect(findings).toEqual([]);
        expect(interchanges[0]?.messages.map((message) => message.segments)).toEqual(messages);
        expect(concatenated(interchanges.map(writeInterchange))).toEqual(bytes);
      },
    ),
    { numRuns: 300 },
  );
});

test("arbitrary bytes are read without exception, with the same result for any chunks", () => {
  const any = fc.uint8Array({ maxLength: 200 });
  const edi = fc
    .array(
      fc.constantFrom(
        "UNA:+.? '",
        "UNB+UNOC:3+A+B+260101:0900+R'",
        "UNH+1+X:D:96A:UN'",
        "UNT+2+1'",
        "UNZ+1+R'",
        "UNG+",
        "?",
        "'",
        "UNO+1+A+B+3'",
        "UNP+3+1'",
        "\n",
        "FTX+a:b*c",
        "\xef\xbb\xbf",
      ),
      { maxLength: 20 },
    )
    .map((parts) => latin1(parts.join("")));
  fc.assert(
    fc.property(fc.oneof(any, edi), fc.nat(), (bytes, seed) => {
      const cut = bytes.length === 0 ? 0 : seed % bytes.length;
      expect(transcript([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(transcript([bytes]));
    }),
    { numRuns: 2000 },
  );
});

const start = "UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R1'UNH+1+ORDERS:D:96A:UN'";
const filled = (text: string, size: number) => {
  const bytes = new Uint8Array(start.length + size);
  bytes.set(latin1(start));
  const unit = latin1(text);
  for (let at = start.length; at < bytes.length; at += unit.length)
    bytes.set(unit.subarray(0, bytes.length - at), at);
  return bytes;
};

/** Processor time, which other programs on the machine do not distort. */
function secondsPerMegabyte(bytes: Uint8Array): number {
  const from = process.cpuUsage();
  const reader = new EdifactReader({ segment: () => undefined });
  reader.push(bytes);
  reader.end();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / bytes.length;
}

let yardstick: number | undefined;

function usualSecondsPerMegabyte(): number {
  const normal = filled("NAD+PO+291714:YNR:SFU++Laegehuset:::::US'DTM+137:199901151012:203'", 2_000_000);
  secondsPerMegabyte(normal);
  return secondsPerMegabyte(normal);
}

test.each([
  ["terminators", "'"],
  ["release characters", "?"],
  ["element separators", "+"],
  ["one endless element", "A"],
  ["short empty segments", "ABC'"],
  ["released terminators", "?'"],
  ["released line breaks", "?\n"],
  ["line breaks", "\r\n"],
  ["blanks", " "],
])(
  "4 MB of %s are refused by a limit or read in linear time",
  (_, unit) => {
    yardstick ??= usualSecondsPerMegabyte();
    // A generous factor: it must catch quadratic growth, not a slow machine.
    expect(secondsPerMegabyte(filled(unit, 4_000_000))).toBeLessThan(yardstick * 8 + 0.01);
  },
  slow,
);

test("limits on input, segment, elements and findings hold and are reported", () => {
  const codes = (text: string, limits: object) =>
    readInterchange(latin1(text), { limits }).findings.map((entry) => entry.code);
  const long = `${start}FTX+${"A".repeat(200)}'UNT+3+1'UNZ+1+R1'`;
  expect(codes(long, { segmentBytesMax: 100 })).toContain("segment-too-long");
  expect(codes(long, { inputBytesMax: 100 })).toContain("interchange-too-long");
  expect(codes(`${start}FTX${"+".repeat(500)}'`, { elementsMax: 64 })).toContain("too-many-elements");
  expect(codes(`${start}${"BGM'".repeat(50)}`, { segmentsMax: 40 })).toContain("too-many-segments");
  expect(codes(`${start}${"'".repeat(50)}`, { findingsMax: 10 })).toContain("too-many-findings");
  expect(codes(long.replace("UNZ+1", "UNH+2+X:D:96A:UN'BGM'UNT+3+2'UNZ+2"), { messagesMax: 1 })).toContain(
    "too-many-messages",
  );
  const one =
    "UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R1'UNH+1+ORDERS:D:96A:UN'BGM'UNT+3+1'UNZ+1+R1'";
  expect(codes(one.repeat(3), { messagesMax: 3 })).not.toContain("too-many-messages");
  expect(codes(one.repeat(4), { messagesMax: 3 })).toContain("too-many-messages");
});

test("a hundred thousand groups are read in linear time", () => {
  const group = (at: number) =>
    `UNG+ORDERS+A+B+250101:1200+${at}+UN+D:96A'UNH+${at}+ORDERS:D:96A:UN'BGM'UNT+3+${at}'UNE+1+${at}'`;
  const groups = Array.from({ length: 99_999 }, (_, at) => group(at)).join("");
  const bytes = latin1(`UNB+UNOC:3+5790000120420:14+5790000128686:14+250101:1200+R1'${groups}UNZ+99999+R1'`);
  yardstick ??= usualSecondsPerMegabyte();
  expect(isSound(readEdifactEnvelope(bytes).findings)).toBe(true);
  // A search through all earlier groups would take many hundred times as long.
  expect(secondsPerMegabyte(bytes)).toBeLessThan(yardstick * 40 + 0.01);
});

test(
  "memory is bounded by the longest segment when reading in chunks",
  () => {
    const reader = new EdifactReader({ segment: () => undefined });
    reader.push(latin1(start));
    const chunk = latin1("NAD+PO+291714:YNR:SFU++Laegehuset:::::US'DTM+137:1999011510".repeat(200));
    const before = liveBytes();
    for (let round = 0; round < 1000; round++) reader.push(chunk);
    expect(liveBytes() - before).toBeLessThan(4_000_000);
    expect(reader.isStopped).toBe(false);
  },
  slow,
);
