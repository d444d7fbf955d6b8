import type { Database } from "@sor/core";

const atOnce = 20_000;

/**
 * Inserts messages between two suppliers as plain rows: one a second, going back from `until` over at most 31 days. One in
 * eight is a receipt, one in twenty is still queued, and a third request a receipt.
 */
export async function fillMessages(
  db: Database,
  of: { messages: number; from: string; to: string; until: Date },
): Promise<void> {
  const { $client: pool } = db;
  const seconds = (31 * 86_400) / of.messages;
  for (let start = 0; start < of.messages; start += atOnce) {
    const end = Math.min(start + atOnce, of.messages) - 1;
    await pool.query(
      `with message as materialized (
         select n, gen_random_uuid() as interchange, gen_random_uuid() as delivery,
           $5::timestamptz - n * $6::float8 * interval '1 second' as at, n % 8 = 0 as is_receipt, n % 20 <> 0 as is_done,
           '57900000' || lpad((n % 97)::text, 5, '0') as sender, case n % 7 when 0 then '5790000000017'
             else '57900001' || lpad((n % 89)::text, 5, '0') end as receiver
         from generate_series($1::int, $2::int) n
       ), envelope as (
         insert into interchanges (id, kind, format, content_type, sender, receiver, control_reference,
           acknowledgement_requested, payload_sha256, size_bytes, received_at, sender_supplier_id, receiver_supplier_id, actor_kind)
         select interchange, case when is_receipt then 'receipt' else 'received' end, 'EDIFACT', 'application/EDIFACT', sender,
           receiver, 'K' || n, n % 3 = 0, md5(n::text), 900, at, $3, $4, 'system' from message returning id
       ), sent as (
         insert into deliveries (id, interchange_id, transport, receiver, payload_sha256, size_bytes, content_type, state, created_at,
           next_attempt_at, give_up_at, done_at)
         select delivery, interchange, 'mailbox', receiver, md5(n::text), 900, 'application/EDIFACT',
           case when is_done then 'done' else 'waiting' end, at, at, at + interval '5 days',
           case when is_done then at + (n % 100) * interval '1 second' end from message where exists (select from envelope) returning id
       )
       insert into messages (id, interchange_id, position, reference, unh_identifier, message_type, version, sender, receiver,
         received_at, acknowledgement_requested, state, state_since, delivery_id, sender_supplier_id, receiver_supplier_id)
       select gen_random_uuid(), interchange, 1, 'B' || n, '', 'DIS91', 'D9134L', sender, receiver, at, n % 3 = 0,
         case when is_done then 'delivered' else 'queued' end, at, delivery, $3, $4 from message where exists (select from sent)`,
      [start, end, of.from, of.to, of.until, seconds],
    );
  }
  await pool.query("vacuum analyze messages, interchanges, deliveries");
}
