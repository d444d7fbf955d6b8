import { randomBytes } from "node:crypto";
import { and, count, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { networkOf, putAddressMail, tellEditors } from "../access/index.ts";
import { type Context, changeAll, changeAllUnjournalled } from "../context.ts";
import { newId, type Transaction, waitForLock } from "../database/index.ts";
import { type Command, isRefusal, type Problem, previewCommands } from "../editing/index.ts";
import { listLocationVersions } from "../endpoints/index.ts";
import { DomainError } from "../errors.ts";
import { listUnitsOfGln, nameUnits } from "../organisations/index.ts";
import { may } from "../permissions/index.ts";
import { addWorkingDays, dayInDenmark, formatDanishDay } from "../validity/index.ts";
import { addressHashes } from "../vault/index.ts";
import { getChangeSet, loadChangeSet, ownerOf, requireState, setEntry } from "./change-sets.ts";
import { insertSet } from "./draft-set.ts";
import { endProposal, pathOfSubject, questionOf, requireProposalRight } from "./proposal-rights.ts";
import { reviewerOf } from "./review.ts";
import { readCommands } from "./save-edit.ts";
import type { NewProposal, ProposalAnswer } from "./schemas.ts";
import { changeSets, proposals } from "./tables.ts";

type Row = typeof proposals.$inferSelect;
type Given = NewProposal & {
  /** The edits proposed, where the proposer gives them; for accounts only. */
  commands?: readonly unknown[];
  /** The address of the client, for a proposal without an account. */
  client?: string;
};

/** A proposal as its proposer and those who answer see it. */
export type Proposal = Pick<
  Row,
  | "topics"
  | "text"
  | "subjectType"
  | "subjectId"
  | "receivedAt"
  | "dueOn"
  | "outcome"
  | "answer"
  | "answeredAt"
> & { isOverdue: boolean };
/** As those see it who may see its set. */
export type ProposalOfSet = Proposal & { mayAnswer: boolean };

/** Working days within which a proposal is to be answered. */
const answerDays = 10;
const commandsMax = 50;
const [hour, day] = [3_600_000, 86_400_000];
/** Most proposals without an account: of one network in an hour and a day, open about one subject, open in all, mails to an address a day. */
const mostPublic = { perHour: 5, perDay: 20, aboutOne: 5, open: 2000, mails: 3 } as const;
const mostOfAccount = 20;
/** The owner of sets that somebody without an account proposed. */
const publicOwner = { ownerId: "public", ownerName: "Offentligheden", supplierId: null };

const tooMany = (retryAfterSeconds: number) =>
  new DomainError("too-many", "too-many-proposals", { fault: "too-many-proposals", retryAfterSeconds });

/**
 * Proposes a change of a unit or location number, by whoever may not make it; without an account too, then without commands. It
 * waits with those who edit that part of the register, who are told by mail, and shows in no public answer. `set` is null when a
 * command has an error; that the proposer has no right is none. `too-many` at the limits, `not-found` for an unknown subject.
 */
export async function propose(
  ctx: Context,
  input: Given,
): Promise<{ set: string; token: string; problems: Problem[] } | { set: null; problems: Problem[] }> {
  const isPublic = ctx.actor.kind !== "user" && ctx.actor.kind !== "key";
  const raw = input.commands ?? [];
  if (raw.length > (isPublic ? 0 : commandsMax))
    throw new DomainError("too-large", "proposal-full", { commandsMax });
  const name = await nameOfSubject(ctx, input);
  const commands = raw.length === 0 ? [] : await readCommands(ctx, raw);
  const preview = await previewCommands(ctx, commands);
  const problems = preview.problems.filter((problem) => !isRefusal(problem));
  if (problems.some(({ severity }) => severity === "error")) return { set: null, problems };
  const path = await pathOfSubject(ctx.db, { type: input.subjectType, id: input.subjectId }, ctx.now);
  const { sorIds, supplierIds } = preview.effects;
  const row = {
    ...{ id: newId(), title: `Forslag: ${name}`.slice(0, 120), comment: null, state: "proposed" as const },
    ...(isPublic ? publicOwner : ownerOf(ctx)),
    ...{ sorIds: [...new Set([...path, ...sorIds])], supplierIds },
  };
  return await changeAll(ctx, { once: true }, async (tx) => {
    const token = await insertProposal(tx, ctx, { input, row, commands, isPublic });
    return { result: { set: row.id, token, problems }, entries: [setEntry(row, null, "proposed")] };
  });
}

async function nameOfSubject(ctx: Context, { subjectType, subjectId }: NewProposal): Promise<string> {
  if (subjectType === "unit") {
    const name = (await nameUnits(ctx, { sorIds: [subjectId] })).get(subjectId);
    if (name !== undefined) return name;
    throw new DomainError("not-found", "no-such-unit", { sorId: subjectId });
  }
  const [unit] = await listUnitsOfGln(ctx, { gln: subjectId });
  if (!unit && (await listLocationVersions(ctx.db, subjectId)).length === 0)
    throw new DomainError("not-found", "no-such-location");
  return unit ? `${unit.name}, lokationsnummer` : `lokationsnummer ${subjectId}`;
}

type New = {
  input: Given;
  row: typeof changeSets.$inferInsert extends infer Set ? Omit<Set, "createdAt" | "updatedAt"> : never;
  commands: readonly Command[];
  isPublic: boolean;
};

async function insertProposal(tx: Transaction, ctx: Context, { input, row, commands, isPublic }: New) {
  const { subjectType, subjectId, topics, text } = input;
  const address = isPublic ? input.address : null;
  const hashes = {
    ofAddress: addressHashes(mailboxOf(address ?? "")),
    ofNetwork: networkHashes(input.client),
  };
  await waitForLock(tx, "proposals");
  await (isPublic ? requirePublicRoom(tx, ctx, input, hashes) : requireAccountRoom(tx, row.ownerId));
  await insertSet(tx, ctx, row, commands);
  const token = randomBytes(24).toString("base64url");
  const dueOn = addWorkingDays(dayInDenmark(ctx.now), answerDays);
  await tx.insert(proposals).values({
    ...{ changeSetId: row.id, topics, text, subjectType, subjectId, isPublic, token, address, dueOn },
    addressHash: address === null ? null : (hashes.ofAddress[0] ?? null),
    networkHash: isPublic ? (hashes.ofNetwork[0] ?? null) : null,
    receivedAt: ctx.now,
  });
  const arrived = { title: row.title, set: row.id, due: formatDanishDay(dueOn) };
  await tellEditors(tx, { sorIds: row.sorIds ?? [], kind: "proposal-arrived", details: arrived }, ctx.now);
  if (address !== null) {
    const details = { title: row.title, token, due: arrived.due };
    await putAddressMail(tx, { address, kind: "proposal-received", details }, ctx.now);
  }
  return token;
}

const mailboxOf = (address: string) =>
  address
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*@/, "@");
const networkHashes = (client: string | undefined) =>
  addressHashes(`network ${networkOf(client ?? "unknown")}`);

