import { findMessageType } from "@sor/edi";
import { and, asc, eq, inArray } from "drizzle-orm";
import { loadReceivers } from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { findVisibility, isSide, senderSide, whereVisible } from "../messages/index.ts";
import { interchanges, messages } from "../messages/tables.ts";
import { idsOfMessages } from "../tracking/index.ts";
import { type Candidate, decideResends, type LeftOut } from "./decide-resends.ts";
import { messagesMax, type ResendFilter } from "./schemas.ts";

/** Messages by their ids, or those that match a filter. */
export type MessageChoice = { ids: readonly string[] } | { filter: ResendFilter };

/** The selection: what is sent, oldest first, and what is not. */
export type ChosenMessages = { matched: number; send: string[]; leftOut: LeftOut[] };

/**
 * Which of the selected messages the actor can resend now. Throws `invalid` with `fault: too-many-messages` when more match than
 * one request may send.
 */
export async function chooseMessages(ctx: Context, choice: MessageChoice): Promise<ChosenMessages> {
  const rows = await findChosen(ctx, choice);
  if (rows.length > messagesMax) {
    throw new DomainError("invalid", "too-many-messages", {
      fault: "too-many-messages",
      most: messagesMax,
    });
  }
  const { send, leftOut } = decideResends(await candidatesOf(ctx, rows));
  if (!("ids" in choice)) return { matched: rows.length, send, leftOut };
  const count = new Set(choice.ids).size - rows.length;
  const missing: LeftOut[] = count > 0 ? [{ reason: "not-found", state: null, count }] : [];
  return { matched: rows.length, send, leftOut: [...leftOut, ...missing] };
}

// A page that offers it asks at every view, and the newest mostly tell.
const lookedAtFirst = 200;

/** Whether the actor can resend any message that matches the filter now, among as many of the newest as one request may send. */
export async function canResend(ctx: Context, filter: ResendFilter): Promise<boolean> {
  for (const most of [lookedAtFirst, messagesMax]) {
    const rows = await findChosen(ctx, { filter }, most);
    if (decideResends(await candidatesOf(ctx, rows)).send.length > 0) return true;
    if (rows.length <= most) return false;
  }
  return false;
}

const { id, state, originId, sender, senderSupplierId, receiver, messageType, version } = messages;
const told = { id, state, originId, sender, senderSupplierId, receiver, messageType, version };

type Chosen = Awaited<ReturnType<typeof findChosen>>[number];

async function findChosen(ctx: Context, choice: MessageChoice, most = messagesMax) {
  const visibility = await findVisibility(ctx);
  const where =
    "ids" in choice
      ? and(inArray(messages.id, [...choice.ids]), whereVisible(visibility, messages))
      : inArray(messages.id, idsOfMessages(ctx, visibility, { ...choice.filter, limit: most }));
  return await ctx.db
    .select({ ...told, prunedAt: interchanges.payloadPrunedAt })
    .from(messages)
    .innerJoin(interchanges, eq(interchanges.id, messages.interchangeId))
    .where(where)
    .orderBy(asc(messages.receivedAt), asc(messages.id))
    .limit(most + 1);
}

async function candidatesOf(ctx: Context, rows: readonly Chosen[]): Promise<Candidate[]> {
  const receivers = [...new Set(rows.map((message) => message.receiver))];
  const routeOf = await loadReceivers(ctx.db, receivers, ctx.now);
  const noRoute = ({ receiver, messageType, version }: Chosen): Candidate["noRoute"] => {
    // The route of a receipt depends on its content, and is decided when it is sent.
    if (findMessageType(messageType)?.kind === "receipt") return null;
    const route = routeOf({ id: receiver }, { code: messageType, version });
    return route.found ? null : route.reason;
  };
  return rows.map((message) => ({
    id: message.id,
    state: message.state,
    originId: message.originId,
    isSender: isSide(ctx, senderSide(message)),
    hasContent: message.prunedAt === null,
    noRoute: noRoute(message),
  }));
}
