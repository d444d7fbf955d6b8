import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Context, createContext, inSnapshot } from "../context.ts";
import { type Database, givesWay, type Transaction } from "../database/index.ts";
import {
  bundles,
  type Dataset,
  datasets,
  readSource,
  type SnapshotFacts,
  type SourceName,
  type SourceRows,
} from "../datasets/index.ts";
import { noteDayChanges } from "../day-changes/index.ts";
import { currentPosition, positionText } from "../journal/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import {
  type Manifest,
  manifestFile,
  outlived,
  publicKeyFile,
  signatureFile,
  snapshotName,
  sumsFile,
  sumsOf,
} from "./manifest.ts";
import { listPublished, openUnfinished, publish, removePublished } from "./published.ts";
import { beat, endRun, forgetRuns, takeRun } from "./runs.ts";
import type { Schedule } from "./schedule.ts";
import type { SnapshotFile } from "./schemas.ts";
import { findSigner } from "./signing-key.ts";
import { openSink, packFile, type Sink, writeWhole } from "./write-file.ts";
import { writeShakWeeks } from "./write-shak-weeks.ts";
import { writeSpans } from "./write-spans.ts";
import { writeZip } from "./zip.ts";

/** Where snapshots are published, when they are due, and for how many days they are kept. */
export type SnapshotPlace = { filesDir: string; schedule: Schedule; keepDays: number };

export type SnapshotOutcome =
  | { made: "none" }
  | { made: "published"; manifest: Manifest; seconds: number }
  | { made: "failed"; failure: "disk-full" | "fault"; error: unknown };

const actor = { kind: "system", job: "snapshots" } as const;
const beatMilliseconds = 2000;
const runsKeptMilliseconds = 400 * 86_400_000;

type Making = {
  contextNow: () => Context;
  runId: string;
  filesDir: string;
  folder: string;
  /** Tells how far the run is, now and then, and lets waiting requests of this process pass. */
  progress: (step: string, rows: number) => Promise<void>;
};

/**
 * Makes a snapshot if one is asked for or due, and no other program makes one: all datasets as of one journal number, read in one
 * transaction, and published together. A fault leaves the last snapshot as it is.
 */
