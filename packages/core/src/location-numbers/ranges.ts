import { asc, eq } from "drizzle-orm";
import { type Context, change, requireAnywhere, unchanged } from "../context.ts";
import { newId, type ReadDatabase, type Transaction, waitForLock } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import { completeGln } from "../identifiers/index.ts";
import type { Subject } from "../permissions/index.ts";
import type { NumberRange, NumberRangeState } from "./schemas.ts";
import { locationNumberRanges as ranges } from "./tables.ts";

type Row = typeof ranges.$inferSelect;

/** A range, and the ETag of what can be changed about it: giving out numbers does not change it. */
export type Range = Row & { etag: string };

const rangesMax = 1000;
const withEtag = (row: Row): Range => ({ ...row, etag: etagOf([row.id, row.isOpen, row.note]) });
const subjectOf = (id: string): Subject => ({ type: "register", id });

/** The location number of a range at this place, with its check digit. */
export const glnAt = ({ prefix }: Pick<Row, "prefix">, item: number): string =>
  completeGln(prefix + String(item).padStart(12 - prefix.length, "0"));

/** Whether the location number is one of the range, whatever its check digit. */
export function isInRange(gln: string, range: Pick<Row, "prefix" | "from" | "to">): boolean {
  const body = gln.slice(0, 12);
  const digits = 12 - range.prefix.length;
  const ends = [range.from, range.to].map((item) => range.prefix + String(item).padStart(digits, "0"));
  return (ends[0] as string) <= body && body <= (ends[1] as string);
}

/** Every range, open and closed, in the order in which numbers are taken from them: the oldest first. */
export async function loadRanges(db: ReadDatabase): Promise<Range[]> {
  return (await db.select().from(ranges).orderBy(asc(ranges.id))).map(withEtag);
}

/** The same, for actors who may edit location numbers somewhere; others get `not-allowed`. */
export async function listRanges(ctx: Context): Promise<Range[]> {
  await requireAnywhere(ctx, "location.edit", "location");
  return await loadRanges(ctx.db);
}

/** One range, for the same actors; throws `not-found`. */
export async function getRange(ctx: Context, input: { id: string }): Promise<Range> {
  await requireAnywhere(ctx, "location.edit", "location");
  return await loadRange(ctx.db, input.id);
}

async function loadRange(db: ReadDatabase, id: string): Promise<Range> {
  const [row] = await db.select().from(ranges).where(eq(ranges.id, id));
  if (!row) throw new DomainError("not-found", "no-such-range", { rangeId: id });
  return withEtag(row);
}

async function refuseOverlap(tx: Transaction, wanted: NumberRange): Promise<void> {
  const known = await loadRanges(tx);
  if (known.length >= rangesMax) throw new DomainError("too-many", "too-many-ranges");
  const overlapping = known.find(
    (range) =>
      isInRange(glnAt(wanted, wanted.from), range) ||
      isInRange(glnAt(wanted, wanted.to), range) ||
      isInRange(glnAt(range, range.from), wanted),
  );
  if (!overlapping) return;
  const details = { field: "from", fault: "overlap", rangeId: overlapping.id };
  throw new DomainError("conflict", "range-overlap", details);
}

/** Adds a range. `conflict` when it overlaps one that exists. */
export async function createRange(ctx: Context, input: NumberRange): Promise<Range> {
  const row: Row = { id: newId(), ...input, next: input.from, isOpen: true };
  const what = { action: "register.configure", subject: subjectOf(row.id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    await waitForLock(tx, "location-numbers");
    await refuseOverlap(tx, input);
    await tx.insert(ranges).values(row);
    const { next: _, ...after } = row;
    const entry = { subjectType: "location-number-range", subjectId: row.id, after };
    return { result: withEtag(row), entries: [entry] };
  });
}

/** Opens or closes a range, or changes its note. `conflict` when `etag` does not match the present state. */
export async function updateRange(
  ctx: Context,
  input: { id: string; fields: NumberRangeState; etag?: ExpectedEtag },
): Promise<Range> {
  const { id, fields } = input;
  return await change(ctx, { action: "register.configure", subject: subjectOf(id) }, async (tx) => {
    await waitForLock(tx, "location-numbers");
    const { etag, ...before } = await loadRange(tx, id);
    requireEtag(input.etag, etag, "range-changed");
    const result = withEtag({ ...before, ...fields });
    if (result.etag === etag) return unchanged(result);
    await tx.update(ranges).set(fields).where(eq(ranges.id, id));
    const entry = {
      subjectType: "location-number-range",
      subjectId: id,
      before: { isOpen: before.isOpen, note: before.note },
      after: fields,
    };
    return { result, entries: [entry] };
  });
}
