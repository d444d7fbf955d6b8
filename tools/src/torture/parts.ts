/** Types shared by the parts of the crash test. */
export type Party = { readonly name: string; readonly gln: string; readonly key: string };

/** How a receiver handles what is sent to it; `nobody` never answers, `never` never fetches. */
export type ReceiverKind = "webhook" | "mailbox" | "split" | "nobody" | "never";
export type Receiver = Party & {
  readonly kind: ReceiverKind;
  readonly endpointIds: readonly string[];
};

export type World = {
  readonly seed: number;
  readonly gateways: readonly string[];
  /** Ports of the webhook receivers: one that always listens, and one that at times refuses connections. */
  readonly ports: { readonly steady: number; readonly refusing: number };
  readonly senders: readonly Party[];
  readonly receivers: readonly Receiver[];
  /** A location number that is not registered. */
  readonly unknownGln: string;
  readonly signingSecret: string;
  /** The receivers' failure rate, 0 to 1. */
  readonly failing: number;
};

/** One message, as its two sides identify it. */
export type MessageName = {
  readonly sender: string;
  readonly receiver: string;
  readonly envelope: string;
  readonly reference: string;
};

/** The expected answer to a submission. */
export type Expected =
  /** 202, whether or not it had been accepted before. */
  | "taken"
  /** 409: an envelope id is reused for another message. */
  | "envelope-reused"
  /** 4xx: no party can be sent a receipt. */
  | "unreadable"
  /** 4xx: an Idempotency-Key is reused for another submission. */
  | "key-reused";

/** The state in which a message must end; `delivered` means delivered or reported as not delivered. */
export type Fate = "delivered" | "LOK" | "VER" | "SYN";
export type PlannedMessage = MessageName & { readonly fate: Fate; readonly sha256: string };

export type Submission = {
  readonly number: number;
  readonly sender: string;
  readonly bytes: Buffer;
  readonly idempotencyKey: string | undefined;
  readonly isCompressed: boolean;
  readonly expected: Expected;
  /** The messages that it contains for the first time. */
  readonly messages: readonly PlannedMessage[];
  /** The messages that it repeats. */
  readonly again: readonly MessageName[];
};

/** Submissions of one sender, in order or all at once. */
export type Thread = { readonly isAtOnce: boolean; readonly submissions: readonly Submission[] };

/** The final answer that the sender got. */
export type Answer = {
  readonly number: number;
  readonly status: number;
  readonly code: string | null;
  readonly interchangeId: string | null;
  readonly messages: readonly { id: string; reference: string }[];
  readonly at: number;
  /** Of the attempt that was answered. */
  readonly milliseconds: number;
  readonly tries: Tries;
};

/** Statistics of a careful client: attempts, broken connections, answers by status, 503 without Retry-After. */
export type Tries = {
  attempts: number;
  broken: number;
  statuses: Record<number, number>;
  unguided: number;
};

/** What the receivers record, one line each. */
export type LedgerLine =
  | {
      readonly kind: "accepted";
      readonly at: number;
      readonly party: string;
      /** The webhook-id, or the id of the mailbox entry. */
      readonly deliveryId: string;
      readonly isRepeat: boolean;
      readonly sha256: string;
      readonly sender: string;
      readonly receiver: string;
      readonly envelope: string;
      readonly messages: readonly { reference: string; sha256: string }[];
      readonly receipts: readonly ReceiptLine[];
    }
  | { readonly kind: "failed"; readonly how: string; readonly deliveryId: string }
  | { readonly kind: "fault"; readonly what: string; readonly deliveryId: string }
  | {
      readonly kind: "receipt-sent";
      readonly message: MessageName;
      readonly isPositive: boolean;
      readonly answer: Answer;
    };

/** What a receipt says about a message. */
export type ReceiptLine = MessageName & { readonly isPositive: boolean };
