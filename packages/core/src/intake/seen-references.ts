import type { InterchangeEnvelope, MessageEnvelope } from "@sor/edi";
import { and, eq, inArray, or } from "drizzle-orm";
import type { InterchangeSeen, MessageSeen } from "../acceptance/index.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { seenReferences } from "../messages/tables.ts";

type SentBetween = { sender: string; receiver: string };

/** What had been seen between the two parties before: the first interchange and message with each reference. */
export type Seen = {
  envelope: { interchangeId: string } | undefined;
  /** By the message's index in the interchange. */
  messages: ReadonlyMap<number, { interchangeId: string; messageId: string }>;
  /** Indexes of messages whose ids were used before, but only for messages of other types. */
  otherTypes: ReadonlySet<number>;
};

/** What had been seen of an interchange, message by message. */
export function seenOfMessages(
  { envelope, messages, otherTypes }: Seen,
  of: Pick<InterchangeEnvelope, "messages">,
): InterchangeSeen {
  const seenOfOne = (index: number): MessageSeen => {
    if (messages.has(index)) return "seen";
    return otherTypes.has(index) ? "other-type" : "new";
  };
  return {
    envelope: envelope ? "seen" : "new",
    messages: of.messages.map((_, index) => seenOfOne(index)),
  };
}

/** The key of an envelope id: ids of different forms are separate, so that two systems of one party cannot collide. */
export function envelopeKey({ form, reference }: Pick<InterchangeEnvelope, "form" | "reference">): string {
  return form === "EDIFACT" ? reference : `${form} ${reference}`;
}

const partiesOf = ({ sender, receiver }: InterchangeEnvelope): SentBetween => ({
  sender: sender.id,
  receiver: receiver.id,
});

// A message without an id is identified by its envelope's id and its position: it was refused, and is refused again.
function idOfMessage(envelope: InterchangeEnvelope, { reference, code }: MessageEnvelope, index: number): Id {
  return reference.trim() === ""
    ? { kind: "message", reference: "", scope: `${envelopeKey(envelope)} ${index}` }
    : { kind: "message", reference, scope: code ?? "" };
}

/** The ids of an interchange: its own first, then those of its messages in order. */
const idsOf = (envelope: InterchangeEnvelope): [own: Id, ...messages: Id[]] => [
  { kind: "envelope", reference: envelopeKey(envelope), scope: "" },
  ...envelope.messages.map((message, index) => idOfMessage(envelope, message, index)),
];

/**
 * Stores the references of an interchange and returns those that had been seen. Concurrent interchanges with the same reference
 * block each other here; rolled back with the transaction. `messageIds` are those of its messages, in order.
 */
export async function rememberReferences(
  tx: Transaction,
  envelope: InterchangeEnvelope,
  { id, messageIds }: { id: string; messageIds: readonly string[] },
  now: Date,
): Promise<Seen> {
  const parties = partiesOf(envelope);
  const [own, ...messages] = idsOf(envelope);
  const common = { ...parties, interchangeId: id, seenAt: now };
  const rows = [
    { ...own, ...common, messageId: null },
    // Insert rows in a fixed order to avoid deadlocks.
    ...messages
      .map((message, index) => ({ ...message, ...common, messageId: messageIds[index] as string }))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
  ];
  for (;;) {
    const added = await tx
      .insert(seenReferences)
      .values(rows)
      .onConflictDoNothing()
      .returning({ kind: seenReferences.kind });
    if (added.length === rows.length)
      return { envelope: undefined, messages: new Map(), otherTypes: new Set() };
    const known = await loadKnown(tx, parties, rows);
    const ids = new Set(known.map(idOf));
    // A conflicting row may have been pruned in between: then retry the insert.
    if (rows.every((row) => ids.has(idOf(row)))) return seenOf(known, id, messages);
  }
}

/** Which of the references of an interchange have been seen; stores nothing. */
export async function findSeen(db: ReadDatabase, envelope: InterchangeEnvelope): Promise<Seen> {
  const ids = idsOf(envelope);
  return seenOf(await loadKnown(db, partiesOf(envelope), ids), undefined, ids.slice(1));
}

type Id = { kind: "envelope" | "message"; reference: string; scope: string };
type Known = typeof seenReferences.$inferSelect;

const idOf = ({ kind, reference, scope }: Pick<Known, "kind" | "reference" | "scope">): string =>
  `${kind} ${reference} ${scope}`;

async function loadKnown(
  tx: Pick<ReadDatabase, "select">,
  { sender, receiver }: SentBetween,
  rows: readonly Id[],
): Promise<Known[]> {
  const references = (kind: "envelope" | "message") =>
    rows.filter((row) => row.kind === kind).map((row) => row.reference);
  return await tx
    .select()
    .from(seenReferences)
    .where(
      and(
        eq(seenReferences.sender, sender),
        eq(seenReferences.receiver, receiver),
        or(
          and(eq(seenReferences.kind, "envelope"), inArray(seenReferences.reference, references("envelope"))),
          and(eq(seenReferences.kind, "message"), inArray(seenReferences.reference, references("message"))),
        ),
      ),
    );
}

function seenOf(known: readonly Known[], interchangeId: string | undefined, messages: readonly Id[]): Seen {
  const earlier = known.filter((row) => row.interchangeId !== interchangeId);
  const envelope = earlier.find((row) => row.kind === "envelope");
  const rows = new Map(earlier.map((row) => [idOf(row), row]));
  const used = new Set(earlier.flatMap(({ kind, reference }) => (kind === "message" ? reference : [])));
  const seen = messages.flatMap((message, index) => {
    const row = rows.get(idOf(message));
    if (!row?.messageId) return [];
    return [[index, { interchangeId: row.interchangeId, messageId: row.messageId }] as const];
  });
  const isSeen = new Map(seen);
  const others = messages.flatMap(({ reference }, index) =>
    reference !== "" && used.has(reference) && !isSeen.has(index) ? index : [],
  );
  return {
    envelope: envelope && { interchangeId: envelope.interchangeId },
    messages: isSeen,
    otherTypes: new Set(others),
  };
}
