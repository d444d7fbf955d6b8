import { asc, eq, isNull } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { insertNotice, listServices, NewNotice } from "../status/index.ts";
import { addDays, dayInDenmark, later } from "../validity/index.ts";
import { type Occurrence, occurrencesBetween } from "./occurrences.ts";
import type { NewSeries } from "./schemas.ts";
import { windowSeries, windowSeriesDays } from "./tables.ts";

type Row = typeof windowSeries.$inferSelect;
/** A recurring window with its coming days, each with its notice once it is announced. */
export type WindowSeries = Row & { coming: (Occurrence & { noticeId: string | null })[] };

const seriesMost = 50;
const daysShown = 190;
const comingShown = 6;
const actionOn = (id: string) => ({ action: "notice.edit", subject: { type: "notice", id } }) as const;

const comingOf = (series: Row, now: Date, days: number) => {
  const today = dayInDenmark(now);
  const from = later(today, series.firstDay);
  return occurrencesBetween(series, from, addDays(today, days)).filter(({ start }) => start > now);
};

/** The recurring windows that are not ended, in the order in which they were made. */
export async function listSeries(ctx: Context): Promise<WindowSeries[]> {
  const rows = await ctx.db
    .select()
    .from(windowSeries)
    .where(isNull(windowSeries.endedAt))
    .orderBy(asc(windowSeries.createdAt), asc(windowSeries.id));
  const announced = await ctx.db.select().from(windowSeriesDays);
  const noticeOn = new Map(announced.map(({ seriesId, day, noticeId }) => [`${seriesId} ${day}`, noticeId]));
  return rows.map((row) => ({
    ...row,
    coming: comingOf(row, ctx.now, daysShown)
      .slice(0, comingShown)
      .map((one) => ({ ...one, noticeId: noticeOn.get(`${row.id} ${one.day}`) ?? null })),
  }));
}

/** Begins a recurring window. Returns its id. Needs `notice.edit`. */
export async function createSeries(ctx: Context, input: NewSeries): Promise<string> {
  const id = newId();
  return await change(ctx, { ...actionOn(id), once: true }, async (tx) => {
    const known = new Set((await listServices(ctx)).map((service) => service.id));
    if (input.services.some((service) => !known.has(service))) {
      throw new DomainError("invalid", "no-such-service", { field: "services" });
    }
    if ((await tx.$count(windowSeries, isNull(windowSeries.endedAt))) >= seriesMost) {
      throw new DomainError("conflict", "too-many-plans", { fault: "too-many-plans" });
    }
    const writtenByName = ctx.actor.kind === "user" ? ctx.actor.name : ctx.actor.kind;
    await tx.insert(windowSeries).values({ id, ...input, writtenByName, createdAt: ctx.now });
    return { result: id, entries: [{ subjectType: "window-series", subjectId: id, after: input }] };
  });
}

/** Ends a recurring window: what is announced already stays, and is called off by itself. Needs `notice.edit`. */
export async function endSeries(ctx: Context, { id }: { id: string }): Promise<void> {
  await change(ctx, actionOn(id), async (tx) => {
    const [series] = await tx.select().from(windowSeries).where(eq(windowSeries.id, id)).for("update");
    if (!series) throw new DomainError("not-found", "no-such-series");
    if (series.endedAt) return unchanged(undefined);
    await tx.update(windowSeries).set({ endedAt: ctx.now }).where(eq(windowSeries.id, id));
    const after = { endedAt: ctx.now };
    return {
      result: undefined,
      entries: [{ subjectType: "window-series", subjectId: id, before: series, after }],
    };
  });
}

/** Announces the windows whose time of announcement has come, each day once. Returns how many; safe in several processes. */
export async function announceWindows(ctx: Context): Promise<number> {
  let announced = 0;
  for (const series of await listSeries(ctx)) {
    const due = comingOf(series, ctx.now, series.announceDays);
    const isKnown = new Set(series.coming.flatMap(({ day, noticeId }) => (noticeId ? [day] : [])));
    for (const one of due) if (!isKnown.has(one.day) && (await announce(ctx, series.id, one))) announced += 1;
  }
  return announced;
}

async function announce(ctx: Context, seriesId: string, { day, start, end }: Occurrence): Promise<boolean> {
  const id = newId();
  return await change(ctx, actionOn(id), async (tx) => {
    // Locked, so that each day is announced by one process.
    const [series] = await tx.select().from(windowSeries).where(eq(windowSeries.id, seriesId)).for("update");
    if (!series || series.endedAt) return unchanged(false);
    const days = await tx.select().from(windowSeriesDays).where(eq(windowSeriesDays.seriesId, seriesId));
    if (days.some((known) => known.day === day)) return unchanged(false);
    const { title, text, services, writtenByName: author } = series;
    const window = { kind: "window", state: "scheduled", title, text, services } as const;
    const notice = NewNotice.parse({ ...window, plannedStart: start, plannedEnd: end });
    const { entries } = await insertNotice(tx, ctx, { ...notice, id, author });
    await tx.insert(windowSeriesDays).values({ seriesId, day, noticeId: id });
    return { result: true, entries };
  });
}
