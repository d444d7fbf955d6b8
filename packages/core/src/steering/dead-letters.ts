import { and, asc, desc, eq, isNotNull, sql } from "drizzle-orm";
import { asRehearsal, type Context, change, changedBy } from "../context.ts";
import { advanceDeliveries } from "../deliveries/index.ts";
import type { MessageSummary } from "../messages/index.ts";
import {
  advance,
  eitherSide,
  entryOf,
  findVisibility,
  isSide,
  lockDelivery,
  lockMessage,
  lockMessagesOf,
  receiverSide,
  requireVisibleMessage,
  senderSide,
  summaryOf,
  whereVisible,
  wrongState,
} from "../messages/index.ts";
import { messages } from "../messages/tables.ts";
import { reportNotDelivered } from "../own-receipts/index.ts";
import { begunAnew, keepOnly } from "../redirection/index.ts";
import type { DeadLetterChoice, DeadLetterGroup, GroupOutcome } from "../tracking/index.ts";
import { type MessageStep, messageSteps, possibleSteps } from "./possible-steps.ts";
import { forEachMessage, rerouteMessage } from "./reroute-messages.ts";

// A dead letter that was resent has no deadline any more: its copy counts instead.
const isOpen = and(eq(messages.state, "dead"), isNotNull(messages.reason), isNotNull(messages.deadlineAt));

/** Visible dead letters, counted by cause, receiver and type, the largest group first. */
export async function listDeadLetters(ctx: Context): Promise<DeadLetterGroup[]> {
  const visible = whereVisible(await findVisibility(ctx), messages);
  const rows = await ctx.db
    .select({
      reason: messages.reason,
      receiver: messages.receiver,
      messageType: messages.messageType,
      count: sql<number>`count(*)::int`,
      oldest: sql<string>`min(${messages.stateSince})`.mapWith(messages.stateSince),
    })
    .from(messages)
    .where(and(isOpen, visible))
    .groupBy(messages.reason, messages.receiver, messages.messageType)
    .orderBy(desc(sql`count(*)`), asc(messages.receiver))
    .limit(1000);
  return rows.map((row) => ({ ...row, oldest: new Date(row.oldest).toISOString() }));
}

/** Retries a dead letter, with a new time limit: for when the receiver has fixed the cause. */
export async function retryDeadLetter(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<MessageSummary> {
  const [first] = (await retryWithOthers(ctx, input)).filter(({ id }) => id === input.id);
  if (!first) throw new Error("a message that was tried again is not among its own");
  return first;
}

async function retryWithOthers(
  ctx: Context,
  input: { id: string; reason: string },
): Promise<MessageSummary[]> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (row.state !== "dead" || delivery?.state !== "dead") throw wrongState(row.state);
    const carried = await lockMessagesOf(tx, [delivery.id]);
    const dead = carried.filter((message) => message.state === "dead");
    // Messages that expired meanwhile have been reported to their sender: they are not sent.
    const cargo = dead.length < carried.length ? await keepOnly(tx, ctx, delivery, dead) : {};
    const anew = await begunAnew(tx, delivery.endpointId, ctx.now);
    const change = { event: "retried", set: { ...cargo, ...anew } } as const;
    await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, change);
    await advance(
      tx,
      ctx,
      dead.map((message) => ({ message, happenings: [{ event: "retried" }], set: { reason: null } })),
    );
    const result = dead.map((message) =>
      summaryOf({ ...message, state: "queued", stateSince: ctx.now, reason: null }),
    );
    return changedBy(
      result,
      dead.map((message) => entryOf(message, { state: "queued" })),
    );
  });
}

/** Discards a dead letter, and notifies its sender that it was not delivered. */
export async function discardDeadLetter(
  ctx: Context,
  input: { id: string; reason: string; gatewayParty: string },
): Promise<MessageSummary> {
  const seen = await requireVisibleMessage(ctx, input.id);
  return await change(ctx, { ...eitherSide(ctx, seen), comment: input.reason }, async (tx) => {
    const delivery = await lockDelivery(tx, seen.deliveryId);
    const row = await lockMessage(tx, seen.id);
    if (row.state !== "dead" || row.deliveryId !== (delivery?.id ?? null)) throw wrongState(row.state);
    const move = { message: row, happenings: [{ event: "discarded" as const }] };
    await advance(tx, ctx, [{ ...move, set: { reason: "discarded" } }]);
    const others = delivery ? await lockMessagesOf(tx, [delivery.id]) : [];
    if (delivery?.state === "dead" && others.every((other) => other.state !== "dead")) {
      await advanceDeliveries(tx, ctx.now, { ids: [delivery.id] }, { event: "given-up" });
    }
    await reportNotDelivered(tx, ctx, { messageIds: [row.id], gatewayParty: input.gatewayParty });
    const result = summaryOf({ ...row, state: "expired", stateSince: ctx.now, reason: "discarded" });
    return { result, entries: [entryOf(row, { state: "expired" })] };
  });
}

