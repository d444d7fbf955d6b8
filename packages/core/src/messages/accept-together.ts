import type { Finding } from "@sor/edi";
import { isReceipt } from "@sor/edi";
import { type Context, changeTogether } from "../context.ts";
import { isDatabaseAway, type ReadDatabase } from "../database/index.ts";
import { gather, latelyAfter } from "./gather.ts";
import type { Part } from "./parts.ts";
import { type Fellow, takeInTogether } from "./take-in-together.ts";

export type Submission = {
  bytes: Uint8Array;
  /** Names the request, so that asking twice acts once. */
  idempotencyKey?: string | undefined;
  /** The party in whose name the gateway gives receipts. */
  gatewayParty: string;
};

/** A submission whose envelope has been read. */
export type ReadSubmission = {
  ctx: Context;
  submission: Submission;
  findings: readonly Finding[];
  parts: readonly Part[];
};

/** A submission that is one interchange. */
export type WholeSubmission = Omit<ReadSubmission, "parts"> & { part: Part };

type Waiting = Fellow & { settle: (error?: unknown) => void };
type Group = {
  waiting: Waiting[];
  isUnderWay: boolean;
  /** How many came together lately. */
  lately: number;
};

const groups = new WeakMap<ReadDatabase, Group>();
const fellowsMax = 64;
const groupBytesMax = 2 * 1024 * 1024;
const sameMomentMilliseconds = 1000;

/** What is taken in most often and asks nothing else of the database than to be stored: small, and nothing to relate it to. */
function mayJoin({ submission, part: { envelope, refused } }: WholeSubmission): boolean {
  const references = new Set(envelope.messages.map(({ reference }) => reference));
  return (
    submission.bytes.byteLength <= 256 * 1024 &&
    refused.size === 0 &&
    envelope.messages.length <= 50 &&
    references.size === envelope.messages.length &&
    envelope.carried?.inside === undefined &&
    !envelope.messages.some(isReceipt)
  );
}

/**
 * Takes in deliveries that come at the same time in one transaction, so that they share its round trips and its wait for the
 * disk. Gives undefined for one that has to be taken in by itself: seen before, refused, or not alike in another way.
 */
export async function acceptTogether({ parts, ...submitted }: ReadSubmission): Promise<Fellow["accepted"]> {
  const [part, ...others] = parts;
  if (!part || others.length > 0) return undefined;
  const read = { ...submitted, part };
  if (!mayJoin(read)) return undefined;
  const { db } = read.ctx;
  const group = groups.get(db) ?? { waiting: [], isUnderWay: false, lately: 1 };
  groups.set(db, group);
  return await new Promise((resolve, reject) => {
    const fellow: Fellow = { ...read, accepted: undefined };
    const settle = (error?: unknown) => (error === undefined ? resolve(fellow.accepted) : reject(error));
    group.waiting.push(Object.assign(fellow, { settle }));
    if (!group.isUnderWay) void run(group);
  });
}

async function run(group: Group): Promise<void> {
  group.isUnderWay = true;
  while (group.waiting.length > 0) {
    // Who was just answered often sends again at once.
    await gather(() => group.waiting.length, group.lately);
    const fellows = nextFellows(group);
    group.lately = latelyAfter(group.lately, fellows.length);
    await takeIn(fellows);
  }
  group.isUnderWay = false;
}

const idsOf = ({ ctx, submission, part: { envelope } }: Fellow): string[] => {
  const between = JSON.stringify([envelope.sender.id, envelope.receiver.id]);
  const actor = "id" in ctx.actor ? ctx.actor.id : ctx.actor.kind;
  return [
    `${between} envelope ${envelope.reference}`,
    ...envelope.messages.map(({ reference }) => `${between} message ${reference}`),
    ...(submission.idempotencyKey === undefined ? [] : [`${actor} key ${submission.idempotencyKey}`]),
  ];
};

// Two that carry the same id must not meet in one transaction: the second has to see what became of the first.
function nextFellows(group: Group): Waiting[] {
  const [first] = group.waiting;
  if (!first) return [];
  const chosen: Waiting[] = [];
  const left: Waiting[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (const fellow of group.waiting) {
    const own = idsOf(fellow);
    bytes += fellow.submission.bytes.byteLength;
    const isAlike =
      Math.abs(fellow.ctx.now.getTime() - first.ctx.now.getTime()) < sameMomentMilliseconds &&
      !own.some((id) => ids.has(id));
    if (chosen.length < fellowsMax && (fellow === first || bytes <= groupBytesMax) && isAlike) {
      for (const id of own) ids.add(id);
      chosen.push(fellow);
    } else left.push(fellow);
  }
  group.waiting = left;
  return chosen;
}

async function takeIn(fellows: readonly Waiting[]): Promise<void> {
  const [first, ...others] = fellows;
  if (!first) return;
  try {
    await changeTogether([first, ...others], "interchange.send", takeInTogether(fellows));
    for (const fellow of fellows) fellow.settle();
  } catch (error) {
    // What one of them brought about (an id used elsewhere in this moment) must not be the others' fault: each tries alone.
    for (const fellow of fellows) {
      fellow.accepted = undefined;
      fellow.settle(isDatabaseAway(error) ? error : undefined);
    }
  }
}
