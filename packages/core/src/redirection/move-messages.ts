import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { newId, type Transaction } from "../database/index.ts";
import { advanceDeliveries, type DeliveryChange, partingDelivery } from "../deliveries/index.ts";
import type { DeliveryRow, MessageRow, MessageState } from "../messages/index.ts";
import { advance, type Happening, type Move } from "../messages/index.ts";
import { deliveries } from "../messages/tables.ts";
import { giveUpAtOf, openQueues, type Writer } from "../own-receipts/index.ts";
import { type Cargo, keepOnly, renewEnvelope } from "./carve-delivery.ts";

/** Where messages go. */
export type Way = {
  endpointId: string;
  transport: "webhook" | "mailbox" | "folder";
  isPaused: boolean;
  /** A user chose the endpoint: the messages do not follow the register. */
  isChosen: boolean;
};

type Moved = {
  deliveryId: string;
  /** The envelope they are sent under now; a new one where MedCom's rules require it. */
  interchangeId: string;
  isNewEnvelope: boolean;
};

const movable: readonly MessageState[] = ["queued", "held", "delivering", "dead"];

/** Whether a message in this state can be rerouted. */
export const isMovable = (state: MessageState): boolean => movable.includes(state);

/**
 * Reroutes messages of one delivery; both are locked, and the delivery is not leased. They keep their envelope id where possible,
 * so that the receiver can detect a duplicate. They get a new one where the old one was answered by a refusal, where the new
 * endpoint has other messages under it, and where messages that were sent together are split.
 */
export async function moveMessages(
  tx: Transaction,
  writer: Writer,
  from: { delivery: DeliveryRow; messages: readonly MessageRow[]; left: readonly MessageRow[] },
  way: Way,
): Promise<Moved> {
  const { delivery, messages, left } = from;
  const isPart = left.length > 0;
  const isAnswered = delivery.state === "dead";
  const isNewEnvelope =
    isAnswered || (isPart && delivery.attempts > 0) || (await hasOtherMessages(tx, delivery, way.endpointId));
  const cargo = isNewEnvelope
    ? await renewEnvelope(tx, writer, delivery, messages)
    : isPart
      ? await keepOnly(tx, writer, delivery, messages)
      : undefined;
  const id = isPart
    ? await partFrom(tx, writer, delivery, left, cargo, way)
    : await redirect(tx, writer, delivery, cargo, way);
  if (way.transport !== "mailbox") await openQueues(tx, [way.endpointId]);
  const interchangeId = cargo?.interchangeId ?? delivery.interchangeId;
  const detail = {
    endpointId: way.endpointId,
    transport: way.transport,
    ...(isNewEnvelope && { interchangeId }),
  };
  await advance(
    tx,
    writer,
    messages.map((message) => moveOf(message, way, { event: "rerouted", detail }, id)),
  );
  return { deliveryId: id, interchangeId, isNewEnvelope };
}

// Another delivery of the same envelope to the same place exists: an envelope id must always stand for the same messages.
async function hasOtherMessages(
  tx: Transaction,
  delivery: DeliveryRow,
  endpointId: string,
): Promise<boolean> {
  const [other] = await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.interchangeId, delivery.interchangeId),
        eq(deliveries.endpointId, endpointId),
        ne(deliveries.id, delivery.id),
      ),
    )
    .limit(1);
  return other !== undefined;
}

const onItsWay = (
  { endpointId, transport, isChosen, isPaused }: Way,
  set: DeliveryChange["set"],
): DeliveryChange => ({
  event: isPaused ? "rerouted-to-paused" : "rerouted",
  set: { endpointId, transport, isChosen, ...set },
});

/** What had ended gets a new time limit and is queued last; what was under way keeps its time limit and its place. */
export async function begunAnew(
  tx: Transaction,
  endpointId: string | null,
  now: Date,
): Promise<{ giveUpAt: Date; place: SQL }> {
  return { giveUpAt: await giveUpAtOf(tx, endpointId, now), place: sql`nextval('delivery_places')` };
}

async function redirect(
  tx: Transaction,
  { now }: Writer,
  delivery: DeliveryRow,
  cargo: Cargo | undefined,
  way: Way,
): Promise<string> {
  const anew = delivery.state === "dead" ? await begunAnew(tx, way.endpointId, now) : {};
  await advanceDeliveries(tx, now, { ids: [delivery.id] }, onItsWay(way, { ...cargo, ...anew }));
  return delivery.id;
}

async function partFrom(
  tx: Transaction,
  writer: Writer,
  delivery: DeliveryRow,
  left: readonly MessageRow[],
  cargo: Cargo | undefined,
  way: Way,
): Promise<string> {
  if (!cargo) throw new Error("messages that part have a cargo of their own");
  const id = newId();
  const { now } = writer;
  const anew = delivery.state === "dead" ? await begunAnew(tx, way.endpointId, now) : {};
  const change = onItsWay(way, { ...cargo, ...anew });
  await tx.insert(deliveries).values(partingDelivery(delivery, id, change, now));
  const rest = await keepOnly(tx, writer, delivery, left);
  await advanceDeliveries(tx, now, { ids: [delivery.id] }, { event: "reduced", set: rest });
  return id;
}

function moveOf(message: MessageRow, way: Way, rerouted: Happening, deliveryId: string): Move {
  const happenings: Happening[] = [];
  if (message.state === "delivering") happenings.push({ event: "given-back" });
  if (message.state === "held") happenings.push({ event: "released" });
  happenings.push(rerouted);
  if (way.isPaused) happenings.push({ event: "held", detail: { reason: "paused" } });
  return { message, happenings, set: { reason: way.isPaused ? "paused" : null, deliveryId } };
}
