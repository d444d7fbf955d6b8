import { type Database, listenTo } from "../database/index.ts";
import { journalChannel } from "./append.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "./list-entries.ts";

const batchEntriesMax = 1000;

export type FollowJournal = {
  /** Database URL of the follower's own LISTEN connection. */
  url: string;
  /** Where the entries are read. */
  db: Database;
  /** The last number already known; the first entry delivered is the next. */
  after: number;
  /** Gets entries in order, never concurrently. If it throws, the same entries are given again at the next poll. */
  onEntries: (entries: readonly JournalEntry[]) => Promise<void> | void;
  /** Poll interval without notices; default 5. */
  pollSeconds?: number;
  /** Called after every successful poll, also when nothing was new: data is current up to this number. */
  onCaughtUp?: (sequence: number) => void;
  /** Called when the database or `onEntries` failed, or the LISTEN connection was lost; the follower continues. */
  onProblem?: (error: unknown) => void;
  /** The journal does not continue after our number (another or a restored database). The follower has stopped. */
  onBroken?: (head: number) => void;
};

export type JournalFollower = {
  /** The last number processed by `onEntries`. */
  readonly sequence: () => number;
  /** Polls now; resolves when the poll has finished, also on failure. */
  readonly look: () => Promise<void>;
  /** Stops the follower after the current call of `onEntries`. */
  readonly stop: () => Promise<void>;
};

type Look = "more" | "caught-up" | "broken";

/** Gives the next entries after a number to the follower, and returns the number up to which it has them. */
async function giveBatch(
  { db, onEntries }: FollowJournal,
  sequence: number,
): Promise<{ outcome: Look; upTo: number }> {
  const entries = await listEntriesAfter(db, sequence, batchEntriesMax);
  const [first] = entries;
  if (!first) {
    const head = await currentSequence(db);
    if (head < sequence) return { outcome: "broken", upTo: sequence };
    return { outcome: head > sequence ? "more" : "caught-up", upTo: sequence };
  }
  if (first.sequence !== sequence + 1) return { outcome: "broken", upTo: sequence };
  await onEntries(entries);
  const upTo = entries.at(-1)?.sequence ?? sequence;
  return { outcome: entries.length === batchEntriesMax ? "more" : "caught-up", upTo };
}

/**
 * Gives every journal entry after a number, in order, once each. Listens to notices and also polls every few seconds, so that a
 * lost connection causes a delay but never a lost entry.
 */
export function followJournal(options: FollowJournal): JournalFollower {
  let sequence = options.after;
  let stopped = false;
  let wanted = false;
  let running: Promise<void> | undefined;

  const run = async () => {
    while (wanted && !stopped) {
      wanted = false;
      const { outcome, upTo } = await giveBatch(options, sequence);
      sequence = upTo;
      if (outcome === "caught-up") options.onCaughtUp?.(sequence);
      if (outcome === "more") wanted = true;
      if (outcome === "broken") {
        stopped = true;
        options.onBroken?.(await currentSequence(options.db));
      }
    }
  };

  const look = (): Promise<void> => {
    wanted = true;
    running ??= run()
      .catch((error: unknown) => options.onProblem?.(error))
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const wake = () => {
    if (!stopped) void look();
  };

  const listener = listenTo(options.url, journalChannel, {
    notice: wake,
    connected: wake,
    lost: (error) => options.onProblem?.(error),
  });
  const poll = setInterval(wake, (options.pollSeconds ?? 5) * 1000);

  return {
    sequence: () => sequence,
    look,
    stop: async () => {
      stopped = true;
      clearInterval(poll);
      await listener.stop();
      await running;
    },
  };
}