export async function makeDueSnapshot(
  db: Database,
  clock: () => Date,
  place: SnapshotPlace,
): Promise<SnapshotOutcome> {
  const contextNow = () => createContext(db, actor, clock());
  const run = await takeRun(contextNow(), place.schedule);
  if (!run) return { made: "none" };
  const began = performance.now();
  try {
    const folder = await openUnfinished(place.filesDir, run.id);
    const making = {
      contextNow,
      runId: run.id,
      filesDir: place.filesDir,
      folder,
      progress: progressOf(contextNow, run.id),
    };
    try {
      const manifest = await fill(making);
      await beat(contextNow(), run.id, { step: "publish", rows: 0 });
      await publish(place.filesDir, folder, manifest.name);
      const { name, sequence, day } = manifest;
      await endRun(contextNow(), run.id, { state: "published", name, sequence, day, manifest });
      await removeOutlived(contextNow(), place);
      return { made: "published", manifest, seconds: (performance.now() - began) / 1000 };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    const isFull =
      error instanceof Error && "code" in error && ["ENOSPC", "EDQUOT"].includes(String(error.code));
    const failure = isFull ? "disk-full" : "fault";
    await endRun(contextNow(), run.id, { state: "failed", failure });
    return { made: "failed", failure, error };
  }
}

function progressOf(contextNow: () => Context, runId: string): Making["progress"] {
  const giveWay = givesWay();
  let beatenAt = performance.now();
  return async (step, rows) => {
    await giveWay();
    if (performance.now() - beatenAt < beatMilliseconds) return;
    beatenAt = performance.now();
    await beat(contextNow(), runId, { step, rows });
  };
}

async function fill(making: Making): Promise<Manifest> {
  const { contextNow, folder } = making;
  const signer = await findSigner(contextNow());
  // What turned at midnight has its entries before the day's picture is taken.
  while (!(await noteDayChanges(contextNow())).isCaughtUp) await making.progress("days", 0);
  const { facts, files } = await readRegister(making);
  files.push(...(await writeSpans(making.contextNow(), { ...making, facts })));
  files.push(...(await writeShakWeeks(making.contextNow(), { folder, facts })));
  for (const [at, file] of files.entries()) {
    await making.progress("compress", at);
    const path = join(folder, file.path);
    const [gzip, zstd] = [await packFile(path, "gz"), await packFile(path, "zst")];
    Object.assign(file, { gzip, zstd });
  }
  files.push(...(await bundled(making, files, facts)));
  const { sequence, position, day, madeAt } = facts;
  const name = snapshotName(madeAt, sequence);
  const manifest: Manifest = { name, sequence, position, day, madeAt: madeAt.toISOString(), files };
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  await writeWhole(folder, manifestFile, text);
  await writeWhole(folder, signatureFile, `${signer.signatureOf(text)}\n`);
  await writeWhole(folder, publicKeyFile, signer.publicKey);
  await writeWhole(folder, sumsFile, sumsOf(manifest));
  return manifest;
}

async function readRegister(making: Making): Promise<{ facts: SnapshotFacts; files: SnapshotFile[] }> {
  return await inSnapshot(making.contextNow(), async (tx) => {
    const madeAt = making.contextNow().now;
    const head = await currentPosition(tx);
    const { sequence } = head;
    const facts = { sequence, position: positionText(head), day: dayInDenmark(madeAt), madeAt };
    const files: SnapshotFile[] = [];
    const write = async <Name extends SourceName>(name: Name) => {
      files.push(...(await writeSource(making, tx, { facts, name, of: datasets[name] })));
    };
    for (const name of Object.keys(datasets) as SourceName[]) await write(name);
    return { facts, files };
  });
}

type Part<Name extends SourceName> = { facts: SnapshotFacts; name: Name; of: readonly Dataset<Name>[] };

/** Reads a source once and writes all datasets that are made from it. */
async function writeSource<Name extends SourceName>(
  { folder, progress }: Making,
  tx: Transaction,
  { facts, name, of }: Part<Name>,
): Promise<SnapshotFile[]> {
  const open = await Promise.all(
    of.map(async (dataset) => {
      const sink: Sink = await openSink(join(folder, dataset.path), dataset.encoding);
      return { dataset, sink, writer: dataset.writer(facts), rows: 0 };
    }),
  );
  try {
    let read = 0;
    for (const { sink, writer } of open) await sink.write(writer.begin());
    const batches = readSource[name](tx, facts.day) as AsyncGenerator<SourceRows[Name][]>;
    for await (const batch of batches) {
      for (const each of open) {
        let text = "";
        for (const row of batch) {
          const line = each.writer.add(row);
          if (line !== "") each.rows += 1;
          text += line;
        }
        await each.sink.write(text);
        await progress(name, read);
      }
      read += batch.length;
    }
    return await Promise.all(open.map(finished));
  } catch (error) {
    await Promise.allSettled(open.map(({ sink }) => sink.abandon()));
    throw error;
  }
}

type Opened<Row> = {
  dataset: { name: string; path: string; aliases?: readonly string[]; contentType: string };
  sink: Sink;
  writer: {
    end: () => string;
    counts: () => { replaced: number; leftOut: number; setHash?: string };
    add: (row: Row) => string;
  };
  rows: number;
};

const sampleLines = 4;
const sampleLineCharacters = 400;

/** The first lines of a file, as an example for its documentation. */
function sampleOf(beginning: string): string {
  const lines = beginning
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .slice(0, sampleLines);
  return lines
    .map((line) => (line.length > sampleLineCharacters ? `${line.slice(0, sampleLineCharacters)}…` : line))
    .join("\n")
    .trimEnd();
}

async function finished<Row>({ dataset, sink, writer, rows }: Opened<Row>): Promise<SnapshotFile> {
  await sink.write(writer.end());
  const { bytes, sha256, beginning } = await sink.close();
  const { name, path, aliases = [], contentType } = dataset;
  const about = { dataset: name, path, aliases: [...aliases], contentType };
  return {
    ...about,
    bytes,
    sha256,
    sample: sampleOf(beginning),
    rows,
    ...writer.counts(),
    gzip: null,
    zstd: null,
  };
}

async function bundled(
  { folder, progress }: Making,
  files: readonly SnapshotFile[],
  { madeAt }: SnapshotFacts,
): Promise<SnapshotFile[]> {
  const made: SnapshotFile[] = [];
  for (const { name, path, contentType, datasets: parts } of bundles) {
    await progress("zip", made.length);
    const entries = parts.flatMap((part) => {
      const file = files.find(({ dataset }) => dataset === part);
      return file ? [{ name: basename(file.path), path: join(folder, file.path), modifiedAt: madeAt }] : [];
    });
    const written = await writeZip(join(folder, path), entries);
    const about = { dataset: name, path, aliases: [], contentType, ...written };
    made.push({ ...about, rows: null, sample: "", replaced: 0, leftOut: 0, gzip: null, zstd: null });
  }
  return made;
}

async function removeOutlived(ctx: Context, { filesDir, keepDays }: SnapshotPlace): Promise<void> {
  const names = outlived(await listPublished(filesDir), keepDays);
  await removePublished(filesDir, names);
  await forgetRuns(ctx, names, new Date(ctx.now.getTime() - runsKeptMilliseconds));
}
