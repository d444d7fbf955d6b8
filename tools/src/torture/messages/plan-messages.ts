import { createRandom, type Random } from "@sor/core/demo";
import type { Expected, Fate, MessageName, PlannedMessage, Submission, Thread, World } from "../parts.ts";
import { type Draft, type MessageKind, writeMessages } from "./write-messages.ts";

type Making = {
  random: Random;
  world: Pick<World, "senders" | "receivers" | "unknownGln">;
  seed: number;
  submissions: number;
  references: number;
};

type Written = { bytes: Buffer; messages: readonly PlannedMessage[] };
type Way = {
  expected?: Expected;
  key?: string | undefined;
  messages?: readonly PlannedMessage[];
  again?: readonly MessageName[];
};

/** References are short (at most 14 characters) and differ between runs. */
function nextReference(making: Making, prefix: string): string {
  making.references += 1;
  return `${prefix}${making.seed.toString(36).slice(-4)}${making.references.toString(36).padStart(6, "0")}`.toUpperCase();
}

const keyOf = (making: Making) => `key-${making.seed}-${making.references}-${making.submissions}`;

function submit(making: Making, sender: string, bytes: Buffer, way: Way): Submission {
  making.submissions += 1;
  const { random } = making;
  return {
    number: making.submissions,
    sender,
    bytes,
    idempotencyKey: "key" in way ? way.key : random.chance(0.6) ? keyOf(making) : undefined,
    isCompressed: random.chance(0.1),
    expected: way.expected ?? "taken",
    messages: way.messages ?? [],
    again: way.again ?? [],
  };
}

type Fixed = { sender?: string; receiver?: string; envelope?: string; drafts?: readonly Draft[] };

function write(making: Making, fates: readonly Fate[], fixed: Fixed = {}): Written & { sender: string } {
  const { random, world } = making;
  const sender = fixed.sender ?? random.pick(world.senders).gln;
  const receiver = fixed.receiver ?? random.pick(world.receivers).gln;
  const kinds: MessageKind[] = ["discharge", "discharge", "referral"];
  const drafts =
    fixed.drafts ??
    fates.map((fate) => ({ reference: nextReference(making, "L"), kind: random.pick(kinds), fate }));
  const reference = fixed.envelope ?? nextReference(making, "K");
  const envelope = { sender, receiver, reference, isAnswerWanted: random.chance(0.5) };
  return { ...writeMessages(envelope, drafts, random), sender };
}

const inOrder = (...submissions: Submission[]): Thread => ({ isAtOnce: false, submissions });

function one(making: Making, fates: readonly Fate[], fixed: Fixed = {}): Thread {
  const { sender, bytes, messages } = write(making, fates, fixed);
  return inOrder(submit(making, sender, bytes, { messages }));
}

const several = (making: Making, fate: Fate = "delivered"): Fate[] =>
  Array.from({ length: making.random.between(2, 5) }, () => fate);

/** The kinds of submission that a sender makes, each with its weight in percent. */
const kinds: readonly (readonly [often: number, make: (making: Making) => Thread])[] = [
  [52, (making) => one(making, ["delivered"])],
  [10, (making) => one(making, several(making))],
  [5, (making) => one(making, [...several(making), making.random.pick<Fate>(["VER", "SYN"])])],
  [4, (making) => one(making, ["VER"])],
  [3, (making) => one(making, ["SYN"])],
  [4, (making) => one(making, ["LOK"], { receiver: making.world.unknownGln })],
  [2, unreadable],
  [4, (making) => duplicate(making, { isAtOnce: false })],
  [3, (making) => duplicate(making, { isAtOnce: true })],
  [4, receiptLost],
  [3, envelopeReused],
  [4, replayed],
  [2, keyReused],
];

function unreadable(making: Making): Thread {
  const { sender, bytes } = write(making, ["delivered"]);
  const at = making.random.between(1, 30);
  return inOrder(submit(making, sender, bytes.subarray(0, at), { expected: "unreadable" }));
}

// Both ids seen: the same bytes repeated, one after the other, or as a storm of concurrent clients.
function duplicate(making: Making, { isAtOnce }: { isAtOnce: boolean }): Thread {
  const { sender, bytes, messages } = write(
    making,
    several(making, making.random.pick(["delivered", "VER"])),
  );
  const first = submit(making, sender, bytes, { messages, key: undefined });
  const more = Array.from({ length: isAtOnce ? 3 : 1 }, () =>
    submit(making, sender, bytes, { again: messages, key: undefined }),
  );
  return { isAtOnce, submissions: [first, ...more] };
}

// New envelope, seen messages: the sender lost the receipt and resends by hand.
function receiptLost(making: Making): Thread {
  const fate = making.random.pick<Fate>(["delivered", "VER"]);
  const drafts = [{ reference: nextReference(making, "L"), kind: "discharge" as const, fate }];
  const first = write(making, [], { drafts });
  const { sender, receiver = "" } = { sender: first.sender, receiver: first.messages[0]?.receiver };
  const again = write(making, [], { drafts, sender, receiver });
  return inOrder(
    submit(making, sender, first.bytes, { messages: first.messages }),
    submit(making, sender, again.bytes, { again: first.messages }),
  );
}

// Seen envelope, new message: an error.
function envelopeReused(making: Making): Thread {
  const first = write(making, ["delivered"]);
  const { receiver = "", envelope = "" } = first.messages[0] ?? {};
  const second = write(making, ["delivered"], { sender: first.sender, receiver, envelope });
  return inOrder(
    submit(making, first.sender, first.bytes, { messages: first.messages }),
    submit(making, first.sender, second.bytes, { expected: "envelope-reused" }),
  );
}

// The same request with the same Idempotency-Key.
function replayed(making: Making): Thread {
  const { sender, bytes, messages } = write(making, ["delivered"]);
  const key = `${keyOf(making)}-replayed`;
  return inOrder(
    submit(making, sender, bytes, { key, messages }),
    submit(making, sender, bytes, { key, again: messages }),
  );
}

function keyReused(making: Making): Thread {
  const first = write(making, ["delivered"]);
  const second = write(making, ["delivered"], { sender: first.sender });
  const key = `${keyOf(making)}-reused`;
  return inOrder(
    submit(making, first.sender, first.bytes, { key, messages: first.messages }),
    submit(making, first.sender, second.bytes, { key, expected: "key-reused" }),
  );
}

function drawKind(random: Random): (making: Making) => Thread {
  let left = random.next() * kinds.reduce((sum, [often]) => sum + often, 0);
  for (const [often, make] of kinds) {
    left -= often;
    if (left < 0) return make;
  }
  throw new RangeError("no kind was drawn");
}

/** What the senders will send: at least that many messages, the same for the same seed. */
export function planMessages(
  seed: number,
  messages: number,
  world: Pick<World, "senders" | "receivers" | "unknownGln">,
): Thread[] {
  const making: Making = { random: createRandom(seed), world, seed, submissions: 0, references: 0 };
  const threads: Thread[] = [];
  for (let written = 0; written < messages; ) {
    const make = drawKind(making.random);
    const thread = make(making);
    threads.push(thread);
    written += thread.submissions.reduce((sum, { messages: list }) => sum + list.length, 0);
  }
  return threads;
}
