import { appendFileSync, readFileSync } from "node:fs";
import { readText, sha256 } from "../messages/edifact-text.ts";
import type { LedgerLine } from "../parts.ts";

/** Whether a receiver's records already contain a delivery, or it is new. */
type Taking = { isRepeat: boolean; messages: readonly { reference: string }[] };

/** The receivers' records: the ids of the deliveries they received, and a line in a file for every event. */
export class Ledger {
  readonly #path: string;
  readonly #taken = new Map<string, string>();
  readonly #times = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
  }

  write(line: LedgerLine): void {
    // On disk when this returns: a receiver must not forget what it has received.
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  isKnown(party: string, deliveryId: string): boolean {
    return this.#taken.has(`${party} ${deliveryId}`);
  }

  /** How often an envelope has arrived at the party, including this time. */
  count(party: string, envelope: string): number {
    const times = (this.#times.get(`${party} ${envelope}`) ?? 0) + 1;
    this.#times.set(`${party} ${envelope}`, times);
    return times;
  }

  /** Stores a delivery once; a repeated one is only recorded as repeated. */
  take(party: string, deliveryId: string, body: Buffer): Taking {
    const { sender, receiver, envelope, messages, receipts } = readText(body);
    const hash = sha256(body);
    const name = `${party} ${deliveryId}`;
    const before = this.#taken.get(name);
    if (before !== undefined && before !== hash) {
      this.write({ kind: "fault", what: "other bytes under the same id", deliveryId });
    }
    this.#taken.set(name, hash);
    const isRepeat = before !== undefined;
    this.write({
      kind: "accepted",
      at: Date.now(),
      party,
      deliveryId,
      isRepeat,
      sha256: hash,
      sender,
      receiver,
      envelope,
      messages,
      receipts,
    });
    return { isRepeat, messages };
  }
}

/** Everything that the receivers recorded. */
export function readLedger(path: string): LedgerLine[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LedgerLine);
}
