import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { type Context, requireAnywhere } from "../context.ts";
import { DomainError } from "../errors.ts";
import { isCurrent } from "./decide-state.ts";
import type { NoticeKind, NoticeState } from "./schemas.ts";
import { noticeServices, notices, noticeUpdates, services } from "./tables.ts";

/** Without its author, who is the authority's own matter: whatever reads a notice may publish it. */
export type NoticeUpdate = Omit<typeof noticeUpdates.$inferSelect, "noticeId" | "authorName">;
type NoticeService = {
  id: string;
  nameDa: string;
  nameEn: string;
  environment: "production" | "demo";
};
export type Notice = Omit<typeof notices.$inferSelect, "alertId"> & {
  services: NoticeService[];
  /** Oldest first; never empty. */
  updates: NoticeUpdate[];
  /** State of the newest update. */
  state: NoticeState;
};
export type NoticeFilter = { serviceId?: string | undefined; kind?: NoticeKind | undefined };

async function assemble(ctx: Context, rows: (typeof notices.$inferSelect)[]): Promise<Notice[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const { authorName: _, ...shown } = getTableColumns(noticeUpdates);
  const updates = await ctx.db
    .select(shown)
    .from(noticeUpdates)
    .where(inArray(noticeUpdates.noticeId, ids))
    .orderBy(asc(noticeUpdates.number));
  const named = await ctx.db
    .select({
      noticeId: noticeServices.noticeId,
      id: services.id,
      nameDa: services.nameDa,
      nameEn: services.nameEn,
      environment: services.environment,
    })
    .from(noticeServices)
    .innerJoin(services, eq(services.id, noticeServices.serviceId))
    .where(inArray(noticeServices.noticeId, ids))
    .orderBy(asc(services.position));
  const updatesOf = Map.groupBy(updates, (update) => update.noticeId);
  const servicesOf = Map.groupBy(named, (service) => service.noticeId);
  return rows.map(({ alertId: __, ...row }) => {
    const own = updatesOf.get(row.id) ?? [];
    const last = own.at(-1);
    if (!last) throw new Error("a notice without an update");
    return { ...row, services: servicesOf.get(row.id) ?? [], updates: own, state: last.state };
  });
}

function matching(filter: NoticeFilter): SQL | undefined {
  return and(
    filter.kind ? eq(notices.kind, filter.kind) : undefined,
    filter.serviceId
      ? sql`exists (select 1 from ${noticeServices} where ${noticeServices.noticeId} = ${notices.id} and ${noticeServices.serviceId} = ${filter.serviceId})`
      : undefined,
  );
}

/** The current notices, last changed first. */
export async function listCurrentNotices(ctx: Context, filter: NoticeFilter = {}): Promise<Notice[]> {
  const rows = await ctx.db
    .select()
    .from(notices)
    .where(and(isNull(notices.closedAt), matching(filter)))
    .orderBy(desc(notices.updatedAt), desc(notices.id));
  const open = await assemble(ctx, rows);
  return open.filter((notice) => isCurrent(notice, ctx.now));
}

/** Notices that are over: closed, or their planned end has passed. Last changed first, one page. */
export async function listEarlierNotices(
  ctx: Context,
  page: NoticeFilter & { limit: number; offset: number },
): Promise<Notice[]> {
  const isOver = sql`(${isNotNull(notices.closedAt)} or (${notices.plannedEnd} <= ${ctx.now.toISOString()} and (select ${noticeUpdates.state} from ${noticeUpdates} where ${noticeUpdates.noticeId} = ${notices.id} order by ${noticeUpdates.number} desc limit 1) <> 'extended'))`;
  const rows = await ctx.db
    .select()
    .from(notices)
    .where(and(isOver, matching(page)))
    .orderBy(desc(notices.updatedAt), desc(notices.id))
    .limit(page.limit)
    .offset(page.offset);
  return await assemble(ctx, rows);
}

// A sitemap has at most 50,000 addresses (sitemaps.org), some of them for other pages.
const sitemapMost = 49_000;

/** Every notice that has a page, with the time of its last change; last changed first. */
export async function listNoticePages(ctx: Context): Promise<{ id: string; updatedAt: Date }[]> {
  return await ctx.db
    .select({ id: notices.id, updatedAt: notices.updatedAt })
    .from(notices)
    .orderBy(desc(notices.updatedAt), desc(notices.id))
    .limit(sitemapMost);
}

/** Who wrote each update of a notice, by its number; for those who write notices. */
export async function listNoticeAuthors(ctx: Context, noticeId: string): Promise<Map<number, string>> {
  await requireAnywhere(ctx, "notice.edit", "notice");
  const rows = await ctx.db
    .select({ number: noticeUpdates.number, name: noticeUpdates.authorName })
    .from(noticeUpdates)
    .where(eq(noticeUpdates.noticeId, noticeId));
  return new Map(rows.map(({ number, name }) => [number, name]));
}

/** One notice with all its updates. Throws `not-found`. */
export async function getNotice(ctx: Context, id: string): Promise<Notice> {
  const [notice] = await assemble(ctx, await ctx.db.select().from(notices).where(eq(notices.id, id)));
  if (!notice) throw new DomainError("not-found", "no-such-notice");
  return notice;
}

export const feedItemsMost = 100;

/** The notices of a feed: all open ones whatever their age, then the newest, until they have `feedItemsMost` updates. */
export async function listFeedNotices(ctx: Context, filter: NoticeFilter = {}): Promise<Notice[]> {
  const rows = await ctx.db
    .select()
    .from(notices)
    .where(matching(filter))
    .orderBy(sql`${notices.closedAt} is not null`, desc(notices.updatedAt), desc(notices.id))
    .limit(feedItemsMost);
  return await assemble(ctx, rows);
}

/** Which of these alerts have a notice, and which: notice id by alert id. */
export async function listNoticesOfAlerts(
  ctx: Context,
  alertIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await ctx.db
    .select({ id: notices.id, alertId: notices.alertId })
    .from(notices)
    .where(inArray(notices.alertId, [...alertIds]));
  return new Map(rows.flatMap(({ id, alertId }) => (alertId === null ? [] : [[alertId, id] as const])));
}
