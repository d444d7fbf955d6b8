import { isReceipt } from "@sor/edi";
import { changeTogether } from "../context.ts";
import { isDatabaseAway, type ReadDatabase } from "../database/index.ts";
import { gather, latelyAfter } from "../deliveries/index.ts";
import { takeInTogether } from "./store-batch.ts";
import type { BatchMember, ReadSubmission, WholeSubmission } from "./submission.ts";

type Waiting = BatchMember & { settle: (error?: unknown) => void };
type Group = {
  waiting: Waiting[];
  isUnderWay: boolean;
  /** The recent batch size. */
  lately: number;
};

const groups = new WeakMap<ReadDatabase, Group>();
const membersMax = 64;
const groupBytesMax = 2 * 1024 * 1024;
const sameMomentMilliseconds = 1000;

/** The most frequent kind of submission needs nothing from the database but inserts: small, not refused, not a receipt. */
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
 * Stores concurrent submissions in one transaction, so that they share its round trips and its wait for the disk. Gives undefined
 * for one that has to be stored alone: seen before, refused, or different in another way.
 */
export async function acceptTogether({
  parts,
  ...submitted
}: ReadSubmission): Promise<BatchMember["accepted"]> {
  const [part, ...others] = parts;
  if (!part || others.length > 0) return undefined;
  const read = { ...submitted, part };
  if (!mayJoin(read)) return undefined;
  const { db } = read.ctx;
  const group = groups.get(db) ?? { waiting: [], isUnderWay: false, lately: 1 };
  groups.set(db, group);
  return await new Promise((resolve, reject) => {
    const member: BatchMember = { ...read, accepted: undefined };
    const settle = (error?: unknown) => (error === undefined ? resolve(member.accepted) : reject(error));
    group.waiting.push(Object.assign(member, { settle }));
    if (!group.isUnderWay) void run(group);
  });
}

async function run(group: Group): Promise<void> {
  group.isUnderWay = true;
  while (group.waiting.length > 0) {
    // A client that was just answered usually sends its next request at once: wait for it.
    await gather(() => group.waiting.length, group.lately);
    const members = nextBatchMembers(group);
    group.lately = latelyAfter(group.lately, members.length);
    await takeIn(members);
  }
  group.isUnderWay = false;
}

const idsOf = ({ ctx, submission, part: { envelope } }: BatchMember): string[] => {
  const between = JSON.stringify([envelope.sender.id, envelope.receiver.id]);
  const actor = "id" in ctx.actor ? ctx.actor.id : ctx.actor.kind;
  return [
    `${between} envelope ${envelope.reference}`,
    ...envelope.messages.map(({ reference }) => `${between} message ${reference}`),
    ...(submission.idempotencyKey === undefined ? [] : [`${actor} key ${submission.idempotencyKey}`]),
  ];
};

// Two submissions with the same id must not share a transaction: the second has to see the outcome of the first.
function nextBatchMembers(group: Group): Waiting[] {
  const [first] = group.waiting;
  if (!first) return [];
  const chosen: Waiting[] = [];
  const left: Waiting[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (const member of group.waiting) {
    const own = idsOf(member);
    bytes += member.submission.bytes.byteLength;
    const isAlike =
      Math.abs(member.ctx.now.getTime() - first.ctx.now.getTime()) < sameMomentMilliseconds &&
      !own.some((id) => ids.has(id));
    if (chosen.length < membersMax && (member === first || bytes <= groupBytesMax) && isAlike) {
      for (const id of own) ids.add(id);
      chosen.push(member);
    } else left.push(member);
  }
  group.waiting = left;
  return chosen;
}

async function takeIn(members: readonly Waiting[]): Promise<void> {
  const [first, ...others] = members;
  if (!first) return;
  try {
    await changeTogether([first, ...others], "interchange.send", takeInTogether(members));
    for (const member of members) member.settle();
  } catch (error) {
    // An error caused by one member (such as an id being used concurrently) must not fail the others: retry each alone.
    for (const member of members) {
      member.accepted = undefined;
      member.settle(isDatabaseAway(error) ? error : undefined);
    }
  }
}
