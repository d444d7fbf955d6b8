import { eq, sql } from "drizzle-orm";
import type { Actor } from "../access/index.ts";
import { type Changed, type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import {
  closingStates,
  NewNotice,
  NewUpdate,
  type NoticeKind,
  type NoticeState,
  type ReadNotice,
  statesOfKind,
  UpdateCorrection,
} from "./schemas.ts";
import { noticeServices, notices, noticeUpdates, services } from "./tables.ts";

function authorName(actor: Actor): string {
  switch (actor.kind) {
    case "user":
    case "key":
      return actor.name;
    case "system":
      return actor.job;
    case "anonymous":
      return "";
  }
}

async function requireServices(tx: Transaction, ids: readonly string[]): Promise<void> {
  const known = await tx.select({ id: services.id }).from(services);
  const unknown = ids.filter((id) => !known.some((service) => service.id === id));
  if (unknown.length > 0) throw new DomainError("invalid", "no-such-service", { field: "services" });
}

async function insertUpdate(
  tx: Transaction,
  ctx: Context,
  {
    author = authorName(ctx.actor),
    ...update
  }: {
    noticeId: string;
    number: number;
    state: NoticeState;
    text: string;
    isSent: boolean;
    author?: string | undefined;
  },
): Promise<string> {
  const id = newId();
  await tx.insert(noticeUpdates).values({ id, ...update, publishedAt: ctx.now, authorName: author });
  return id;
}

/** A window that ended before it is published has a mistyped day, unless it is published as already over. */
function refuseWindowThatIsOver(
  notice: { kind: NoticeKind; state: NoticeState; plannedEnd: Date | null },
  now: Date,
): void {
  const isOver = notice.kind === "window" && notice.plannedEnd !== null && notice.plannedEnd <= now;
  if (isOver && (notice.state === "scheduled" || notice.state === "in-progress")) {
    throw new DomainError("invalid", "window-over", {
      field: "plannedEnd",
      fault: "window-over",
    });
  }
}

/** A promise of an update in the past is a mistyped time. */
function refusePromiseThatIsOver({ nextUpdateBy }: { nextUpdateBy: Date | null }, now: Date): void {
  if (nextUpdateBy === null || nextUpdateBy > now) return;
  throw new DomainError("invalid", "next-update-over", { field: "nextUpdateBy", fault: "next-update-over" });
}

/** Throws `invalid`, with the field, for times of a new notice that cannot be meant when it is published at `at`. */
export function refuseTimesThatAreOver(notice: ReadNotice, at: Date): void {
  refuseWindowThatIsOver(notice, at);
  refusePromiseThatIsOver(notice, at);
}

/**
 * Writes a notice with its first update in the transaction of its caller. `author` is shown when the actor is a job that publishes
 * what a person wrote. Throws `conflict` when the notice, or another of the same alert, is published already.
 */
export async function insertNotice(
  tx: Transaction,
  ctx: Context,
  { id, author, ...input }: ReadNotice & { id: string; author?: string },
): Promise<Changed<string>> {
  const { text, state, isSent, services: named, ...header } = input;
  refuseTimesThatAreOver(input, ctx.now);
  const serviceIds = [...new Set(named)];
  await requireServices(tx, serviceIds);
  const closedAt = closingStates.has(state) ? ctx.now : null;
  const written = { id, ...header, createdAt: ctx.now, updatedAt: ctx.now, closedAt };
  const [made] = await tx.insert(notices).values(written).onConflictDoNothing().returning({ id: notices.id });
  if (!made) throw new DomainError("conflict", "notice-published", { fault: "notice-published" });
  await tx.insert(noticeServices).values(serviceIds.map((serviceId) => ({ noticeId: id, serviceId })));
  await insertUpdate(tx, ctx, { noticeId: id, number: 1, state, text, isSent, author });
  const after = { ...header, services: serviceIds, state, text };
  return { result: id, entries: [{ subjectType: "notice", subjectId: id, after }] };
}

/** Publishes a notice with its first update; returns its id. Needs `notice.edit`. */
export async function createNotice(ctx: Context, input: NewNotice): Promise<string> {
  const notice = NewNotice.parse(input);
  const id = newId();
  const what = { action: "notice.edit", subject: { type: "notice", id }, once: true } as const;
  return await change(ctx, what, async (tx) => await insertNotice(tx, ctx, { ...notice, id }));
}

/** The planned times of a notice after the update. Throws `invalid`, with the field, for an update that does not fit it. */
function plannedAfter(
  notice: typeof notices.$inferSelect,
  update: Pick<NewUpdate, "plannedStart" | "plannedEnd"> & { state: NoticeState },
  now: Date,
): { plannedStart: Date | null; plannedEnd: Date | null } {
  const allowed: readonly string[] = statesOfKind[notice.kind];
  if (!allowed.includes(update.state)) {
    throw new DomainError("invalid", "state-of-other-kind", {
      field: "state",
      fault: "state-of-other-kind",
    });
  }
  const plannedStart = update.plannedStart ?? notice.plannedStart;
  const plannedEnd = update.plannedEnd ?? notice.plannedEnd;
  if (plannedStart && plannedEnd && plannedEnd <= plannedStart) {
    const details = { field: "plannedEnd", fault: "end-before-start" };
    throw new DomainError("invalid", "end-before-start", details);
  }
  refuseWindowThatIsOver({ kind: notice.kind, state: update.state, plannedEnd }, now);
  return { plannedStart, plannedEnd };
}

/** Adds an update; a closing state closes the notice. A closed notice accepts no more (`conflict`). Returns the update's id. */
export async function addNoticeUpdate(ctx: Context, input: NewUpdate): Promise<string> {
  const update = NewUpdate.parse(input);
  const subject = { type: "notice", id: update.noticeId } as const;
  return await change(ctx, { action: "notice.edit", subject, once: true }, async (tx) => {
    const [notice] = await tx.select().from(notices).where(eq(notices.id, update.noticeId)).for("update");
    if (!notice) throw new DomainError("not-found", "no-such-notice");
    if (notice.closedAt) throw new DomainError("conflict", "notice-closed");
    const planned = plannedAfter(notice, update, ctx.now);
    refusePromiseThatIsOver(update, ctx.now);
    const [last] = await tx
      .select({ number: sql<number>`max(${noticeUpdates.number})` })
      .from(noticeUpdates)
      .where(eq(noticeUpdates.noticeId, notice.id));
    if (update.seenNumber !== undefined && update.seenNumber !== last?.number) {
      throw new DomainError("conflict", "notice-updated");
    }
    const id = await insertUpdate(tx, ctx, {
      noticeId: notice.id,
      number: (last?.number ?? 0) + 1,
      state: update.state,
      text: update.text,
      isSent: update.isSent,
    });
    const closedAt = closingStates.has(update.state) ? ctx.now : null;
    // A window that is moved is reminded of again.
    const isMoved = planned.plannedStart?.getTime() !== notice.plannedStart?.getTime();
    const nextUpdateBy = closedAt === null ? update.nextUpdateBy : null;
    const after = {
      ...planned,
      nextUpdateBy,
      updatedAt: ctx.now,
      closedAt,
      ...(isMoved && { remindedAt: null }),
    };
    await tx.update(notices).set(after).where(eq(notices.id, notice.id));
    return {
      result: id,
      entries: [
        {
          subjectType: "notice",
          subjectId: notice.id,
          before: notice,
          after: { ...after, state: update.state, text: update.text },
        },
      ],
    };
  });
}

// A form sends CR LF for every line break, whatever was stored.
const oneLineEnd = (text: string) => text.replaceAll("\r\n", "\n").trim();

/** Corrects a typing error in place: id and time of the update are unchanged, nobody is notified. */
export async function correctNoticeUpdate(ctx: Context, input: UpdateCorrection): Promise<void> {
  const { updateId, text, seenText } = UpdateCorrection.parse(input);
  const subject = async (tx: Transaction) => {
    const [row] = await tx
      .select({ id: noticeUpdates.noticeId })
      .from(noticeUpdates)
      .where(eq(noticeUpdates.id, updateId));
    if (!row) throw new DomainError("not-found", "no-such-update");
    return { type: "notice", id: row.id } as const;
  };
  await change(ctx, { action: "notice.edit", subject }, async (tx) => {
    const [before] = await tx
      .select()
      .from(noticeUpdates)
      .where(eq(noticeUpdates.id, updateId))
      .for("update");
    if (!before || before.text === text) return unchanged(undefined);
    if (seenText !== undefined && oneLineEnd(seenText) !== oneLineEnd(before.text)) {
      throw new DomainError("conflict", "text-corrected", { text: before.text });
    }
    await tx.update(noticeUpdates).set({ text, correctedAt: ctx.now }).where(eq(noticeUpdates.id, updateId));
    await tx.update(notices).set({ updatedAt: ctx.now }).where(eq(notices.id, before.noticeId));
    return {
      result: undefined,
      entries: [
        { subjectType: "notice", subjectId: before.noticeId, before: { text: before.text }, after: { text } },
      ],
    };
  });
}
