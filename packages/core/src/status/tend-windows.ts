import { and, eq, isNull, lte } from "drizzle-orm";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { NoticeState } from "./schemas.ts";
import { notices, noticeUpdates } from "./tables.ts";
import { addNoticeUpdate } from "./write-notices.ts";

/** What the clock does to a window: it begins and ends by itself, unless its author has said otherwise. */
function stepOfWindow(
  window: { state: NoticeState; plannedStart: Date | null; plannedEnd: Date | null },
  now: Date,
): { state: "in-progress" | "completed"; text: string } | undefined {
  const { state, plannedStart, plannedEnd } = window;
  if (!plannedStart || !plannedEnd || now < plannedStart) return undefined;
  if (now >= plannedEnd) {
    const isOpen = state === "scheduled" || state === "in-progress";
    return isOpen ? { state: "completed", text: "Servicevinduet er afsluttet til planlagt tid." } : undefined;
  }
  return state === "scheduled" ? { state: "in-progress", text: "Servicevinduet er begyndt." } : undefined;
}

/**
 * Begins and ends windows whose time has come, each by an update of its own. A window that its author extended is ended by its author.
 * Returns how many it changed; safe in several processes.
 */
export async function tendWindows(ctx: Context): Promise<number> {
  const rows = await ctx.db
    .select({ notice: notices, number: noticeUpdates.number, state: noticeUpdates.state })
    .from(notices)
    .innerJoin(noticeUpdates, eq(noticeUpdates.noticeId, notices.id))
    .where(and(eq(notices.kind, "window"), isNull(notices.closedAt), lte(notices.plannedStart, ctx.now)))
    .orderBy(noticeUpdates.number);
  const latest = new Map(rows.map((row) => [row.notice.id, row]));
  let changed = 0;
  for (const { notice, number, state } of latest.values()) {
    const step = stepOfWindow({ ...notice, state }, ctx.now);
    if (step && (await isDone(ctx, { noticeId: notice.id, seenNumber: number, ...step }))) changed += 1;
  }
  return changed;
}

/** False when somebody else has just updated it: what they said is looked at the next time. */
async function isDone(ctx: Context, update: Parameters<typeof addNoticeUpdate>[1]): Promise<boolean> {
  try {
    await addNoticeUpdate(ctx, update);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === "conflict") return false;
    throw error;
  }
}
