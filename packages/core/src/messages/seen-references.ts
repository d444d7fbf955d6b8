import type { InterchangeEnvelope } from "@sor/edi";
import { and, eq, inArray, or } from "drizzle-orm";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { seenReferences } from "./tables.ts";

export type SentBetween = { sender: string; receiver: string };

/** What had been seen between the two parties before: the first interchange and message that carried each reference. */
export type Seen = {
  envelope: { interchangeId: string } | undefined;
  messages: ReadonlyMap<string, { interchangeId: string; messageId: string }>;
  /** Message references that were used before, but only for letters of other types. */
  otherLetters: ReadonlySet<string>;
};

/** An envelope id as it is remembered: each form counts its own, so that two systems of one party cannot meet. */
export function envelopeKey({ form, reference }: Pick<InterchangeEnvelope, "form" | "reference">): string {
  return form === "EDIFACT" ? reference : `${form} ${reference}`;
}

/**
 * Remembers the references of a delivery and tells which of them had been seen. Two deliveries with the same reference
 * at the same time wait for each other here; undone when the transaction is.
 */
export async function rememberReferences(
  tx: Transaction,
  parties: SentBetween,
  delivery: {
    interchangeId: string;
    envelope: string;
    messages: readonly { reference: string; letter: string; messageId: string }[];
  },
  now: Date,
): Promise<Seen> {
  const { interchangeId } = delivery;
  const rows = [
    { kind: "envelope" as const, reference: delivery.envelope, letter: "", messageId: null },
    // In one order everywhere, so that two deliveries never wait for each other in a ring.
    ...delivery.messages
      .map((message) => ({ kind: "message" as const, ...message }))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
  ].map((row) => ({ ...row, ...parties, interchangeId, seenAt: now }));
  for (;;) {
    const added = await tx
      .insert(seenReferences)
      .values(rows)
      .onConflictDoNothing()
      .returning({ kind: seenReferences.kind });
    if (added.length === rows.length)
      return { envelope: undefined, messages: new Map(), otherLetters: new Set() };
    const known = await loadKnown(tx, parties, rows);
    const ids = new Set(known.map(idOf));
    // What stood in the way may have been forgotten in between, for its age: then the new one is remembered.
    if (rows.every((row) => ids.has(idOf(row)))) return seenOf(known, interchangeId, rows);
  }
}

/** Which of the references of a delivery have been seen; nothing is remembered. */
export async function findSeen(
  db: ReadDatabase,
  parties: SentBetween,
  delivery: { envelope: string; messages: readonly { reference: string; letter: string }[] },
): Promise<Seen> {
  const rows = [
    { kind: "envelope" as const, reference: delivery.envelope, letter: "" },
    ...delivery.messages.map((message) => ({ kind: "message" as const, ...message })),
  ];
  return seenOf(await loadKnown(db, parties, rows), undefined, rows);
}

type Id = { kind: "envelope" | "message"; reference: string; letter: string };
type Known = typeof seenReferences.$inferSelect;

const idOf = ({ kind, reference, letter }: Pick<Known, "kind" | "reference" | "letter">): string =>
  `${kind} ${reference} ${letter}`;

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

function seenOf(known: readonly Known[], interchangeId: string | undefined, rows: readonly Id[]): Seen {
  const earlier = known.filter((row) => row.interchangeId !== interchangeId);
  const envelope = earlier.find((row) => row.kind === "envelope");
  const letters = new Set(rows.map((row) => `${row.reference} ${row.letter}`));
  const messages = new Map(
    earlier.flatMap((row) =>
      row.kind === "message" && row.messageId && letters.has(`${row.reference} ${row.letter}`)
        ? [[row.reference, { interchangeId: row.interchangeId, messageId: row.messageId }] as const]
        : [],
    ),
  );
  const used = earlier.filter((row) => row.kind === "message").map((row) => row.reference);
  return {
    envelope: envelope && { interchangeId: envelope.interchangeId },
    messages,
    otherLetters: new Set(used.filter((reference) => !messages.has(reference))),
  };
}
