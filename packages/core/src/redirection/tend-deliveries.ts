import { lte, type SQL, sql } from "drizzle-orm";
import { isNotQuarantined, withoutQuarantined } from "../acceptance/index.ts";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { advanceDeliveries } from "../deliveries/index.ts";
import {
  advance,
  deadlineSeconds,
  isFree,
  lockMessagesOf,
  type MessageState,
  type Move,
} from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { reportNotDelivered } from "../own-receipts/index.ts";
import { followTransport } from "./follow-transport.ts";
import { followMoves, rerouteClosed } from "./reroute-deliveries.ts";

type TendQuestion = { gatewayParty: string; limit: number };

/** How much each task processed; a count equal to `limit` means that there may be more. */
export type Tended = Record<"expired" | "rerouted" | "released" | "held" | "givenBack" | "overdue", number>;

type Duty = (tx: Transaction, ctx: Context, question: TendQuestion) => Promise<number>;

const duties: Record<keyof Tended, Duty> = {
  expired: expireOld,
  rerouted: async (tx, ctx, question) =>
    (await rerouteClosed(tx, ctx, question)) + (await followTransport(tx, ctx, question)),
  released: releaseResumed,
  held: holdPaused,
  givenBack: endLeases,
  overdue: reportOverdue,
};

/** Moves waiting deliveries of location numbers that have moved to another endpoint; returns how many. */
export async function followMovedLocations(ctx: Context, question: TendQuestion): Promise<number> {
  return await work(ctx, async (tx) => await followMoves(tx, ctx, question));
}

/**
 * Runs the tasks triggered by time (expiry, rerouting, releases), so that no message is stuck unnoticed. Safe to run in several
 * processes at once.
 */
export async function tendDeliveries(ctx: Context, question: TendQuestion): Promise<Tended> {
  const tended: Tended = { expired: 0, rerouted: 0, released: 0, held: 0, givenBack: 0, overdue: 0 };
  for (const [name, duty] of Object.entries(duties) as [keyof Tended, Duty][]) {
    tended[name] = await work(ctx, async (tx) => await duty(tx, ctx, question));
  }
  return tended;
}

async function lockDeliveries(tx: Transaction, where: SQL, limit: number): Promise<string[]> {
  const found = await tx.execute<{ id: string }>(
    sql`select d.id from deliveries d where ${where} limit ${limit} for update of d skip locked`,
  );
  return found.rows.map((row) => row.id);
}

async function moveAll(
  tx: Transaction,
  ctx: Context,
  ids: readonly string[],
  from: readonly MessageState[],
  move: Omit<Move, "message">,
): Promise<string[]> {
  const carried = (await lockMessagesOf(tx, ids)).filter((message) => from.includes(message.state));
  await advance(
    tx,
    ctx,
    carried.map((message) => ({ message, ...move })),
  );
  return carried.map((message) => message.id);
}

async function expireOld(tx: Transaction, ctx: Context, question: TendQuestion): Promise<number> {
  const isOld = sql`d.state in ('waiting', 'held') and d.give_up_at <= ${ctx.now} and ${isFree(ctx.now)}`;
  const ids = await lockDeliveries(tx, isOld, question.limit);
  if (ids.length === 0) return 0;
  await advanceDeliveries(tx, ctx.now, { ids }, { event: "given-up" });
  const messageIds = await moveAll(tx, ctx, ids, ["queued", "delivering", "held"], {
    happenings: [{ event: "given-up", detail: { reason: "time-ran-out" } }],
    set: { reason: "time-ran-out" },
  });
  await reportNotDelivered(tx, ctx, { messageIds, gatewayParty: question.gatewayParty });
  return ids.length;
}

const endpointIs = (state: SQL) =>
  sql`exists (select from endpoints e where e.id = d.endpoint_id and ${state})`;

async function releaseResumed(tx: Transaction, ctx: Context, { limit }: TendQuestion): Promise<number> {
  const isOpen = sql`(e.state = 'active'
    or (e.state = 'paused' and (e.paused_until <= ${ctx.now} or e.draining_since >= d.created_at)))`;
  const where = sql`d.state = 'held' and ${endpointIs(isOpen)} and ${isNotQuarantined}`;
  const ids = await withoutQuarantined(tx, await lockDeliveries(tx, where, limit));
  if (ids.length === 0) return 0;
  await advanceDeliveries(tx, ctx.now, { ids }, { event: "released" });
  await moveAll(tx, ctx, ids, ["held"], { happenings: [{ event: "released" }], set: { reason: null } });
  return ids.length;
}

async function holdPaused(tx: Transaction, ctx: Context, { limit }: TendQuestion): Promise<number> {
  const isPaused = sql`e.state = 'paused' and (e.paused_until is null or e.paused_until > ${ctx.now})
    and (e.draining_since is null or e.draining_since < d.created_at)`;
  const where = sql`d.state = 'waiting' and d.lease_until is null and ${endpointIs(isPaused)}`;
  const ids = await lockDeliveries(tx, where, limit);
  if (ids.length === 0) return 0;
  await advanceDeliveries(tx, ctx.now, { ids }, { event: "held" });
  await moveAll(tx, ctx, ids, ["queued"], {
    happenings: [{ event: "held", detail: { reason: "paused" } }],
    set: { reason: "paused" },
  });
  return ids.length;
}

// An expired webhook lease is taken by the next worker; a mailbox may not be polled for a long time.
async function endLeases(tx: Transaction, ctx: Context, { limit }: TendQuestion): Promise<number> {
  const where = sql`d.state = 'waiting' and d.transport = 'mailbox' and d.lease_until <= ${ctx.now}`;
  const ids = await lockDeliveries(tx, where, limit);
  if (ids.length === 0) return 0;
  await advanceDeliveries(tx, ctx.now, { ids }, { event: "given-back" });
  await moveAll(tx, ctx, ids, ["delivering"], { happenings: [{ event: "given-back" }] });
  return ids.length;
}

async function reportOverdue(tx: Transaction, ctx: Context, question: TendQuestion): Promise<number> {
  const rows = await tx
    .select()
    .from(messages)
    .where(lte(messages.deadlineAt, ctx.now))
    .limit(question.limit)
    .for("update", { skipLocked: true });
  await advance(
    tx,
    ctx,
    rows.map((message): Move => {
      if (message.state === "dead") return { message, happenings: [{ event: "given-up" }] };
      // An overdue receipt is reported once; everything else is reported repeatedly until it moves.
      const seconds = message.state === "delivered" ? null : deadlineSeconds[message.state];
      const deadlineAt = seconds === null ? null : new Date(ctx.now.getTime() + seconds * 1000);
      return { message, happenings: [{ event: "overdue" }], set: { deadlineAt } };
    }),
  );
  const dead = rows.filter((message) => message.state === "dead").map((message) => message.id);
  await reportNotDelivered(tx, ctx, { messageIds: dead, gatewayParty: question.gatewayParty });
  return rows.length;
}
