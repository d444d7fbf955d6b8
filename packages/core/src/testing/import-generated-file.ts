import { liveBytes } from "@sor/edi/testing/live-bytes";
import { createContext } from "../context.ts";
import { closeDatabase, migrateDatabase, openDatabase, startThrowawayPostgres } from "../database/index.ts";
import { importSor } from "../imports/index.ts";
import { manyOwners, sorFilePieces } from "./sor-file.ts";

// A separate program, so that its memory is only that of the import: node packages/core/src/testing/import-generated-file.ts
// MEGABYTES [DATABASE_URL]. It imports a generated file of that size, which is never completely in memory, and prints the
// resources used as JSON.
const [megabytes = "10", given] = process.argv.slice(2);
const postgres = given === undefined ? await startThrowawayPostgres() : undefined;
const url = given ?? postgres?.url ?? "";
await migrateDatabase(url);
const database = openDatabase(url, { statementTimeoutSeconds: 3600 });

const wanted = Number(megabytes) * 1_000_000;
let bytesRead = 0;
const held: number[] = [];
let lookedAtBytes = 0;
// Memory retained by the import, without garbage and the process's own memory: measured every 500 kB of the file.
const look = () => {
  if (bytesRead - lookedAtBytes < 500_000) return;
  lookedAtBytes = bytesRead;
  held.push(liveBytes());
};

async function* generated(): AsyncGenerator<Uint8Array> {
  let waiting = "";
  for (const piece of sorFilePieces(untilBytes(), "2026-05-01")) {
    waiting += piece;
    if (waiting.length < 65_536) continue;
    yield Buffer.from(waiting);
    bytesRead += waiting.length;
    waiting = "";
  }
  yield Buffer.from(waiting);
  bytesRead += waiting.length;
}

function* untilBytes() {
  for (const owner of manyOwners(1_000_000, 20)) {
    if (bytesRead >= wanted) return;
    yield owner;
  }
}

const ctx = createContext(database, { kind: "system", job: "import-sor" }, new Date());
const started = Date.now();
const report = await importSor(ctx, { bytes: generated(), isFull: false, onProgress: look });
await closeDatabase(database);
await postgres?.stop();
console.log(
  JSON.stringify({
    megabytes: Math.round(bytesRead / 1e6),
    units: report.counts["units"]?.created,
    locations: report.counts["locations"]?.created,
    seconds: (Date.now() - started) / 1000,
    heldGrowthMegabytes: Math.round((Math.max(...held) - (held[0] ?? 0)) / 1e5) / 10,
  }),
);