type Hashes = { ofAddress: string[]; ofNetwork: string[] };

async function requirePublicRoom(tx: Transaction, ctx: Context, input: Given, hashes: Hashes): Promise<void> {
  const counted = async (condition: SQL | undefined) => await tx.$count(proposals, condition);
  const since = (milliseconds: number) =>
    gt(proposals.receivedAt, new Date(ctx.now.getTime() - milliseconds));
  const isFrom = inArray(proposals.networkHash, hashes.ofNetwork);
  if ((await counted(and(isFrom, since(hour)))) >= mostPublic.perHour) throw tooMany(hour / 1000);
  if ((await counted(and(isFrom, since(day)))) >= mostPublic.perDay) throw tooMany(day / 1000);
  const isOpen = and(eq(proposals.isPublic, true), isNull(proposals.answeredAt));
  const isAbout = and(eq(proposals.subjectType, input.subjectType), eq(proposals.subjectId, input.subjectId));
  if ((await counted(and(isOpen, isAbout))) >= mostPublic.aboutOne) throw tooMany(day / 1000);
  if ((await counted(isOpen)) >= mostPublic.open) throw tooMany(day / 1000);
  if (input.address === null) return;
  const isTo = inArray(proposals.addressHash, hashes.ofAddress);
  if ((await counted(and(isTo, since(day)))) >= mostPublic.mails) throw tooMany(day / 1000);
}

async function requireAccountRoom(tx: Transaction, ownerId: string): Promise<void> {
  const own = and(eq(changeSets.ownerId, ownerId), eq(changeSets.state, "proposed"));
  if ((await tx.$count(changeSets, own)) >= mostOfAccount) throw tooMany(day / 1000);
}

/**
 * Answers a proposal as a person who may edit what it is about: followed, where the register is right by now, or declined. Its
 * proposer is told by mail. To follow it with its own commands, it is taken up and applied instead (`takeUpSet`).
 */
