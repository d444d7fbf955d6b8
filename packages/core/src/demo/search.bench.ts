import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import { createContext } from "../context.ts";
import { closeDatabase, migrateDatabase, openDatabase, startThrowawayPostgres } from "../database/index.ts";
import { searchOrganisations, suggestOrganisations } from "../organisations/index.ts";
import { inventCountry, loadCountry } from "./index.ts";

// Measures milliseconds of server time for a first page of searches, in a register of 100,000 units, and for suggestions, beside a plain
// query by an index: `npm run bench -- search [--quick] [--units=N]`.
const { values } = parseArgs({
  options: { units: { type: "string", default: "100000" }, quick: { type: "boolean", default: false } },
});
const units = values.quick ? 10_000 : Number(values.units);
const rounds = values.quick ? 5 : 15;
const limitMilliseconds = 100;
/** Of a list of suggestions while somebody types. */
const suggestMilliseconds = 20;

const questions = [
  { q: "læge" },
  { q: "l" },
  { q: "klinik" },
  { q: "aal" },
  { q: "klitholt" },
  { q: "praktiserende læge klitholt" },
  { q: "universitetshospital kardiologi" },
  { q: "tandlæge", kind: "dentist" },
  { q: "kardiologi", kind: "hospital" },
  { q: "lægefælleskabet" },
  { q: "86 12 34 56" },
  { q: "xyzzyxyzzy" },
] as const;

async function milliseconds(run: () => Promise<unknown>): Promise<{ median: number; slowest: number }> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    await run();
    if (round > 0) times.push(performance.now() - started);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, slowest: sorted.at(-1) ?? 0 };
}

const postgres = await startThrowawayPostgres();
await migrateDatabase(postgres.url);
const db = openDatabase(postgres.url, { statementTimeoutSeconds: 600 });
try {
  const now = new Date();
  const country = inventCountry(units, 1, now);
  await loadCountry(createContext(db, { kind: "system", job: "bench" }, now), country);
  await db.execute(sql`vacuum analyze`);
  const ctx = createContext(db, { kind: "anonymous" }, now);
  const line = (name: string, found: number | string, time: { median: number; slowest: number }) =>
    console.log(
      `${name.padEnd(44)} ${String(found).padStart(6)} hits  median ${time.median.toFixed(1)} ms  slowest ${time.slowest.toFixed(1)} ms`,
    );
  const sorId = country.organisations.at(-1)?.sorId;
  const plain = await milliseconds(
    async () => await db.execute(sql`select * from organisation_versions where sor_id = ${sorId}`),
  );
  console.log(`${country.organisations.length} units`);
  line("one unit by an index", 1, plain);
  const slow: string[] = [];
  for (const question of questions) {
    const ask = async () => await searchOrganisations(ctx, { ...question, folded: true });
    const { count } = await ask();
    const time = await milliseconds(ask);
    line(JSON.stringify(question), count ?? 0, time);
    if (time.median > limitMilliseconds) slow.push(question.q);
  }
  for (const q of ["l", "læ", "læge", "læge k", "klit", "universitetshospital kard", "9001"]) {
    const ask = async () => await suggestOrganisations(ctx, { q });
    const time = await milliseconds(ask);
    line(`suggest ${q}`, (await ask()).length, time);
    if (time.median > suggestMilliseconds) slow.push(`suggest ${q}`);
  }
  console.log(
    slow.length === 0
      ? `all within ${limitMilliseconds} ms, suggestions ${suggestMilliseconds} ms`
      : `too slow: ${slow.join(", ")}`,
  );
} finally {
  await closeDatabase(db);
  await postgres.stop();
}
