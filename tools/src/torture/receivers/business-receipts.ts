import { askUntilAnswered, type CarefulClient } from "../careful-client.ts";
import { readText } from "../messages/edifact-text.ts";
import { writeReceipt } from "../messages/write-messages.ts";
import type { MessageName, Party, Receiver } from "../parts.ts";
import { answerOf } from "../sender.ts";
import type { Ledger } from "./ledger.ts";
import { isEarly, sayingOf } from "./misbehave.ts";

type Answered = MessageName & { isWhole: boolean };

const isOneOfSeveral = (party: Party | Receiver) => "endpointIds" in party && party.endpointIds.length > 1;

/** Sends the receivers' own receipts (CTL02, CTL03) for what they received, in the background. */
export class BusinessReceipts {
  readonly #options: { seed: number; client: CarefulClient; ledger: Ledger };
  readonly #underWay = new Set<Promise<void>>();
  #sent = 0;

  constructor(options: { seed: number; client: CarefulClient; ledger: Ledger }) {
    this.#options = options;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Sends the receiver's receipt for every message, if it is due now. */
  tell(party: Party, body: Buffer, when: "before-answer" | "after-answer" | "fetched"): void {
    const { sender, receiver, envelope, messages, receipts } = readText(body);
    if (receipts.length > 0) return;
    // The receiver of one message of a split envelope must not answer for the others.
    const isWhole = messages.length === 1 && !isOneOfSeveral(party);
    for (const { reference } of messages) {
      const { seed } = this.#options;
      const moment = isEarly(seed, reference) ? "before-answer" : "after-answer";
      if (when !== "fetched" && when !== moment) continue;
      const message = { sender, receiver, envelope, reference, isWhole };
      const telling = this.#say(party, message).finally(() => {
        this.#underWay.delete(telling);
      });
      this.#underWay.add(telling);
    }
  }

  async #say(party: Party, message: Answered): Promise<void> {
    switch (sayingOf(this.#options.seed, message.reference)) {
      case "nothing":
        return;
      case "positive":
        return await this.#send(party, message, true);
      case "negative":
        return await this.#send(party, message, false);
      case "positive-twice":
        await this.#send(party, message, true);
        return await this.#send(party, message, true);
      case "contradictory":
        await this.#send(party, message, true);
        return await this.#send(party, message, false);
    }
  }

  async #send(party: Party, message: Answered, isPositive: boolean): Promise<void> {
    const { seed, client, ledger } = this.#options;
    this.#sent += 1;
    const reference =
      `${seed.toString(36).slice(-4)}${this.#sent.toString(36).padStart(6, "0")}`.toUpperCase();
    const answered = await askUntilAnswered(client, {
      method: "POST",
      path: "/v1/interchanges",
      key: party.key,
      body: writeReceipt(message, { isPositive, isWhole: message.isWhole, reference }),
      headers: { "content-type": "application/EDIFACT", "idempotency-key": `receipt-${reference}` },
    });
    ledger.write({ kind: "receipt-sent", message, isPositive, answer: answerOf(this.#sent, answered) });
  }
}
