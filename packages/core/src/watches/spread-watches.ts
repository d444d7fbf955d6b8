import { and, eq, inArray, or, sql } from "drizzle-orm";
import { isAdmitted } from "../access/index.ts";
import { users } from "../access/tables.ts";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "../journal/index.ts";
import { unitPathOf, unitPathOfGln } from "../organisations/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import { dailyTime, nextDanishTime } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import { changedTypes, eventOfSequence, isTold } from "./match-entry.ts";
import { watches, watchPosition } from "./tables.ts";

const entriesAtOnce = 500;
const rowsAtOnce = 2000;

/**
 * Compares new entries of the journal with what is watched, and writes a row into the outbox for each receiver that is to be told,
 * with the new position in one transaction. The first call, and every call while nothing is watched, only notes the position. Returns how many entries it compared; safe in
 * several processes.
 */
export async function spreadWatches(ctx: Context): Promise<number> {
  return await work(ctx, async (tx) => {
    const [position] = await tx.select().from(watchPosition).for("update", { skipLocked: true });
    if (!position) {
      const sequence = await currentSequence(tx);
      await tx.insert(watchPosition).values({ sequence }).onConflictDoNothing();
      return 0;
    }
    const kinds = new Set(
      (await tx.selectDistinct({ kind: watches.kind }).from(watches)).map(({ kind }) => kind),
    );
    if (kinds.size === 0) {
      const sequence = await currentSequence(tx);
      if (sequence > position.sequence) await tx.update(watchPosition).set({ sequence });
      return 0;
    }
    const entries = await listEntriesAfter(tx, position.sequence, entriesAtOnce);
    const last = entries.at(-1);
    if (!last) return 0;
    const told = entries.filter(isTold);
    const rows = told.length > 0 ? await rowsFor(tx, ctx.now, told, kinds.has("unit")) : [];
    for (let from = 0; from < rows.length; from += rowsAtOnce)
      await tx
        .insert(outboxEvents)
        .values(rows.slice(from, from + rowsAtOnce))
        .onConflictDoNothing();
    await tx.update(watchPosition).set({ sequence: last.sequence });
    return entries.length;
  });
}

/** `climbs`: whether a unit is watched, so that the units above each entry's subject matter. */
async function rowsFor(tx: Transaction, now: Date, entries: readonly JournalEntry[], climbs: boolean) {
  const places = new Map<string, string[]>();
  for (const entry of entries) {
    const key = `${entry.subjectType} ${entry.subjectId}`;
    if (!places.has(key)) places.set(key, climbs ? await pathOf(tx, entry, dayInDenmark(now)) : []);
  }
  const watched = await watchesOf(tx, entries, [...new Set([...places.values()].flat())]);
  return entries.flatMap((entry) => {
    const path = places.get(`${entry.subjectType} ${entry.subjectId}`) ?? [];
    const receivers = new Map(
      watched
        .filter((watch) => isMeantFor(watch, entry, path))
        .map(({ subscriptionId, digest }) => [subscriptionId, digest]),
    );
    return [...receivers].map(([subscriptionId, digest]) => ({
      eventId: eventOfSequence(entry.sequence),
      subscriptionId,
      phase: "published" as const,
      dueAt: digest === "daily" ? nextDanishTime(now, dailyTime) : now,
    }));
  });
}

/** The units that an entry is about, and those above them. */
async function pathOf(
  tx: Transaction,
  { subjectType, subjectId }: JournalEntry,
  day: string,
): Promise<string[]> {
  return subjectType === "unit"
    ? [subjectId, ...(await unitPathOf(tx, subjectId, day))]
    : await unitPathOfGln(tx, subjectId, day);
}

type Watched = Pick<
  typeof watches.$inferSelect,
  "subscriptionId" | "kind" | "gln" | "messageType" | "sorId" | "afterSequence"
> & {
  digest: string;
};

/** The watches of admitted accounts that may be about these entries. */
async function watchesOf(
  tx: Transaction,
  entries: readonly JournalEntry[],
  units: readonly string[],
): Promise<Watched[]> {
  const glns = entries
    .filter(({ subjectType }) => subjectType === "location")
    .map((entry) => entry.subjectId);
  const { subscriptionId, kind, gln, messageType, sorId, afterSequence } = watches;
  return await tx
    .select({ subscriptionId, kind, gln, messageType, sorId, afterSequence, digest: subscriptions.digest })
    .from(watches)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionId))
    .innerJoin(users, sql`${users.id}::text = ${subscriptions.wishes} ->> 'userId'`)
    .where(
      and(eq(subscriptions.state, "active"), isAdmitted, or(inArray(gln, glns), inArray(sorId, [...units]))),
    );
}

function isMeantFor(watch: Watched, entry: JournalEntry, path: readonly string[]): boolean {
  if (entry.sequence <= watch.afterSequence) return false;
  if (watch.kind === "unit") return path.includes(watch.sorId ?? "");
  if (entry.subjectType !== "location" || entry.subjectId !== watch.gln) return false;
  return watch.messageType === null || (changedTypes(entry)?.includes(watch.messageType) ?? false);
}
