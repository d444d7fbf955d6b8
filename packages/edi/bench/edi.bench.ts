/**
 * Measures reading against the published parsers and the machine's limits, on the same bytes in interleaved rounds.
 * `npm run bench -- edi` runs all; `-- edi speed`, `hostile` or `fuzz [ROUNDS]` runs one part.
 */
import { SaxesParser } from "saxes";
import { readEdifactEnvelope } from "../src/edifact/read-envelope.ts";
import { EdifactReader } from "../src/edifact/reader.ts";
import { type Segment, segmentOf } from "../src/edifact/segment.ts";
import { readEnvelope } from "../src/read-envelope.ts";
import { mutate, randomFrom } from "../src/testing/mutate.ts";
import { filled, hostileBytes, hostileDocuments, hostileUnits, xmlOf } from "./hostile-inputs.ts";
import { headOf, largeInterchange, messages, xmlMessages } from "./inputs.ts";
import { callbacks, tree } from "./rivals.ts";

type Case = { readonly name: string; readonly run: () => number };
type Measured = { readonly name: string; readonly seconds: number };

let sink = 0;

/** Processor time of this thread: other work on the machine disturbs it less than the clock. */
function processorSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

// Processor time advances in steps of up to 10 ms, so each measurement lasts much longer.
const measurementSeconds = 0.1;
const warmUpRounds = 2;

function repeatsFor(run: () => number): number {
  for (let times = 1; ; times *= 2) {
    const from = processorSeconds();
    for (let time = 0; time < times; time++) sink += run();
    if (processorSeconds() - from >= measurementSeconds) return times;
  }
}

/** Runs the cases in turn, round after round, and returns each one's median processor seconds per run. */
function interleaved(cases: readonly Case[], rounds: number): Measured[] {
  const times = cases.map(() => [] as number[]);
  const repeats = cases.map(({ run }) => repeatsFor(run));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const [at, { run }] of cases.entries()) {
      const runs = repeats[at] ?? 1;
      const from = processorSeconds();
      for (let time = 0; time < runs; time++) sink += run();
      if (round >= 0) times[at]?.push((processorSeconds() - from) / runs);
    }
  }
  return cases.map(({ name }, at) => {
    const sorted = (times[at] ?? []).sort((a, b) => a - b);
    return { name, seconds: sorted[Math.floor(sorted.length / 2)] ?? 0 };
  });
}

const scan = (bytes: Uint8Array) => {
  let count = 0;
  for (let at = bytes.indexOf(0x27); at >= 0; at = bytes.indexOf(0x27, at + 1)) count++;
  return count;
};
const decode = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").length;
const envelope = (bytes: Uint8Array) => readEdifactEnvelope(bytes).interchanges[0]?.messages.length ?? 0;

function tokens(bytes: Uint8Array): number {
  let sum = 0;
  const reader = new EdifactReader({
    segment: (segment) => {
      sum += segment.components;
    },
  });
  reader.push(bytes);
  reader.end();
  return sum;
}

function values(bytes: Uint8Array): number {
  let sum = 0;
  const reader = new EdifactReader({
    segment: (segment) => {
      for (let at = 0; at < segment.components; at++) sum += segment.textAt(at).length;
    },
  });
  reader.push(bytes);
  reader.end();
  return sum;
}

function treePerMessage(bytes: Uint8Array): number {
  let sum = 0;
  let segments: Segment[] = [];
  const reader = new EdifactReader({
    segment: (segment) => {
      segments.push(segmentOf(segment));
      sum++;
    },
    message: () => {
      segments = [];
    },
  });
  reader.push(bytes);
  reader.end();
  return sum + segments.length;
}

const readers: readonly (readonly [name: string, run: (bytes: Uint8Array) => number])[] = [
  ["limit: indexOf scan", scan],
  ["limit: latin1 decode", decode],
  ["ours: route", (bytes) => readEnvelope(bytes, { headerOnly: true }).interchanges.length],
  ["ours: envelope", envelope],
  ["ours: tokens", tokens],
  ["ours: every value", values],
  ["ours: tree per message", treePerMessage],
  ["edifact: callbacks", callbacks],
  ["edifact: tree per message", tree],
];

const of = (list: readonly Measured[], name: string) =>
  list.find((entry) => entry.name === name)?.seconds ?? Number.NaN;
const base = "edifact: tree per message";

/** Processor seconds of one run. */
function secondsOf(run: () => number): number {
  const from = processorSeconds();
  sink += run();
  return processorSeconds() - from;
}

function table(
  title: string,
  list: readonly Measured[],
  unit: string,
  perSecond: (seconds: number) => number,
): void {
  console.log(`\n${title}`);
  for (const { name, seconds } of list) {
    const rate = perSecond(seconds);
    const figure = rate >= 1000 ? Math.round(rate).toLocaleString("en") : rate.toFixed(1);
    console.log(
      `  ${name.padEnd(30)} ${figure.padStart(12)} ${unit}   ${(of(list, base) / seconds).toFixed(2)} x ${base}`,
    );
  }
}

function aim(text: string, value: number, holds: boolean): void {
  console.log(`  ${holds ? "holds " : "MISSED"}  ${text}: ${value.toFixed(2)}`);
}

