import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { actorForUserId, isAdmitted } from "../access/index.ts";
import { users } from "../access/tables.ts";
import { type Context, work } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { locationVersions } from "../endpoints/tables.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "../journal/index.ts";
import { LocationFilter, locationConditions } from "../message-types/index.ts";
import { unitPathOf, unitPathOfGln } from "../organisations/index.ts";
import { outboxEvents } from "../outbox/tables.ts";
import { dailyTime, nextDanishTime } from "../subscriptions/index.ts";
import { subscriptions } from "../subscriptions/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import { changedTypes, eventOfSequence, isTold, versionOf } from "./match-entry.ts";
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
    const rows = told.length > 0 ? await rowsFor(tx, ctx, told, kinds.has("unit")) : [];
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
async function rowsFor(tx: Transaction, ctx: Context, entries: readonly JournalEntry[], climbs: boolean) {
  const { now } = ctx;
  const places = new Map<string, string[]>();
  for (const entry of entries) {
    const key = `${entry.subjectType} ${entry.subjectId}`;
    if (!places.has(key)) places.set(key, climbs ? await pathOf(tx, entry, dayInDenmark(now)) : []);
  }
  const watched = await watchesOf(tx, entries, [...new Set([...places.values()].flat())]);
  const holders = await holdersOf(tx, ctx, entries);
  return entries.flatMap((entry) => {
    const path = places.get(`${entry.subjectType} ${entry.subjectId}`) ?? [];
    const receivers = new Map(
      (versionOf(entry) ? (holders.get(entry.subjectId) ?? []) : watched)
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
  if (subjectType === "unit") return [subjectId, ...(await unitPathOf(tx, subjectId, day))];
  return subjectType === "location" ? await unitPathOfGln(tx, subjectId, day) : [];
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
  return await selectWatches(tx, or(inArray(watches.gln, glns), inArray(watches.sorId, [...units])));
}

/** The watches of admitted accounts that match, each with its account. */
async function selectWatches(
  tx: Transaction,
  condition: SQL | undefined,
): Promise<(Watched & { userId: string })[]> {
  const { subscriptionId, kind, gln, messageType, sorId, afterSequence } = watches;
  return await tx
    .select({
      ...{ subscriptionId, kind, gln, messageType, sorId, afterSequence },
      ...{ digest: subscriptions.digest, userId: users.id },
    })
    .from(watches)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionId))
    .innerJoin(users, sql`${users.id}::text = ${subscriptions.wishes} ->> 'userId'`)
    .where(and(eq(subscriptions.state, "active"), isAdmitted, condition));
}

/**
 * By the subject of an entry about the phasing out of a version, the watches of accounts whose location numbers receive or send it, and
 * of location numbers that do.
 */
async function holdersOf(
  tx: Transaction,
  ctx: Context,
  entries: readonly JournalEntry[],
): Promise<ReadonlyMap<string, Watched[]>> {
  const holders = new Map<string, Watched[]>();
  const asked = [...new Set(entries.filter((entry) => versionOf(entry)).map(({ subjectId }) => subjectId))];
  if (asked.length === 0) return holders;
  const isHeld = sql`r.superseded_at is null and (r.valid_to is null or r.valid_to > ${ctx.now.toISOString()}::timestamptz)
    and r.message_type || ' ' || r.version = any(${sql.param(asked)}::text[])`;
  const pair = sql<string>`r.message_type || ' ' || r.version`;
  const note = (pairs: readonly { pair: string }[], watch: Watched) => {
    for (const { pair } of pairs) holders.set(pair, [...(holders.get(pair) ?? []), watch]);
  };
  for (const watch of await selectWatches(tx, eq(watches.kind, "versions"))) {
    const actor = await actorForUserId(tx, watch.userId, ctx.now);
    if (!actor) continue;
    const own = await locationConditions({ ...ctx, db: tx, actor }, LocationFilter.parse({}), "exact");
    const held = sql`${locationVersions} lv join registrations r on r.gln = lv.gln and ${isHeld}`;
    note(await tx.selectDistinct({ pair }).from(held).where(own), watch);
  }
  const watched = sql`r.gln in (select ${watches.gln} from ${watches} where ${watches.kind} = 'location')`;
  const [gln, messageType] = [sql<string>`r.gln`, sql<string>`r.message_type`];
  const held = await tx
    .selectDistinct({ gln, messageType, pair })
    .from(sql`registrations r`)
    .where(and(isHeld, watched));
  const byGln = Map.groupBy(held, (row) => row.gln);
  for (const watch of await selectWatches(tx, eq(watches.kind, "location"))) {
    const types = byGln.get(watch.gln ?? "") ?? [];
    note(
      types.filter((row) => [null, row.messageType].includes(watch.messageType)),
      watch,
    );
  }
  return holders;
}

function isMeantFor(watch: Watched, entry: JournalEntry, path: readonly string[]): boolean {
  if (entry.sequence <= watch.afterSequence) return false;
  if (entry.subjectType === "message-type-version") return true;
  if (watch.kind === "unit") return path.includes(watch.sorId ?? "");
  if (entry.subjectType !== "location" || entry.subjectId !== watch.gln) return false;
  return watch.messageType === null || (changedTypes(entry)?.includes(watch.messageType) ?? false);
}
