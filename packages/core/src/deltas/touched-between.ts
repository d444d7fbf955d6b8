import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { ReadDatabase } from "../database/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { journalEntries as j } from "../journal/tables.ts";
import { touchedGlns, touchedUnits } from "./touched.ts";

/** Journal subjects of the register that say: what is there now was not told entry by entry. */
export const rebaseSubjects = ["rebase", "demo"] as const;

const pageRows = 5000;

const isRebase = ({ subjectType, subjectId }: { subjectType: string; subjectId: string }) =>
  subjectType === "register" && rebaseSubjects.some((id) => id === subjectId);

/**
 * The units and location numbers whose lines may have changed after a number, up to another; undefined when data changed outside
 * the journal in between.
 */
export async function touchedBetween(
  db: ReadDatabase,
  after: number,
  to: number,
): Promise<{ units: ReadonlySet<string>; glns: ReadonlySet<string> } | undefined> {
  const units = new Set<string>();
  const glns = new Set(await glnsOfRenamed(db, { after, last: to }));
  const asked = inArray(j.subjectType, ["unit", "location", "register"]);
  for (let last = after; ; ) {
    const rows = await db
      .select()
      .from(j)
      .where(and(gt(j.sequence, last), lte(j.sequence, to), eq(j.outcome, "done"), asked))
      .orderBy(asc(j.sequence))
      .limit(pageRows);
    for (const row of rows) {
      if (isRebase(row)) return undefined;
      for (const sorId of touchedUnits(row)) units.add(sorId);
      for (const gln of touchedGlns(row)) glns.add(gln);
    }
    if (rows.length < pageRows) return { units, glns };
    last = rows.at(-1)?.sequence ?? to;
  }
}

/** Location numbers whose supplier or system got another name after a number, up to another. */
export async function glnsOfRenamed(
  db: ReadDatabase,
  { after, last }: { after: number; last: number },
): Promise<string[]> {
  const isNamed = inArray(j.subjectType, ["supplier", "system"]);
  const renamed = await db
    .selectDistinct({ type: j.subjectType, id: j.subjectId })
    .from(j)
    .where(and(gt(j.sequence, after), lte(j.sequence, last), eq(j.outcome, "done"), isNamed));
  const idsOf = (type: string) => renamed.flatMap((row) => (row.type === type ? [row.id] : []));
  if (renamed.length === 0) return [];
  const isOfOne = or(
    inArray(sql`${locationVersions.supplierId}::text`, idsOf("supplier")),
    inArray(sql`${locationVersions.systemId}::text`, idsOf("system")),
  );
  const rows = await db
    .selectDistinct({ gln: locationVersions.gln })
    .from(locationVersions)
    .where(and(isNull(locationVersions.supersededAt), isOfOne));
  return rows.map(({ gln }) => gln);
}
