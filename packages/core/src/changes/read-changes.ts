import { and, asc, eq, gt, inArray, lte, or, type SQL } from "drizzle-orm";
import { type Context, inSnapshot } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { rebaseSubjects } from "../deltas/index.ts";
import { DomainError } from "../errors.ts";
import {
  currentPosition,
  findHash,
  type JournalEntry,
  parsePosition,
  positionText,
  stampOf,
} from "../journal/index.ts";
import { journalEntries as j } from "../journal/tables.ts";
import { may } from "../permissions/index.ts";
import { dayInDenmark } from "../validity/index.ts";
import { readAllRows, readSubtreeRows } from "./changed-rows.ts";
import { membershipIn } from "./membership.ts";
import { publicFacts } from "./public-facts.ts";
import { ChangedEntity, type ChangeEntry, type ChangePage, type ChangesFilter } from "./schemas.ts";

/** How many numbers of the journal one question looks at: a filter that fits little is answered in several pages. */
const lookedAtMost = 20_000;
/** A transaction with more entries is told in several pages. */
const togetherMost = 2000;

type Question = ChangesFilter & { limit: number; withRows?: boolean };

/**
 * The changes after a place, in order: no number is missed or told twice, and a page ends with a transaction. Those who may
 * read the journal see all of before and after, others what is public. With rows, also what a copy replaces, as of now. Throws
 * `offset-gone` for a place that this journal does not have.
 */
export async function readChanges(ctx: Context, question: Question): Promise<ChangePage> {
  return await inSnapshot(ctx, async (tx) => {
    const { limit, subtreeOf } = question;
    const head = await currentPosition(tx);
    const after = await startOf(tx, question.after);
    const end = Math.min(head.sequence, after + lookedAtMost);
    const asked = isAsked(question);
    const rows = await read(tx, and(gt(j.sequence, after), lte(j.sequence, end), asked), limit + 1);
    const isWhole = rows.length <= limit;
    const firstAfter = async (last: number) => (await read(tx, and(gt(j.sequence, last), asked), 1))[0];
    const page = isWhole ? { items: rows, following: await firstAfter(end) } : await cut(tx, rows, asked);
    const last = isWhole ? end : (page.items.at(-1)?.sequence ?? end);
    const day = dayInDenmark(ctx.now);
    const place = subtreeOf && (await membershipIn(tx, subtreeOf, page.items, day));
    const shown = place ? page.items.filter((row) => place.of(row) !== undefined) : page.items;
    const isShownWhole = may(ctx.actor, "journal.read", { type: "journal", id: "all" }, ctx.now);
    return {
      items: shown.map((row, at): ChangeEntry => {
        const next = shown[at + 1] ?? page.following;
        const membership = place?.of(row);
        const view = viewOf(row, { isLast: next?.transaction !== row.transaction, isShownWhole });
        return { ...view, ...(membership && membership !== "all" && { membership }) };
      }),
      ...(question.withRows && {
        rows: place
          ? await readSubtreeRows(tx, place, day)
          : await readAllRows(tx, { items: page.items, after, last }, day),
      }),
      next: positionText({ sequence: last, hash: (await findHash(tx, last)) ?? head.hash }),
      sequence: head.sequence,
      isEnd: isWhole && end === head.sequence,
    };
  });
}

async function startOf(tx: Transaction, text: string): Promise<number> {
  const position = parsePosition(text);
  const hash = position && (await findHash(tx, position.sequence));
  if (position && hash !== undefined && [undefined, stampOf(hash)].includes(position.stamp))
    return position.sequence;
  throw new DomainError("gone", "offset-gone", { fault: "offset-gone", begin: "0" });
}

function isAsked({ entity, subtreeOf }: Question): SQL | undefined {
  const all = subtreeOf === undefined ? ChangedEntity.options : (["unit", "location"] as const);
  const subjects = entity === undefined ? inArray(j.subjectType, [...all]) : eq(j.subjectType, entity);
  const rebase = and(eq(j.subjectType, "register"), inArray(j.subjectId, [...rebaseSubjects]));
  return and(eq(j.outcome, "done"), or(subjects, rebase));
}

const read = async (tx: Transaction, where: SQL | undefined, limit: number): Promise<JournalEntry[]> =>
  await tx.select().from(j).where(where).orderBy(asc(j.sequence)).limit(limit);

type Page = { items: readonly JournalEntry[]; following: JournalEntry | undefined };

/** Ends a page with a transaction: before the one that is cut, or, when it is the only one, with its end. */
async function cut(tx: Transaction, rows: readonly JournalEntry[], asked: SQL | undefined): Promise<Page> {
  const over = rows.at(-1);
  const whole = rows.findLastIndex((row) => row.transaction !== over?.transaction);
  if (whole >= 0) return { items: rows.slice(0, whole + 1), following: rows[whole + 1] };
  const isRest = and(asked, eq(j.transaction, over?.transaction ?? 0), gt(j.sequence, over?.sequence ?? 0));
  const rest = await read(tx, isRest, togetherMost);
  return { items: [...rows, ...rest], following: rest.length === togetherMost ? rest.at(-1) : undefined };
}

function viewOf(row: JournalEntry, { isLast, isShownWhole }: { isLast: boolean; isShownWhole: boolean }) {
  const isRebase = row.subjectType === "register";
  const shown = (value: unknown) => (isShownWhole || isRebase ? value : publicFacts(value));
  return {
    sequence: row.sequence,
    offset: positionText(row),
    at: row.at.toISOString(),
    transaction: row.transaction,
    isLast,
    changeSetId: row.changeSetId,
    action: row.action,
    entity: isRebase ? ("rebase" as const) : ChangedEntity.parse(row.subjectType),
    id: row.subjectId,
    glns: row.glns,
    sorIds: row.sorIds,
    before: shown(row.before),
    after: shown(row.after),
  };
}