export async function answerProposal(ctx: Context, input: ProposalAnswer & { id: string }): Promise<void> {
  const { id, outcome, answer } = input;
  reviewerOf(ctx);
  await changeAll(ctx, { once: true, comment: answer }, async (tx, requireMay) => {
    const set = await loadChangeSet(tx, ctx, id, "update");
    requireState(set, ["proposed"]);
    await requireProposalRight(tx, ctx, requireMay, id);
    const state = outcome === "declined" ? "declined" : "withdrawn";
    const closed = { state, version: set.version + 1, updatedAt: ctx.now } as const;
    await tx.update(changeSets).set(closed).where(eq(changeSets.id, id));
    await endProposal(tx, ctx, set, { outcome, answer });
    return { result: undefined, entries: [setEntry(set, set.state, state)] };
  });
}

const shown = (row: Row, now: Date): Proposal => {
  const { topics, text, subjectType, subjectId, receivedAt, dueOn, outcome, answer, answeredAt } = row;
  const isOverdue = answeredAt === null && dueOn < dayInDenmark(now);
  return { topics, text, subjectType, subjectId, receivedAt, dueOn, outcome, answer, answeredAt, isOverdue };
};

/** What is proposed by a set that the actor may see; undefined for one that is no proposal. */
export async function findProposalOf(
  ctx: Context,
  { id }: { id: string },
): Promise<ProposalOfSet | undefined> {
  await getChangeSet(ctx, { id });
  const [row] = await ctx.db.select().from(proposals).where(eq(proposals.changeSetId, id));
  if (!row) return undefined;
  const [action, subject] = await questionOf(ctx.db, row, ctx.now);
  return { ...shown(row, ctx.now), mayAnswer: may(ctx.actor, action, subject, ctx.now) };
}

/** A proposal for whoever has its token: how it stands, and whether a mail address waits to be confirmed. Throws `not-found`. */
export async function getProposal(
  ctx: Context,
  { token }: { token: string },
): Promise<Proposal & { mail: "none" | "unconfirmed" | "confirmed" }> {
  const [row] = await ctx.db.select().from(proposals).where(eq(proposals.token, token));
  if (!row) throw new DomainError("not-found", "no-such-proposal");
  const mail = row.address === null ? "none" : row.isConfirmed ? "confirmed" : "unconfirmed";
  return { ...shown(row, ctx.now), mail };
}

/** Confirms, by whoever has the token, that answers are to be mailed to the address. Throws `not-found`. */
export async function confirmProposalAddress(ctx: Context, { token }: { token: string }): Promise<void> {
  await changeAllUnjournalled(ctx, {}, async (tx) => {
    const found = await tx.update(proposals).set({ isConfirmed: true }).where(eq(proposals.token, token));
    if (found.rowCount === 0) throw new DomainError("not-found", "no-such-proposal");
  });
}

/** How many proposals of the last twelve months came, were answered, and in how many days; of all owners together. */
export type ProposalFigures = {
  received: number;
  followed: number;
  declined: number;
  open: number;
  overdue: number;
  /** Answered by the day they were due. */
  inTime: number;
  /** Between receipt and answer; null when none is answered. */
  medianDays: number | null;
};

/** Figures for everybody. */
export async function readProposalFigures(ctx: Context): Promise<ProposalFigures> {
  const { outcome, answeredAt, receivedAt, dueOn } = proposals;
  const isOf = (kind: "followed" | "declined") =>
    sql<number>`count(*) filter (where ${outcome} = ${kind})::int`;
  const today = dayInDenmark(ctx.now);
  const answeredOn = sql`(${answeredAt} at time zone 'Europe/Copenhagen')::date`;
  const isAnswered = sql`${outcome} in ('followed', 'declined')`;
  const [figures] = await ctx.db
    .select({
      received: count(),
      followed: isOf("followed"),
      declined: isOf("declined"),
      open: sql<number>`count(*) filter (where ${answeredAt} is null)::int`,
      overdue: sql<number>`count(*) filter (where ${answeredAt} is null and ${dueOn} < ${today})::int`,
      inTime: sql<number>`count(*) filter (where ${isAnswered} and ${answeredOn} <= ${dueOn})::int`,
      medianDays: sql<
        number | null
      >`(percentile_cont(0.5) within group (order by extract(epoch from ${answeredAt} - ${receivedAt}) / 86400)
        filter (where ${isAnswered}))::float8`,
    })
    .from(proposals)
    .where(gt(receivedAt, new Date(ctx.now.getTime() - 365 * day)));
  if (!figures) throw new Error("an aggregate has one row");
  return figures;
}
