import { and, eq, inArray } from "drizzle-orm";
import type { Actor } from "../access/index.ts";
import type { Transaction } from "../database/index.ts";
import {
  deadlineOf,
  type MessageEvent,
  type MessageReason,
  type MessageState,
  nextState,
  type ReceiptFlag,
} from "./states.ts";
import { messageEvents, messages } from "./tables.ts";

/** Codes, ids and counts with more about an event; never content. */
type EventDetail = Record<string, string | number | boolean | null>;
export type Happening = { event: MessageEvent; detail?: EventDetail | undefined };

type Writer = { actor: Actor; now: Date };
type MessageRow = typeof messages.$inferInsert;
type EventRow = typeof messageEvents.$inferInsert;
type StateColumns = Pick<typeof messages.$inferSelect, "state" | "stateSince" | "deadlineAt">;

/** A message that is not in the database yet, and its events so far, beginning with `taken-in`. */
type NewMessage = {
  row: Omit<MessageRow, "state" | "stateSince" | "deadlineAt">;
  happenings: readonly Happening[];
};

/** A message, its row locked by the caller, and the events that now happen to it. */
export type Move = {
  message: { id: string; state: MessageState; acknowledgementRequested: boolean };
  happenings: readonly Happening[];
  set?: {
    reason?: MessageReason | null;
    deliveryId?: string | null;
    receiptMessageId?: string;
    receiptFlag?: ReceiptFlag;
    /** When the watchdog checks again a message that stays in its state. */
    deadlineAt?: Date | null;
  };
};

function eventRows(
  messageId: string,
  start: MessageState | null,
  happenings: readonly Happening[],
  { actor, now }: Writer,
): { state: MessageState; rows: EventRow[] } {
  let state = start;
  const rows = happenings.map(({ event, detail }): EventRow => {
    const to = nextState(state, event);
    if (!to) throw new Error(`a message that is ${state ?? "new"} cannot be ${event}`);
    const row = {
      messageId,
      at: now,
      event,
      fromState: state,
      toState: to,
      detail: detail ?? null,
      ...actorOf(actor),
    };
    state = to;
    return row;
  });
  if (!state) throw new Error("a message is moved by at least one event");
  return { state, rows };
}

function actorOf(actor: Actor): Pick<EventRow, "actorKind" | "actorId"> {
  switch (actor.kind) {
    case "anonymous":
      return { actorKind: actor.kind, actorId: null };
    case "system":
      return { actorKind: actor.kind, actorId: actor.job };
    case "user":
    case "key":
      return { actorKind: actor.kind, actorId: actor.id };
  }
}

/** The rows of new messages, in the state that their events lead to, and of all their events. */
export function introduction<Draft extends NewMessage>(
  writer: Writer,
  drafts: readonly Draft[],
): { rows: (Draft["row"] & StateColumns)[]; events: EventRow[] } {
  const rows: (Draft["row"] & StateColumns)[] = [];
  const events: EventRow[] = [];
  for (const draft of drafts) {
    const { state, rows: happened } = eventRows(draft.row.id, null, draft.happenings, writer);
    const acknowledgement = draft.row.acknowledgementRequested ? "requested" : "not-requested";
    rows.push({
      ...draft.row,
      state,
      stateSince: writer.now,
      deadlineAt: deadlineOf(state, writer.now, acknowledgement),
    });
    events.push(...happened);
  }
  return { rows, events };
}

/** Inserts new messages, in the state that their events lead to, with all their events; returns their rows. */
export async function introduce(
  tx: Transaction,
  writer: Writer,
  drafts: readonly NewMessage[],
): Promise<(typeof messages.$inferSelect)[]> {
  const { rows, events } = introduction(writer, drafts);
  const written: (typeof messages.$inferSelect)[] = [];
  for (let at = 0; at < rows.length; at += 1000) {
    const slice = rows.slice(at, at + 1000);
    written.push(...(await tx.insert(messages).values(slice).returning()));
  }
  for (let at = 0; at < events.length; at += 1000) {
    await tx.insert(messageEvents).values(events.slice(at, at + 1000));
  }
  return written;
}

/** The only way to change a message's state: row and events in the same transaction. */
export async function advance(tx: Transaction, writer: Writer, list: readonly Move[]): Promise<void> {
  const events: EventRow[] = [];
  const groups = new Map<string, { change: Partial<MessageRow>; from: MessageState; ids: string[] }>();
  for (const { message, happenings, set } of list) {
    const { state, rows } = eventRows(message.id, message.state, happenings, writer);
    events.push(...rows);
    if (state === message.state && Object.keys(set ?? {}).length === 0) continue;
    const acknowledgement = message.acknowledgementRequested ? "requested" : "not-requested";
    const moved =
      state === message.state
        ? {}
        : { state, stateSince: writer.now, deadlineAt: deadlineOf(state, writer.now, acknowledgement) };
    const change = { ...moved, ...set };
    const key = JSON.stringify([message.state, change]);
    const group = groups.get(key) ?? { change, from: message.state, ids: [] as string[] };
    group.ids.push(message.id);
    groups.set(key, group);
  }
  for (const { change, from, ids } of groups.values()) {
    const updated = await tx
      .update(messages)
      .set(change)
      .where(and(inArray(messages.id, ids), eq(messages.state, from)));
    if (updated.rowCount !== ids.length) throw new Error("a message was moved without holding its lock");
  }
  if (events.length > 0) await tx.insert(messageEvents).values(events);
}

/** The messages of these deliveries, locked until the transaction ends. */
export async function lockMessagesOf(
  tx: Transaction,
  deliveryIds: readonly string[],
): Promise<(typeof messages.$inferSelect)[]> {
  if (deliveryIds.length === 0) return [];
  return await tx
    .select()
    .from(messages)
    .where(inArray(messages.deliveryId, [...deliveryIds]))
    .orderBy(messages.id)
    .for("update");
}
