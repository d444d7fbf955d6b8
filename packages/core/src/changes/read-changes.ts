import { and, asc, eq, gt, inArray, lte, type SQL } from "drizzle-orm";
import { type Context, inSnapshot } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { currentSequence, type JournalEntry } from "../journal/index.ts";
import { journalEntries as j } from "../journal/tables.ts";
import { may } from "../permissions/index.ts";
import { publicFacts } from "./public-facts.ts";
import { ChangedEntity, type ChangePage, type ChangesFilter } from "./schemas.ts";

/** How many numbers of the journal one question looks at: a filter that fits little is answered in several pages. */
const lookedAtMost = 20_000;
/** A transaction with more entries is told in several pages. */
const togetherMost = 2000;

/**
 * The changes after a number, in order: no number is missed or told twice, and a page ends with a transaction. Those who may
 * read the journal see all of before and after, others what is public. Throws `offset-gone` for a number that the journal has not reached.
 */
export async function readChanges(
  ctx: Context,
  { after, entity, limit }: ChangesFilter & { limit: number },
): Promise<ChangePage> {
  return await inSnapshot(ctx, async (tx) => {
    const sequence = await currentSequence(tx);
    if (after > sequence)
      throw new DomainError("gone", "offset-gone", { fault: "offset-gone", begin: String(sequence) });
    const end = Math.min(sequence, after + lookedAtMost);
    const isAsked = and(
      eq(j.outcome, "done"),
      entity === undefined ? inArray(j.subjectType, ChangedEntity.options) : eq(j.subjectType, entity),
    );
    const rows = await read(tx, and(gt(j.sequence, after), lte(j.sequence, end), isAsked), limit + 1);
    const isWhole = rows.length <= limit;
    const firstAfter = async (last: number) => (await read(tx, and(gt(j.sequence, last), isAsked), 1))[0];
    const page = isWhole ? { items: rows, following: await firstAfter(end) } : await cut(tx, rows, isAsked);
    const isShownWhole = may(ctx.actor, "journal.read", { type: "journal", id: "all" }, ctx.now);
    return {
      items: page.items.map((row, at) => {
        const next = page.items[at + 1] ?? page.following;
        return viewOf(row, { isLast: next?.transaction !== row.transaction, isShownWhole });
      }),
      next: String(isWhole ? end : page.items.at(-1)?.sequence),
      sequence,
      isEnd: isWhole && end === sequence,
    };
  });
}

const read = async (tx: Transaction, where: SQL | undefined, limit: number): Promise<JournalEntry[]> =>
  await tx.select().from(j).where(where).orderBy(asc(j.sequence)).limit(limit);

type Page = { items: readonly JournalEntry[]; following: JournalEntry | undefined };

/** Ends a page with a transaction: before the one that is cut, or, when it is the only one, with its end. */
async function cut(tx: Transaction, rows: readonly JournalEntry[], isAsked: SQL | undefined): Promise<Page> {
  const over = rows.at(-1);
  const whole = rows.findLastIndex((row) => row.transaction !== over?.transaction);
  if (whole >= 0) return { items: rows.slice(0, whole + 1), following: rows[whole + 1] };
  const isRest = and(isAsked, eq(j.transaction, over?.transaction ?? 0), gt(j.sequence, over?.sequence ?? 0));
  const rest = await read(tx, isRest, togetherMost);
  return { items: [...rows, ...rest], following: rest.length === togetherMost ? rest.at(-1) : undefined };
}

function viewOf(row: JournalEntry, { isLast, isShownWhole }: { isLast: boolean; isShownWhole: boolean }) {
  const shown = (value: unknown) => (isShownWhole ? value : publicFacts(value));
  return {
    sequence: row.sequence,
    offset: String(row.sequence),
    at: row.at.toISOString(),
    transaction: row.transaction,
    isLast,
    changeSetId: row.changeSetId,
    action: row.action,
    entity: ChangedEntity.parse(row.subjectType),
    id: row.subjectId,
    glns: row.glns,
    sorIds: row.sorIds,
    before: shown(row.before),
    after: shown(row.after),
  };
}
