import { type Database, listenTo } from "../database/index.ts";
import { journalChannel } from "./append.ts";
import { currentSequence, type JournalEntry, listEntriesAfter } from "./list-entries.ts";

const batchEntriesMax = 1000;

export type FollowJournal = {
  /** Address for the listening connection, which the follower holds for itself. */
  url: string;
  /** Where the entries are read. */
  db: Database;
  /** The last number already known; the first entry given is the next. */
  after: number;
  /** Takes entries in order, never two calls at once. What it refuses by throwing is given again at the next poll. */
  onEntries: (entries: readonly JournalEntry[]) => Promise<void> | void;
  /** How often to look without having heard anything; 5 unless told. */
  pollSeconds?: number;
  /** Told after every look that went well, also when nothing was new: knowledge is fresh up to this number. */
  onCaughtUp?: (sequence: number) => void;
  /** Told when the database or `onEntries` failed, or the listening connection was lost; the follower goes on. */
  onProblem?: (error: unknown) => void;
  /** The journal does not continue after our number (another or a restored database). The follower has stopped. */
  onBroken?: (head: number) => void;
};

export type JournalFollower = {
  /** The last number that `onEntries` has taken. */
  readonly sequence: () => number;
  /** Looks now, and resolves when that look is over, however it went. */
  readonly look: () => Promise<void>;
  /** Ends the follower, after the call of `onEntries` that is under way. */
  readonly stop: () => Promise<void>;
};

type Look = "more" | "caught-up" | "broken";

/**
 * Gives every journal entry after a number, in order, once each. Hears notices, and looks every few seconds
 * besides, so that a lost connection costs time but never an entry.
 */
export function followJournal(options: FollowJournal): JournalFollower {
  let sequence = options.after;
  let stopped = false;
  let wanted = false;
  let running: Promise<void> | undefined;

  const takeBatch = async (): Promise<Look> => {
    const entries = await listEntriesAfter(options.db, sequence, batchEntriesMax);
    const [first] = entries;
    if (!first) {
      const head = await currentSequence(options.db);
      if (head < sequence) return "broken";
      return head > sequence ? "more" : "caught-up";
    }
    if (first.sequence !== sequence + 1) return "broken";
    await options.onEntries(entries);
    sequence = entries.at(-1)?.sequence ?? sequence;
    return entries.length === batchEntriesMax ? "more" : "caught-up";
  };

  const run = async () => {
    while (wanted && !stopped) {
      wanted = false;
      const outcome = await takeBatch();
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
