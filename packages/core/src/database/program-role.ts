import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";

/** The role of gateway and portal: it may neither change the schema nor change or remove what is journalled. */
export const programRole = "sor_program";

const grants = `
  grant usage on schema public, drizzle to ${programRole};
  grant select on all tables in schema drizzle to ${programRole};
  grant select, insert, update, delete on all tables in schema public to ${programRole};
  grant usage, select, update on all sequences in schema public to ${programRole};
  revoke update, delete on journal_entries from ${programRole};
`;

/** Lets the role of the programs use the schema as it is now; does nothing on a server without that role. */
export async function grantToPrograms(db: Database): Promise<void> {
  const { rows } = await db.execute(sql`select from pg_roles where rolname = ${programRole}`);
  if (rows.length > 0) await db.$client.query(grants);
}