function speed(): void {
  const large = largeInterchange();
  const whole = interleaved(
    readers.map(([name, run]) => ({ name, run: () => run(large) })),
    7,
  );
  table(
    `One interchange of ${(large.length / 1e6).toFixed(2)} MB`,
    whole,
    "MB/s",
    (seconds) => large.length / 1e6 / seconds,
  );

  const each = readers.map(([name, run]) => ({
    name,
    run: () => {
      let sum = 0;
      for (const message of messages) sum += run(message);
      return sum;
    },
  }));
  const count = messages.length;
  const single = interleaved(each, 7);
  const mean = messages.reduce((sum, message) => sum + message.length, 0) / messages.length;
  table(
    `Single messages, ${Math.round(mean)} bytes in the mean`,
    single,
    "messages/s",
    (seconds) => count / seconds,
  );

  console.log("\nAims");
  const full = of(whole, base) / of(whole, "ours: tokens");
  aim("full tokenisation against edifact with tree, at least 2.5 times", full, full >= 2.5);
  const decoded = of(whole, base) / of(whole, "ours: tree per message");
  console.log(`          (with a tree of our own per message: ${decoded.toFixed(2)} times)`);
  const routed = of(single, base) / of(single, "ours: route");
  aim("single messages routed against edifact, at least 10 times", routed, routed >= 10);
  const ratio = of(whole, "ours: envelope") / of(whole, "limit: indexOf scan");
  aim("1 MB envelope against the bare scan, at most 4 times its time", ratio, ratio <= 4);
  xmlSpeed();
}

function xmlSpeed(): void {
  if (xmlMessages.length === 0) {
    console.log("  The XML samples are absent; their measurement was skipped.");
    return;
  }
  const heads = xmlMessages.map(headOf);
  const bare = () => {
    for (let time = 0; time < 10; time++) {
      for (const head of heads) {
        const parser = new SaxesParser({ position: false });
        parser.on("opentag", () => sink++);
        parser.on("text", (text) => {
          sink += text.length;
        });
        parser.on("closetag", () => sink++);
        parser.write(head);
      }
    }
    return 0;
  };
  const ours = (headerOnly: boolean) => () => {
    for (let time = 0; time < 10; time++)
      for (const message of xmlMessages) sink += readEnvelope(message, { headerOnly }).interchanges.length;
    return 0;
  };
  const list = interleaved(
    [
      { name: "saxes, needed part", run: bare },
      { name: "envelope", run: ours(true) },
      { name: "whole, checked", run: ours(false) },
    ],
    7,
  );
  const ratio = of(list, "envelope") / of(list, "saxes, needed part");
  aim("XML envelope against saxes over the needed part, at most 2 times its time", ratio, ratio <= 2);
  console.log(
    `          (${Math.round((10 * heads.length) / of(list, "envelope")).toLocaleString("en")} XML envelopes/s; read whole ${(of(list, "whole, checked") / of(list, "envelope")).toFixed(1)} times the time)`,
  );
}

function hostile(): void {
  const usual = filled("NAD+PO+291714:YNR:SFU++Laegehuset:::::US'DTM+137:199901151012:203'");
  tokens(usual.subarray(0, 4_000_000));
  const yardstick = secondsOf(() => tokens(usual));
  console.log(
    `\nHostile input, 50 MB each; usual EDIFACT takes ${((yardstick * 1e9) / hostileBytes).toFixed(1)} ns a byte`,
  );
  for (const [name, unit] of hostileUnits) {
    const bytes = filled(unit);
    const seconds = secondsOf(() => tokens(bytes));
    aim(`50 MB ${name}, at most twice the usual time`, seconds / yardstick, seconds <= 2 * yardstick);
  }
  hostileXml();
}

function hostileXml(): void {
  const usual = xmlOf("<Person><Identifier>1</Identifier><VersionCode>XD2030C</VersionCode></Person>");
  const read = (bytes: Uint8Array) => readEnvelope(bytes).findings.length;
  read(usual.subarray(0, 4_000_000));
  const yardstick = secondsOf(() => read(usual));
  console.log(`  usual XML takes ${((yardstick * 1e9) / hostileBytes).toFixed(1)} ns a byte`);
  for (const [name, bytes] of hostileDocuments()) {
    const seconds = secondsOf(() => read(bytes));
    aim(`${name}, at most twice the usual time of 50 MB`, seconds / yardstick, seconds <= 2 * yardstick);
  }
}

function fuzz(rounds: number): void {
  const random = randomFrom(20261122);
  const from = performance.now();
  const samples = [...messages, ...xmlMessages].filter((bytes) => bytes.length < 4000);
  let sound = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = mutate(samples[Math.floor(random() * samples.length)] as Uint8Array, random);
    const { findings } = bytes[0] === 0x3c ? readEnvelope(bytes) : readFully(bytes);
    if (findings.every((entry) => entry.severity !== "error")) sound++;
  }
  const seconds = (performance.now() - from) / 1000;
  console.log(
    `\nMutations: ${rounds.toLocaleString("en")} read in ${seconds.toFixed(0)} s without exception, ${sound.toLocaleString("en")} of them still sound`,
  );
}

function readFully(bytes: Uint8Array) {
  const reader = new EdifactReader({
    segment: (segment) => {
      sink += segment.components;
    },
  });
  reader.push(bytes);
  reader.end();
  return reader;
}

const [part = "all", rounds = "1000000"] = process.argv.slice(2);
if (part === "all" || part === "speed") speed();
if (part === "all" || part === "hostile") hostile();
if (part === "all" || part === "fuzz") fuzz(Number(rounds));
if (sink === 0) console.log("nothing was measured");
