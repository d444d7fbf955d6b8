import { monitorEventLoopDelay } from "node:perf_hooks";
import { sql } from "drizzle-orm";
import { createContext } from "../context.ts";
import {
  closeDatabase,
  type Database,
  migrateDatabase,
  openDatabase,
  startThrowawayPostgres,
} from "../database/index.ts";
import { completeGln, makeSorId } from "../identifiers/index.ts";
import { editRegister, previewCommands } from "./edit-register.ts";
import { Command } from "./schemas.ts";

// Previews and applies sets of 5,000 commands in a register of 100,000 units, and says the memory they take. Beside them, the same
// rows are written by plain statements. `npm run bench -- changesets [commands]`.
const count = Number(process.argv[2] ?? 5000);
const others = 95_000;
const owner = makeSorId(1);
const otherOwner = makeSorId(2);
const hospital = makeSorId(3);
const sorIds = Array.from({ length: count + others }, (_, n) => makeSorId(1000 + n));
const glns = Array.from({ length: count }, (_, n) => completeGln(`57900${String(n).padStart(7, "0")}`));
const supplier = "00000000-0000-7000-8000-000000000001";
const endpoints = ["00000000-0000-7000-8000-000000000011", "00000000-0000-7000-8000-000000000012"];
const unit = (rows: string) => `insert into organisation_versions
  (id, sor_id, valid_from, recorded_at, name, search_text, parent_sor_id, gln) ${rows}`;
const seed = [
  `insert into suppliers (id, name) values ('${supplier}', 'Leverandør')`,
  ...endpoints.map(
    (id, n) => `insert into endpoints (id, supplier_id, name, transport, mime_types)
      values ('${id}', '${supplier}', 'Modtagelse ${n}', 'mailbox', '{application/EDIFACT}')`,
  ),
  `insert into organisations (sor_id, level, first_from) values
    ('${owner}', 'owner', '2000-01-01'), ('${otherOwner}', 'owner', '2000-01-01'), ('${hospital}', 'institution', '2000-01-01')`,
  unit(`values (gen_random_uuid(), '${owner}', '2000-01-01', '2020-01-01', 'Region', 'region', null, null),
    (gen_random_uuid(), '${otherOwner}', '2000-01-01', '2020-01-01', 'Anden region', 'anden region', null, null),
    (gen_random_uuid(), '${hospital}', '2000-01-01', '2020-01-01', 'Hospital', 'hospital', '${owner}', null)`),
];

/** Units below the hospital, the first of them with a location number that receives three types. */
async function fill(db: Database): Promise<void> {
  const ids = sql.param(sorIds);
  const numbers = sql.param(glns);
  await db.execute(sql`insert into locations (gln) select unnest(${numbers}::text[])`);
  await db.execute(sql`insert into location_versions (id, gln, valid_from, recorded_at, supplier_id)
    select gen_random_uuid(), gln, '2020-01-01', '2020-01-01', ${supplier} from unnest(${numbers}::text[]) gln`);
  await db.execute(sql`insert into organisations (sor_id, level, first_from)
    select id, 'unit', '2000-01-01' from unnest(${ids}::text[]) id`);
  await db.execute(sql`insert into organisation_versions
    (id, sor_id, valid_from, recorded_at, name, search_text, parent_sor_id, gln)
    select gen_random_uuid(), id, '2000-01-01', '2020-01-01', 'Afdeling ' || n, 'afdeling ' || n, ${hospital},
      (${numbers}::text[])[n] from unnest(${ids}::text[]) with ordinality as ids(id, n)`);
  await db.execute(sql`insert into registrations
    (id, gln, message_type, version, format, endpoint_id, valid_from, recorded_at)
    select gen_random_uuid(), gln, code, version, 'EDIFACT', ${endpoints[0]}, '2020-01-01', '2020-01-01'
    from unnest(${numbers}::text[]) gln,
      (values ('DIS91', 'D9134L'), ('RPT01', 'R0131L'), ('REF01', 'H0130R')) as types(code, version)`);
  await db.execute(sql`analyze`);
}

const now = new Date("2026-06-01T10:00:00Z");
async function measure(db: Database, name: string, raw: readonly object[]): Promise<void> {
  const commands = raw.map((command) => Command.parse(command));
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const ctx = createContext(db, { kind: "system", job: "bench" }, now);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const started = performance.now();
  const preview = await previewCommands(ctx, commands);
  const previewed = performance.now();
  const held = delay.max / 1e6;
  const errors = preview.problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new Error(`the bench's commands are wrong: ${JSON.stringify(errors[0])}`);
  await editRegister(ctx, commands);
  const applied = performance.now();
  clearInterval(watch);
  delay.disable();
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  console.log(
    `${name}: ${commands.length} commands, ${preview.differences.length} subjects: preview ${seconds(started, previewed)} s, ` +
      `apply ${seconds(previewed, applied)} s, memory + ${((most - before) / 1e6).toFixed(0)} MB, ` +
      `the longest hold of the event loop ${held.toFixed(0)} ms in the preview, ${(delay.max / 1e6).toFixed(0)} ms in all`,
  );
}

const server = await startThrowawayPostgres();
await migrateDatabase(server.url);
const db = openDatabase(server.url, { statementTimeoutSeconds: 600 });
for (const statement of seed) await db.execute(sql.raw(statement));
await fill(db);
const changed = sorIds.slice(0, count);

await measure(
  db,
  "units renamed",
  changed.map((sorId, n) => ({
    kind: "unit.change",
    sorId,
    validFrom: "2026-07-01",
    attributes: { name: `Nyt navn ${n}` },
  })),
);
await measure(
  db,
  "location numbers changed",
  glns.map((gln) => ({ kind: "location.change", gln, validFrom: "2026-07-01", fields: { note: "Flyttet" } })),
);
await measure(
  db,
  "registrations moved to another endpoint",
  glns.map((gln) => ({
    kind: "registrations.move",
    gln,
    fromEndpointId: endpoints[0],
    toEndpointId: endpoints[1],
  })),
);
await measure(db, "a hospital moved with its units", [
  { kind: "unit.move", sorId: hospital, validFrom: "2026-07-01", parentSorId: otherOwner },
]);

const bare = performance.now();
await db.transaction(async (tx) => {
  await tx.execute(
    sql`update organisation_versions set superseded_at = now() where superseded_at is null and sor_id = any(${sql.param(changed)}::text[])`,
  );
  await tx.execute(sql`insert into organisation_versions (id, sor_id, valid_from, recorded_at, name, search_text, parent_sor_id)
    select gen_random_uuid(), sor_id, '2030-01-01'::date + n, now(), 'Nyt', 'nyt', ${hospital}
    from unnest(${sql.param(changed)}::text[]) as ids(sor_id), generate_series(0, 1) n`);
});
console.log(
  `the same rows of units by plain statements: ${((performance.now() - bare) / 1000).toFixed(1)} s`,
);
await closeDatabase(db);
await server.stop();
