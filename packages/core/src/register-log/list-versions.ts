import { sql } from "drizzle-orm";
import type { Reading } from "./reading.ts";

type Entity = "unit" | "location" | "device";

/** A place in the list of versions, newest first. */
export type VersionKey = { sequence: number; entity: string; subject: string };
export type VersionPlace = VersionKey & { entity: Entity };

type Question = {
  entities: readonly Entity[];
  subject?: string | undefined;
  /** Only what was told at this instant or later. */
  since?: Date | undefined;
  /** Continues after this one. */
  after?: VersionKey | undefined;
  limit: number;
};

/**
 * Which subjects each sequence touched, the newest first. A list that goes on after its last place misses nothing: what comes
 * meanwhile gets later sequences.
 */
export async function listVersions(reading: Reading, question: Question): Promise<VersionPlace[]> {
  const { entities, subject, since, after, limit } = question;
  const first = since
    ? sql`and sequence >= (select l.sequence from register_log l where l.at >= ${since.toISOString()}::timestamptz order by l.at, l.sequence limit 1)`
    : sql``;
  const next = after
    ? sql`and (sequence, entity, subject) < (${after.sequence}, ${after.entity}, ${after.subject})`
    : sql``;
  // One list an entity, each in the order of its index, so that a page costs the same wherever it is.
  const lists = entities.map(
    (entity) => sql`(select sequence, entity, subject from register_log
      where entity = ${entity} and sequence is not null ${subject === undefined ? sql`` : sql`and subject = ${subject}`} ${first} ${next}
      group by sequence, entity, subject order by sequence desc, subject desc limit ${limit})`,
  );
  const { rows } = await reading.db.execute<{ sequence: string; entity: Entity; subject: string }>(sql`
    select * from (${sql.join(lists, sql` union all `)}) as listed
    order by sequence desc, entity desc, subject desc limit ${limit}`);
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}
