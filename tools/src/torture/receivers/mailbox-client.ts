import { setTimeout as pause } from "node:timers/promises";
import { askUntilAnswered, type CarefulClient } from "../careful-client.ts";
import type { Party } from "../parts.ts";
import type { Ledger } from "./ledger.ts";

type Entry = { id: string };

type MailboxClient = {
  client: CarefulClient;
  party: Party;
  ledger: Ledger;
  taken: (party: Party, body: Buffer) => void;
  isHealed: () => boolean;
  visibilitySeconds: number;
};

/**
 * One round of a mailbox client: fetches waiting deliveries, stores each, acknowledges. At times it crashes before it has
 * acknowledged, or before it has stored the last ones: they are handed out again. Returns how many it was handed.
 */
async function fetchRound(mailbox: MailboxClient): Promise<number> {
  const { client, party, ledger } = mailbox;
  const base = `/v1/mailboxes/${party.gln}/messages`;
  const query = `?limit=20&visibilityTimeoutSeconds=${mailbox.visibilitySeconds}`;
  const { reply } = await askUntilAnswered(client, { method: "GET", path: base + query, key: party.key });
  if (reply.status !== 200) throw new Error(`the mailbox of ${party.name} answers ${reply.status}`);
  const { items } = JSON.parse(reply.body.toString()) as { items: Entry[] };
  const kept: string[] = [];
  for (const { id } of items) {
    const path = `${base}/${id}`;
    const { reply: read } = await askUntilAnswered(client, { method: "GET", path, key: party.key });
    // Given up or rerouted since it was handed out.
    if (read.status === 404) continue;
    const { isRepeat } = ledger.take(party.name, id, read.body);
    if (!isRepeat) mailbox.taken(party, read.body);
    kept.push(id);
    if (!mailbox.isHealed() && client.random.chance(0.03)) break;
  }
  if (kept.length === 0) return items.length;
  if (!mailbox.isHealed() && client.random.chance(0.1)) {
    ledger.write({ kind: "failed", how: "mailbox-client-died", deliveryId: kept[0] ?? "" });
    return items.length;
  }
  await askUntilAnswered(client, {
    method: "POST",
    path: `${base}/$ack`,
    key: party.key,
    body: Buffer.from(JSON.stringify({ ids: kept })),
    headers: { "content-type": "application/json" },
  });
  return items.length;
}

/** Fetches from a mailbox until it is stopped. */
export async function fetchAlways(mailbox: MailboxClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const count = await fetchRound(mailbox);
    if (count === 0) await pause(500);
  }
}