/** Maximum number of messages of a group per call; the rest remain for the next. */
const groupAtOnce = 500;

type GroupInput = { group: DeadLetterChoice; reason: string; dryRun?: boolean | undefined };

const inGroup = async (ctx: Context, group: DeadLetterChoice) =>
  and(
    isOpen,
    eq(messages.reason, group.reason),
    eq(messages.receiver, group.receiver),
    eq(messages.messageType, group.messageType),
    whereVisible(await findVisibility(ctx), messages),
  );

/** What the actor may do with at least one dead letter of a group, among those of one call. */
export async function listGroupSteps(ctx: Context, group: DeadLetterChoice): Promise<MessageStep[]> {
  const rows = await ctx.db
    .select()
    .from(messages)
    .where(await inGroup(ctx, group))
    .orderBy(asc(messages.stateSince), asc(messages.id))
    .limit(groupAtOnce);
  const found = new Set(
    rows.flatMap((row) =>
      possibleSteps({
        state: row.state,
        reason: row.reason,
        // Whether it can be resent depends on its content and the register: see `canResend`.
        hasContent: false,
        hasDelivery: row.deliveryId !== null,
        isSender: isSide(ctx, senderSide(row)),
        isReceiver: isSide(ctx, receiverSide(row)),
      }),
    ),
  );
  return messageSteps.filter((step) => found.has(step));
}

async function forGroup(
  given: Context,
  { group, dryRun }: GroupInput,
  act: (ctx: Context, id: string) => Promise<unknown>,
): Promise<GroupOutcome> {
  const ctx = dryRun ? asRehearsal(given) : given;
  const where = await inGroup(ctx, group);
  const matched = await ctx.db.$count(messages, where);
  const found = await ctx.db
    .select({ id: messages.id })
    .from(messages)
    .where(where)
    .orderBy(asc(messages.stateSince), asc(messages.id))
    .limit(groupAtOnce);
  const outcomes = await forEachMessage(
    found.map(({ id }) => id),
    (id) => act(ctx, id),
  );
  const refusals = outcomes.flatMap((outcome) => ("refused" in outcome ? [outcome.refused] : []));
  const refused = Object.fromEntries(
    [...Map.groupBy(refusals, (code) => code)].map(([code, list]) => [code, list.length]),
  );
  const done = outcomes.length - refusals.length;
  const remaining = dryRun ? matched - done : await ctx.db.$count(messages, where);
  return { matched, done, refused, remaining };
}

/**
 * Retries the dead letters of a group, the oldest first, each in a transaction of its own. Messages of one delivery are retried
 * together.
 */
export async function retryDeadLetters(ctx: Context, input: GroupInput): Promise<GroupOutcome> {
  const revived = new Set<string>();
  return await forGroup(ctx, input, async (as, id) => {
    if (revived.has(id)) return;
    for (const other of await retryWithOthers(as, { id, reason: input.reason })) revived.add(other.id);
  });
}

/** Discards the dead letters of a group, the oldest first; their senders are notified that they were not delivered. */
export async function discardDeadLetters(
  ctx: Context,
  input: GroupInput & { gatewayParty: string },
): Promise<GroupOutcome> {
  const { reason, gatewayParty } = input;
  return await forGroup(ctx, input, (as, id) => discardDeadLetter(as, { id, reason, gatewayParty }));
}

/** Reroutes the dead letters of a group, the oldest first, each in a transaction of its own. */
export async function rerouteDeadLetters(
  ctx: Context,
  input: GroupInput & { endpointId: string },
): Promise<GroupOutcome> {
  const { reason, endpointId } = input;
  return await forGroup(ctx, input, (as, id) => rerouteMessage(as, { id, endpointId, reason }));
}
