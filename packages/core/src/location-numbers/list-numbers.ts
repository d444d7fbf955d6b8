import { and, asc, eq, gt, inArray, like, type SQL, sql } from "drizzle-orm";
import { type Context, requireAnywhere } from "../context.ts";
import type { ReadDatabase, Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { decodeCursor, type Page, toPage } from "../paging.ts";
import { dayInDenmark } from "../validity/index.ts";
import { isInRange, loadRanges } from "./ranges.ts";
import { NumberFilter, NumberKey } from "./schemas.ts";
import { locationNumbers as numbers } from "./tables.ts";

/** A location number that was given out, reserved or retired. A reservation that has run out shows as released. */
export type LocationNumber = Omit<typeof numbers.$inferSelect, "changedAt">;

const columns = {
  gln: numbers.gln,
  state: numbers.state,
  holder: numbers.holder,
  unitSorId: numbers.unitSorId,
  reservedUntil: numbers.reservedUntil,
};

const hasLapsed = (day: string): SQL =>
  sql`(${numbers.state} = 'reserved' and ${numbers.reservedUntil} <= ${day})`;

const stateOn = (day: string) =>
  sql<LocationNumber["state"]>`case when ${hasLapsed(day)} then 'released' else ${numbers.state} end`;

/** That the number is free to be given out on the day: released, or its reservation has run out. */
export const isReleased = (day: string): SQL => sql`(${numbers.state} = 'released' or ${hasLapsed(day)})`;

/** The row of a number, its state as on the day; undefined for one that was never given out. */
export async function findNumber(
  db: ReadDatabase,
  gln: string,
  day: string,
): Promise<LocationNumber | undefined> {
  const [row] = await db
    .select({ ...columns, state: stateOn(day) })
    .from(numbers)
    .where(eq(numbers.gln, gln));
  return row;
}

/** Whether the number is registered, and whether it holds on the day or later. */
export async function lookAtLocation(
  db: ReadDatabase,
  gln: string,
  day: string,
): Promise<{ isRegistered: boolean; isOpen: boolean }> {
  // The tables of registered numbers belong to a later folder, which may not be imported, so their names are written out.
  const [found] = await db
    .select({
      isRegistered: sql<boolean>`exists(select from locations where gln = ${gln})`,
      isOpen: sql<boolean>`exists(select from location_versions where gln = ${gln} and superseded_at is null
      and (valid_to is null or valid_to > ${day}))`,
    })
    .from(sql`(select) as one`);
  return { isRegistered: found?.isRegistered === true, isOpen: found?.isOpen === true };
}

/**
 * One number, for actors who may edit location numbers somewhere; others get `not-allowed`. Throws `not-found` for one that was
 * never given out here.
 */
export async function getNumber(ctx: Context, input: { gln: string }): Promise<LocationNumber> {
  await requireAnywhere(ctx, "location.edit", "location");
  const found = await findNumber(ctx.db, input.gln, dayInDenmark(ctx.now));
  if (!found) throw new DomainError("not-found", "number-never-given", input);
  return found;
}

/** The numbers that were given out, reserved or retired, by number; one page, for the same actors. */
export async function listNumbers(ctx: Context, input: NumberFilter): Promise<Page<LocationNumber>> {
  await requireAnywhere(ctx, "location.edit", "location");
  const { state, prefix, limit, after } = NumberFilter.parse(input);
  const present = stateOn(dayInDenmark(ctx.now));
  const rows = await ctx.db
    .select({ ...columns, state: present })
    .from(numbers)
    .where(
      and(
        state && eq(present, state),
        prefix === undefined ? undefined : like(numbers.gln, `${prefix}%`),
        after === undefined ? undefined : gt(numbers.gln, decodeCursor(NumberKey, after)[0]),
      ),
    )
    .orderBy(asc(numbers.gln))
    .limit(limit + 1);
  return toPage(rows, limit, ({ gln }) => [gln]);
}

/** Locks the rows of numbers until the transaction ends: what is being registered cannot be retired meanwhile, nor the other way round. */
export async function lockNumbers(
  tx: Transaction,
  glns: readonly string[],
  how: "share" | "update",
): Promise<void> {
  await tx.select().from(numbers).where(inArray(numbers.gln, glns)).orderBy(numbers.gln).for(how);
}

/**
 * Which of the numbers may not be registered, each with its state: numbers of this installation's ranges, and those that it has
 * reserved, released or retired, have to be allocated first.
 */
export async function findUnallocated(
  db: ReadDatabase,
  glns: readonly string[],
  day: string,
): Promise<Map<string, LocationNumber["state"] | "free">> {
  if (glns.length === 0) return new Map();
  const rows = await db
    .select({ gln: numbers.gln, state: stateOn(day) })
    .from(numbers)
    .where(inArray(numbers.gln, glns));
  const states = new Map(rows.map(({ gln, state }) => [gln, state]));
  const ranges = await loadRanges(db);
  return new Map(
    glns.flatMap((gln): [string, LocationNumber["state"] | "free"][] => {
      const state = states.get(gln) ?? (ranges.some((range) => isInRange(gln, range)) ? "free" : "allocated");
      return state === "allocated" ? [] : [[gln, state]];
    }),
  );
}
