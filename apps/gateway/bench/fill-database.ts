import type { Database } from "@sor/core";
import { endpointIdOf, glnOf, pairsPerLocation, typesOf } from "./synthetic.ts";

const locationsAtOnce = 5000;

/** Inserts the synthetic register with that many pairs into an empty database, as plain rows. */
export async function fillDatabase(db: Database, pairs: number): Promise<void> {
  const { $client: pool } = db;
  const supplier = "0196f1f0-0000-7000-9000-000000000001";
  const system = "0196f1f0-0000-7000-9000-000000000002";
  await pool.query("insert into suppliers (id, name) values ($1, 'Leverandør A/S')", [supplier]);
  await pool.query(
    "insert into systems (id, supplier_id, name, version) values ($1, $2, 'Journalsystem', '4.2')",
    [system, supplier],
  );
  await pool.query("insert into net_operators (code, name) values ('1', 'Netoperatør')");
  await pool.query(
    `insert into endpoints (id, supplier_id, system_id, name, transport, mime_types)
     select id, $2, $3, 'Modtagelse ' || n, 'mailbox', '{application/EDIFACT}' from unnest($1::uuid[]) with ordinality as t(id, n)`,
    [Array.from({ length: 200 }, (_, i) => endpointIdOf(i)), supplier, system],
  );
  const count = Math.ceil(pairs / pairsPerLocation);
  for (let start = 0; start < count; start += locationsAtOnce) {
    const places = Array.from({ length: Math.min(locationsAtOnce, count - start) }, (_, i) => start + i);
    const glns = places.map(glnOf);
    await pool.query("insert into locations (gln) select unnest($1::text[])", [glns]);
    await pool.query(
      `insert into location_versions (id, gln, valid_from, recorded_at, system_id, supplier_id, net_operator_code, region_code)
       select gen_random_uuid(), gln, '2020-09-13', now(), $2, $3, '1', '1084' from unnest($1::text[]) as gln`,
      [glns, system, supplier],
    );
    const rows = places.flatMap((i) =>
      typesOf(i).map((type) => ({ gln: glnOf(i), type, endpoint: endpointIdOf(i) })),
    );
    await pool.query(
      `insert into registrations (id, gln, message_type, version, format, endpoint_id, valid_from, recorded_at)
       select gen_random_uuid(), gln, code, version, 'EDIFACT', endpoint, '2020-09-13', now()
       from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) as t(gln, code, version, endpoint)`,
      [
        rows.map(({ gln }) => gln),
        rows.map(({ type }) => type.code),
        rows.map(({ type }) => type.version),
        rows.map(({ endpoint }) => endpoint),
      ],
    );
  }
  await pool.query("analyze");
}
