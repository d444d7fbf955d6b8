import { beforeClose, type Database, mayPass } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { appendEntries } from "./append.ts";

/** For one actor and action, this many subjects per minute get an entry each; the rest are counted in one entry. */
const namedMost = 5;
const minute = 60_000;
/** Maximum number of actors and actions counted at once; beyond that the oldest count is written first. */
const countsMost = 10_000;

type Refusal = {
  action: string;
  subjectType: string;
  subjectId: string;
  glns?: readonly string[] | undefined;
};
type Count = {
  actor: Actor;
  minute: number;
  named: Set<string>;
  further: number;
  last: Refusal;
  lastAt: Date;
};

const counts = new WeakMap<Database, Map<string, Count>>();

function countsOf(db: Database): Map<string, Count> {
  const known = counts.get(db);
  if (known) return known;
  const made = new Map<string, Count>();
  counts.set(db, made);
  beforeClose(db, async () => {
    for (const count of made.values()) await writeCount(db, count).catch(unlessAway);
    made.clear();
  });
  return made;
}

// Without the database no refusal can be journalled; entries already written remain.
function unlessAway(error: unknown): void {
  if (!mayPass(error)) throw error;
}

/**
 * Journals a refusal: the first few subjects of an actor and action in a minute at once, each as an entry; repeated and further
 * ones are counted in this process and written as one entry at the end of the minute, so that a client that retries endlessly
 * does not block the journal for all others. A killed process loses the count, not the entries.
 */
export async function journalRefusal(db: Database, actor: Actor, now: Date, refusal: Refusal): Promise<void> {
  const count = await countOf(db, actor, { now, refusal });
  const subject = `${refusal.subjectType} ${refusal.subjectId}`;
  if (count.named.has(subject) || count.named.size >= namedMost) {
    count.further += 1;
    count.last = refusal;
    count.lastAt = now;
    return;
  }
  count.named.add(subject);
  try {
    await db.transaction((tx) => appendEntries(tx, actor, now, [{ ...refusal, outcome: "refused" }]));
  } catch (error) {
    count.named.delete(subject);
    throw error;
  }
}

/** The count of this minute; the count of the previous minute is written first. */
async function countOf(
  db: Database,
  actor: Actor,
  { now, refusal }: { now: Date; refusal: Refusal },
): Promise<Count> {
  const all = countsOf(db);
  const name = JSON.stringify([actor.kind, "id" in actor ? actor.id : null, refusal.action]);
  const thisMinute = Math.floor(now.getTime() / minute);
  const known = all.get(name);
  if (known?.minute === thisMinute) return known;
  const count = {
    actor,
    minute: thisMinute,
    named: new Set<string>(),
    further: 0,
    last: refusal,
    lastAt: now,
  };
  all.set(name, count);
  setTimeout(() => void end(db, name, count), minute).unref();
  const [oldest] = all.size > countsMost ? all : [];
  if (oldest) all.delete(oldest[0]);
  for (const over of [known, oldest?.[1]]) if (over) await writeCount(db, over);
  return count;
}

async function end(db: Database, name: string, count: Count): Promise<void> {
  const all = countsOf(db);
  if (all.get(name) !== count) return;
  try {
    await writeCount(db, count);
    all.delete(name);
  } catch {
    // The count is kept: the next refusal or the next minute tries again.
    setTimeout(() => void end(db, name, count), minute).unref();
  }
}

async function writeCount(db: Database, count: Count): Promise<void> {
  const { actor, further, last, lastAt } = count;
  if (further === 0) return;
  count.further = 0;
  const { action, subjectType, subjectId } = last;
  const after = { furtherRefusals: further, until: lastAt };
  const entry = { action, subjectType, subjectId, outcome: "refused" as const, after };
  try {
    await db.transaction((tx) => appendEntries(tx, actor, lastAt, [entry]));
  } catch (error) {
    count.further += further;
    throw error;
  }
}
