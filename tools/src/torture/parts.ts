/** What the parts of the crash test tell each other. */
export type Party = { readonly name: string; readonly gln: string; readonly key: string };

/** How a receiver takes what is sent to it; `nobody` never answers, `never` never fetches. */
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
  /** A location number that nobody has. */
  readonly unknownGln: string;
  readonly signingSecret: string;
  /** How often the receivers fail, 0 to 1. */
  readonly failing: number;
};

/** One message by what its two sides know of it. */
export type MessageName = {
  readonly sender: string;
  readonly receiver: string;
  readonly envelope: string;
  readonly reference: string;
};

/** What a delivery of a submission must be answered with. */
export type Expected =
  /** 202, whether or not it had been taken before. */
  | "taken"
  /** 409: an envelope id is used again for another message. */
  | "envelope-reused"
  /** 4xx: nobody could be answered. */
  | "unreadable"
  /** 4xx: an Idempotency-Key is used again for another delivery. */
  | "key-reused";

/** Where a message must end; `delivered` means delivered or reported as not delivered. */
export type Fate = "delivered" | "LOK" | "VER" | "SYN";
export type PlannedMessage = MessageName & { readonly fate: Fate; readonly sha256: string };

export type Submission = {
  readonly number: number;
  readonly sender: string;
  readonly bytes: Buffer;
  readonly idempotencyKey: string | undefined;
  readonly isCompressed: boolean;
  readonly expected: Expected;
  /** The messages that it brings for the first time. */
  readonly messages: readonly PlannedMessage[];
  /** Messages that it brings again. */
  readonly again: readonly MessageName[];
};

/** Submissions of one sender in their order, or all at once. */
export type Thread = { readonly isAtOnce: boolean; readonly submissions: readonly Submission[] };

/** What the sender was told in the end. */
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

/** How a careful client got through: attempts, connections that broke, answers by status, 503 that did not say when to come again. */
export type Tries = {
  attempts: number;
  broken: number;
  statuses: Record<number, number>;
  unguided: number;
};

/** What the receivers write down, a line each. */
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

/** What a receipt says of a message. */
export type ReceiptLine = MessageName & { readonly isPositive: boolean };
