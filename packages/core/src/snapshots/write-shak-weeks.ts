import { join } from "node:path";
import { and, asc, eq, gte, lt, lte } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type SnapshotFacts, type SourceRows, shakDeltaRow } from "../datasets/index.ts";
import { journalEntries as j } from "../journal/tables.ts";
import { addDays, dayInDenmark, startOfDayInDenmark } from "../validity/index.ts";
import type { SnapshotFile } from "./schemas.ts";
import { openSink } from "./write-file.ts";

type ShakRow = SourceRows["shak"];
/** A row before and after a week: null where it was not there. */
type Turned = { before: ShakRow | null; after: ShakRow | null };

const weeksKept = 53;
const folder = "sor_produktion/data/shak/shakdelta";
const old = "shak/shakdelta";

const weekdayOf = (day: string) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
const mondayOf = (day: string): string => addDays(day, -weekdayOf(day));

/** The week that begins on a Monday as the files are named, `yyyy_uu`: numbered by ISO 8601, whose year is that of its Thursday. */
export function weekName(monday: string): string {
  const thursday = addDays(monday, 3);
  const year = thursday.slice(0, 4);
  const days = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000;
  return `${year}_${String(Math.floor(days / 7) + 1).padStart(2, "0")}`;
}

/** What became of each row of SHAK in each of the weeks that have ended, by the Monday on which the week began. */
async function turnedByWeek(ctx: Context, { day, sequence }: SnapshotFacts) {
  const end = mondayOf(day);
  const entries = await ctx.db
    .select({ at: j.at, before: j.before, after: j.after })
    .from(j)
    .where(
      and(
        ...[eq(j.subjectType, "shak-code"), eq(j.outcome, "done"), lte(j.sequence, sequence)],
        gte(j.at, startOfDayInDenmark(addDays(end, -7 * weeksKept))),
        lt(j.at, startOfDayInDenmark(end)),
      ),
    )
    .orderBy(asc(j.sequence));
  const weeks = new Map<string, Map<string, Turned>>();
  for (const { at, before, after } of entries as {
    at: Date;
    before: ShakRow | null;
    after: ShakRow | null;
  }[]) {
    const monday = mondayOf(dayInDenmark(at));
    const week = weeks.get(monday) ?? new Map<string, Turned>();
    const row = after ?? before;
    const key = `${row?.code} ${row?.validFrom}`;
    const known = week.get(key);
    week.set(key, { before: known ? known.before : before, after });
    weeks.set(monday, week);
  }
  return weeks;
}

/** The rows of a week as in SHAKDELTA: 1 new, 3 corrected, 2 removed; a row that became what it was is not told. */
function deltaRows(week: ReadonlyMap<string, Turned>): string[] {
  const keys = [...week.keys()].toSorted();
  return keys.flatMap((key) => {
    const { before, after } = week.get(key) ?? { before: null, after: null };
    if (after) {
      const row = shakDeltaRow(after, before ? "3" : "1");
      return before && shakDeltaRow(before, "3") === row ? [] : [row];
    }
    return before ? [shakDeltaRow(before, "2")] : [];
  });
}

/**
 * Writes what changed in SHAK in the week that ended last, and in each earlier one with changes, from the journal: whatever
 * snapshots are kept, a change is in the file of its week and in no other.
 */
export async function writeShakWeeks(
  ctx: Context,
  { folder: root, facts }: { folder: string; facts: SnapshotFacts },
): Promise<SnapshotFile[]> {
  const weeks = await turnedByWeek(ctx, facts);
  const last = addDays(mondayOf(facts.day), -7);
  const files: SnapshotFile[] = [];
  const write = async (dataset: string, name: string, rows: readonly string[]) => {
    const path = `${folder}/${name}`;
    const sink = await openSink(join(root, path), "iso-8859-15");
    await sink.write(rows.join(""));
    const { bytes, sha256, beginning } = await sink.close();
    const about = {
      dataset,
      path,
      aliases: [`${old}/${name}`],
      contentType: "text/plain; charset=iso-8859-15",
    };
    const counted = { rows: rows.length, replaced: 0, leftOut: 0, sample: beginning.split("\n")[0] ?? "" };
    files.push({ ...about, bytes, sha256, ...counted, gzip: null, zstd: null });
  };
  await write("shak-delta", "SHAKDELTA.TXT", deltaRows(weeks.get(last) ?? new Map()));
  for (const [monday, week] of [...weeks].toSorted(([a], [b]) => (a < b ? 1 : -1))) {
    const rows = deltaRows(week);
    const name = weekName(monday);
    if (rows.length > 0) await write(`shak-delta-${name}`, `SHAKDELTA${name}.TXT`, rows);
  }
  return files;
}
