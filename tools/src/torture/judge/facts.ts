import type { Database } from "@sor/core";
import { verifyJournal } from "@sor/core/journal";
import type { MessageEvent, MessageState } from "@sor/core/messages";

export type MessageFact = {
  id: string;
  interchangeId: string;
  kind: "received" | "receipt" | "repeated-receipt" | "resent";
  envelope: string;
  reference: string;
  type: string;
  sender: string;
  receiver: string;
  state: MessageState;
  reason: string | null;
  deliveryId: string | null;
};
export type EventFact = {
  messageId: string;
  event: MessageEvent;
  from: MessageState | null;
  to: MessageState;
};
export type DeliveryFact = {
  id: string;
  interchangeId: string;
  transport: string;
  state: string;
  isLeased: boolean;
  attempts: number;
};

/** The state of the database at the end. */
export type Facts = {
  interchangeIds: ReadonlySet<string>;
  messages: readonly MessageFact[];
  events: readonly EventFact[];
  deliveries: readonly DeliveryFact[];
  journal: { intact: boolean; text: string };
};

/** Reads everything that the judge needs. */
export async function readFacts(db: Database): Promise<Facts> {
  const rows = async <Row>(text: string) => (await db.$client.query(text)).rows as Row[];
  const check = await verifyJournal(db);
  return {
    interchangeIds: new Set((await rows<{ id: string }>("select id from interchanges")).map(({ id }) => id)),
    messages: await rows<MessageFact>(`
      select m.id, m.interchange_id as "interchangeId", i.kind, i.control_reference as envelope, m.reference,
        m.message_type as type, m.sender, m.receiver, m.state, m.reason, m.delivery_id as "deliveryId"
      from messages m join interchanges i on i.id = m.interchange_id order by m.id`),
    events: await rows<EventFact>(`
      select message_id as "messageId", event, from_state as "from", to_state as "to"
      from message_events order by message_id, id`),
    deliveries: await rows<DeliveryFact>(`
      select id, interchange_id as "interchangeId", transport, state, lease_until is not null as "isLeased", attempts
      from deliveries order by id`),
    journal: { intact: check.intact, text: JSON.stringify(check) },
  };
}

/** How many deliveries are still pending, without those whose receiver never answers or fetches. */
export async function countWaiting(db: Database, hopeless: readonly string[]): Promise<number> {
  const { rows } = await db.$client.query(
    `select count(*)::int as count from deliveries
     where state in ('waiting', 'held') and not (receiver = any($1))`,
    [hopeless],
  );
  return rows[0].count as number;
}
