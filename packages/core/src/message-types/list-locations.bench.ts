import { sql } from "drizzle-orm";
import { createContext } from "../context.ts";
import {
  closeDatabase,
  type Database,
  migrateDatabase,
  openDatabase,
  startThrowawayPostgres,
} from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { LocationFilter, listLocations } from "./index.ts";

// Measures milliseconds for a page of "my location numbers" of one supplier, in every order and with every filter: `node
// src/message-types/list-locations.bench.ts [locations]` in packages/core.
const locations = Number(process.argv[2] ?? 100_000);
const rounds = 15;
const big = "00000000-0000-7000-8000-000000000001";
const small = "00000000-0000-7000-8000-000000000002";
const now = new Date("2026-03-01T10:00:00Z");

const systemOf = (n: string) => `('00000000-0000-7000-8000-0000000001' || lpad((${n})::text, 2, '0'))::uuid`;
const word = `(array['Lægerne','Tandlægerne','Ørsted','Åby','Ældrecenter','Fysio','Apoteket','Klinik'])[n % 8 + 1]`;
const seed = [
  `insert into suppliers (id, name) values ('${big}', 'Stor'), ('${small}', 'Lille')`,
  `insert into systems (id, supplier_id, name) select ${systemOf("n")}, '${big}', 'System ' || n from generate_series(1, 8) n`,
  `create table numbered as select n, '57' || lpad((n::bigint * 7919)::text, 11, '0') as gln from generate_series(1, ${Math.round(locations * 1.2)}) n`,
  "insert into locations (gln) select gln from numbered",
  `insert into location_versions (id, gln, valid_from, recorded_at, supplier_id, system_id, non_active)
    select gen_random_uuid(), gln, '2020-01-01', '2026-01-01',
      case when n <= ${locations} then '${big}'::uuid else '${small}'::uuid end, ${systemOf("n % 8 + 1")}, n % 50 = 0 from numbered`,
  "insert into organisations (sor_id, level, first_from) select (100000000000 + n)::text, 'unit', '2020-01-01' from numbered",
  `insert into organisation_versions (id, sor_id, valid_from, recorded_at, name, search_text, gln)
    select gen_random_uuid(), (100000000000 + n)::text, '2020-01-01', '2026-01-01', name, lower(name), gln
    from (select n, gln, ${word} || ' ' || md5(n::text) as name from numbered) as named`,
  `insert into registrations (id, gln, message_type, version, format, valid_from, recorded_at)
    select gen_random_uuid(), gln, 'DIS' || lpad(t::text, 2, '0'), 'D' || t, 'EDIFACT', '2020-01-01', '2026-01-01'
    from numbered, generate_series(1, 10) t where t < 10 or n % 100 = 0`,
];

function holder(supplierId: string): Actor {
  const scope = { kind: "supplier", supplierId } as const;
  const grants = [{ role: "vendor-editor" as const, scope, validFrom: new Date(0), validTo: null }];
  return { kind: "user", id: "u", name: "u", supplierId, grants };
}

async function measure(db: Database, name: string, filter: object, actor: Actor): Promise<void> {
  const ctx = createContext(db, actor, now);
  const times: number[] = [];
  let after: string | null = null;
  let total = 0;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const page = await listLocations(ctx, LocationFilter.parse({ ...filter, ...(after && { after }) }));
    times.push(performance.now() - started);
    total = page.count;
    after = page.next;
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(rounds - 1, Math.floor(share * rounds))]?.toFixed(1);
  console.log(
    `${name.padEnd(36)} ${String(total).padStart(7)} rows  fastest ${at(0)} ms  median ${at(0.5)} ms  slowest ${at(1)} ms`,
  );
}

const postgres = await startThrowawayPostgres();
const db = openDatabase(postgres.url, { statementTimeoutSeconds: 600 });
try {
  await migrateDatabase(postgres.url);
  for (const statement of [...seed, "drop table numbered", "vacuum analyze"])
    await db.execute(sql.raw(statement));
  for (const sort of ["gln", "-gln", "name", "-name", "system", "-system"]) {
    await measure(db, `in order of ${sort}`, { sort }, holder(big));
  }
  for (const filter of [{ text: "5700" }, { text: "aby" }, { text: "lægerne abc" }, { status: "inactive" }]) {
    await measure(db, JSON.stringify(filter), filter, holder(big));
    await measure(db, `${JSON.stringify(filter)} by name`, { ...filter, sort: "name" }, holder(big));
  }
  for (const filter of [{ status: "closed" }, { messageType: "DIS05" }, { messageType: "DIS10" }]) {
    await measure(db, JSON.stringify(filter), filter, holder(big));
    await measure(db, `${JSON.stringify(filter)} by name`, { ...filter, sort: "name" }, holder(big));
  }
  await measure(db, "the small supplier by name", { sort: "name" }, holder(small));
  await measure(db, "everything by name", { sort: "name" }, { kind: "system", job: "bench" });
} finally {
  await closeDatabase(db);
  await postgres.stop();
}
