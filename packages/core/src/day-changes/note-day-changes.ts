import { sql } from "drizzle-orm";
import { type ChangedSubject, type Context, changeAll, changedBy, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { registrations } from "../message-types/tables.ts";
import { organisationVersions } from "../organisations/tables.ts";
import { addDays, dayInDenmark, startOfDayInDenmark } from "../validity/index.ts";
import { dayChangesNoted } from "./tables.ts";

const action = "validity.change" as const;

/** How many subjects were journalled, and whether everything up to now has been. */
type NotedChanges = { count: number; isCaughtUp: boolean };

/**
 * Journals what began or ended to hold since the last call: units and location numbers at midnight in Denmark, registrations at
 * their instant. Each turn is journalled exactly once, whichever process calls, and caught up after a stop, at most a day per
 * call. Facts that were recorded after they began are left out: their own entry says it. The first call only notes the time.
 */
export async function noteDayChanges(ctx: Context): Promise<NotedChanges> {
  return await changeAll(ctx, {}, async (tx, requireMay) => {
    requireMay(action, { type: "register", id: "time" });
    const from = await lockNoted(tx, ctx.now);
    if (from === undefined || from >= ctx.now) return unchanged({ count: 0, isCaughtUp: true });
    const midnight = startOfDayInDenmark(addDays(dayInDenmark(from), 1));
    const isDayOver = midnight <= ctx.now;
    const until = isDayOver ? midnight : ctx.now;
    const entries = [
      ...(await turnsOfRegistrations(tx, from, until)),
      ...(isDayOver ? await turnsOfDay(tx, dayInDenmark(midnight), midnight) : []),
    ];
    await tx.update(dayChangesNoted).set({ until });
    const result = { count: entries.length, isCaughtUp: until >= ctx.now };
    return changedBy(
      result,
      entries.map((entry) => ({ ...entry, action })),
    );
  });
}

/** For how many seconds what began or ended to hold has not been journalled; 0 in a register that has not begun to note. */
export async function measureDayLag(ctx: Context): Promise<number> {
  const [noted] = await ctx.db.select().from(dayChangesNoted);
  return noted ? Math.max(0, (ctx.now.getTime() - noted.until.getTime()) / 1000) : 0;
}

// The row is locked: one process at a time. A new register begins to note now.
async function lockNoted(tx: Transaction, now: Date): Promise<Date | undefined> {
  const [noted] = await tx.select().from(dayChangesNoted).for("update");
  if (noted) return noted.until;
  await tx.insert(dayChangesNoted).values({ until: now }).onConflictDoNothing();
  return undefined;
}

type Turn = { id: string; began: number; ended: number; glns: string[]; parents: string[] };

const subject = (
  type: "unit" | "location",
  { id, began, ended, glns, parents }: Turn,
  at: object,
): ChangedSubject => ({
  subjectType: type,
  subjectId: id,
  glns: type === "location" ? [id] : glns,
  ...(type === "unit" && { sorIds: [...new Set([id, ...parents])] }),
  after: { ...at, began, ended },
});

async function turnsOfDay(tx: Transaction, day: string, midnight: Date): Promise<ChangedSubject[]> {
  const u = organisationVersions;
  const units = await tx
    .select({
      id: u.sorId,
      began: sql<number>`count(*) filter (where ${u.validFrom} = ${day})::int`,
      ended: sql<number>`count(*) filter (where ${u.validTo} = ${day})::int`,
      glns: sql<string[]>`coalesce(array_agg(distinct ${u.gln}) filter (where ${u.gln} is not null), '{}')`,
      parents: sql<
        string[]
      >`coalesce(array_agg(distinct ${u.parentSorId}) filter (where ${u.parentSorId} is not null), '{}')`,
    })
    .from(u)
    .where(turning(u, day, midnight))
    .groupBy(u.sorId)
    .orderBy(u.sorId);
  const l = locationVersions;
  const locations = await tx
    .select({
      id: l.gln,
      began: sql<number>`count(*) filter (where ${l.validFrom} = ${day})::int`,
      ended: sql<number>`count(*) filter (where ${l.validTo} = ${day})::int`,
    })
    .from(l)
    .where(turning(l, day, midnight))
    .groupBy(l.gln)
    .orderBy(l.gln);
  return [
    ...units.map((unit) => subject("unit", unit, { day })),
    ...locations.map((location) => subject("location", { ...location, glns: [], parents: [] }, { day })),
  ];
}

const turning = (table: typeof organisationVersions | typeof locationVersions, day: string, midnight: Date) =>
  sql`${table.supersededAt} is null and ${table.recordedAt} < ${midnight.toISOString()}::timestamptz
    and (${table.validFrom} = ${day} or ${table.validTo} = ${day})`;

async function turnsOfRegistrations(tx: Transaction, from: Date, until: Date): Promise<ChangedSubject[]> {
  const r = registrations;
  const within = (column: typeof r.validFrom | typeof r.validTo) =>
    sql`(${column} > ${from.toISOString()}::timestamptz and ${column} <= ${until.toISOString()}::timestamptz
      and ${r.recordedAt} < ${column})`;
  const rows = await tx
    .select({
      id: r.gln,
      began: sql<number>`count(*) filter (where ${within(r.validFrom)})::int`,
      ended: sql<number>`count(*) filter (where ${within(r.validTo)})::int`,
    })
    .from(r)
    .where(sql`${r.supersededAt} is null and (${within(r.validFrom)} or ${within(r.validTo)})`)
    .groupBy(r.gln)
    .orderBy(r.gln);
  return rows.map((row) =>
    subject(
      "location",
      { ...row, glns: [], parents: [] },
      { until: until.toISOString(), registrations: true },
    ),
  );
}
