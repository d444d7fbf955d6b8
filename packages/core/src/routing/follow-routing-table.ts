import { join } from "node:path";
import type { Database } from "../database/index.ts";
import { followJournal, type JournalFollower } from "../journal/index.ts";
import type { FollowerState } from "./follower-state.ts";
import { type LoadedTable, loadRoutingTable, readAdvance } from "./load-routing-table.ts";
import { readVerifications } from "./read-rows.ts";
import { RoutingTable } from "./routing-table.ts";
import type { RetryHints } from "./schemas.ts";
import { readTableFile, renewTableFile, saveTableFile } from "./table-file.ts";

export type FollowRoutingTable = {
  /** Database URL for the LISTEN connection. */
  url: string;
  db: Database;
  /** Folder of the saved copy; absent: none is saved. */
  dataDir?: string | undefined;
  /** Maximum time until a change is in the saved copy. */
  saveEverySeconds?: number;
  pollSeconds?: number;
  /** Default: the machine's clock. */
  clock?: () => Date;
  /** The gateway's retry settings for endpoints without their own. */
  retry?: RetryHints;
  /** Called on failures; the follower retries automatically. */
  onProblem?: (what: "read" | "save" | "saved copy", error: unknown) => void;
};

/** A routing table that is kept in sync with the register. */
export type RoutingFollower = {
  /** The table in use. Read this property for every lookup: a reload replaces the table. */
  readonly table: RoutingTable;
  state(): FollowerState;
  /** Polls the journal now; resolves when the poll has finished. */
  look(): Promise<void>;
  /** Reads now when endpoints were last verified; also done automatically every minute. */
  verify(): Promise<void>;
  /** Stops following and saves the copy. */
  stop(): Promise<void>;
};

const verifySeconds = 60;

/** A failure described for an operator, without addresses or content. */
function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return `the database could not be read${code ? ` (${code})` : ""}`;
}

class Follower implements RoutingFollower {
  readonly #options: FollowRoutingTable;
  readonly #path: string | undefined;
  #loaded: LoadedTable = { table: new RoutingTable(), hash: "" };
  #source: FollowerState["source"] = "none";
  #freshAt: Date | null = null;
  #problem: string | null = null;
  #isConnected = false;
  #saved: { at: Date; hash: string; freshAt: Date } | undefined;
  #journal: JournalFollower | undefined;
  #retry: NodeJS.Timeout | undefined;
  #saver: NodeJS.Timeout | undefined;
  #verifier: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;
  #checking: Promise<void> | undefined;
  #stopped = false;

  constructor(options: FollowRoutingTable) {
    this.#options = options;
    this.#path = options.dataDir === undefined ? undefined : join(options.dataDir, "routing-table.bin");
  }

  get table(): RoutingTable {
    return this.#loaded.table;
  }

  state(): FollowerState {
    return {
      source: this.#source,
      sequence: this.#loaded.table.sequence,
      freshAt: this.#freshAt,
      isConnected: this.#isConnected,
      problem: this.#problem,
      savedAt: this.#saved?.at ?? null,
    };
  }

  async look(): Promise<void> {
    await this.#journal?.look();
    await this.#checking;
  }

  async start(): Promise<void> {
    await this.#startFromFile();
    if (this.#source === "none") await this.#startFromDatabase();
    else this.#follow();
    const { saveEverySeconds = 300 } = this.#options;
    this.#saver = setInterval(() => void this.#save(), saveEverySeconds * 1000);
    this.#saver.unref();
    this.#verifier = setInterval(() => void this.verify(), verifySeconds * 1000);
    this.#verifier.unref();
  }

  async verify(): Promise<void> {
    try {
      this.table.parties.verify(await readVerifications(this.#options.db));
    } catch (error) {
      this.#options.onProblem?.("read", error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#saver);
    clearInterval(this.#verifier);
    await this.#journal?.stop();
    await this.#save();
  }

  async #startFromFile(): Promise<void> {
    if (this.#path === undefined) return;
    try {
      const saved = await readTableFile(this.#path);
      if (!saved) return;
      const { freshAt, ...loaded } = saved;
      this.#loaded = this.#withSettings(loaded);
      this.#saved = { at: freshAt, hash: loaded.hash, freshAt };
      this.#freshAt = freshAt;
      this.#source = "file";
    } catch (error) {
      this.#options.onProblem?.("saved copy", error);
    }
  }

  async #startFromDatabase(): Promise<void> {
    try {
      await this.#reload();
      this.#follow();
      await this.#save();
    } catch (error) {
      this.#lost(error);
      if (!this.#stopped) this.#retry = setTimeout(() => void this.#startFromDatabase(), 1000);
    }
  }

  async #reload(): Promise<void> {
    this.#loaded = this.#withSettings(await loadRoutingTable(this.#options.db));
    this.#source = "database";
    this.#fresh();
  }

  #withSettings(loaded: LoadedTable): LoadedTable {
    const { retry } = this.#options;
    if (retry) loaded.table.parties.retry = retry;
    return loaded;
  }

  #follow(): void {
    const { url, db, pollSeconds } = this.#options;
    this.#journal = followJournal({
      url,
      db,
      after: this.table.sequence,
      ...(pollSeconds !== undefined && { pollSeconds }),
      onEntries: () => this.#advance(),
      onCaughtUp: (sequence) => this.#caughtUp(sequence),
      onProblem: (error) => this.#lost(error),
      onBroken: () => void this.#startAnew(),
    });
  }

  /** A saved copy may belong to another journal of the same length: readAdvance compares the hash. */
  #caughtUp(sequence: number): void {
    if (this.#source !== "file" && sequence <= this.table.sequence) {
      this.#fresh();
      return;
    }
    this.#checking ??= this.#advance()
      .catch((error: unknown) => this.#lost(error))
      .finally(() => {
        this.#checking = undefined;
      });
  }

  async #startAnew(): Promise<void> {
    const ended = this.#journal;
    this.#journal = undefined;
    await ended?.stop();
    if (!this.#stopped) await this.#startFromDatabase();
  }

  /** Advances to the newest sequence, also past the notified entries: everything read belongs to one sequence. */
  async #advance(): Promise<void> {
    const { table, hash } = this.#loaded;
    const step = await readAdvance(this.#options.db, { sequence: table.sequence, hash });
    if (step.kind === "reload") {
      await this.#reload();
    } else if (step.kind === "change") {
      table.apply(step.change);
      this.#loaded = { table, hash: step.hash };
    }
    this.#source = "database";
    this.#fresh();
  }

  #fresh(): void {
    this.#freshAt = this.#now();
    this.#isConnected = true;
    this.#problem = null;
  }

  #lost(error: unknown): void {
    this.#isConnected = false;
    this.#problem = wordsOf(error);
    this.#options.onProblem?.("read", error);
  }

  #now(): Date {
    return this.#options.clock?.() ?? new Date();
  }

  // Saves even when nothing has changed: the file records until when its table was known to be current.
  async #save(): Promise<void> {
    await this.#saving;
    const [path, loaded, freshAt] = [this.#path, this.#loaded, this.#freshAt];
    const isKnown = loaded.hash === this.#saved?.hash;
    if (path === undefined || freshAt === null) return;
    if (isKnown && freshAt.getTime() === this.#saved?.freshAt.getTime()) return;
    this.#saving = (isKnown ? renewTableFile(path, freshAt) : saveTableFile(path, loaded, freshAt))
      .then(() => {
        this.#saved = { at: this.#now(), hash: loaded.hash, freshAt };
      })
      .catch((error: unknown) => {
        // A copy that cannot be renewed, for example because it was deleted, is written again in full.
        this.#saved = undefined;
        this.#options.onProblem?.("save", error);
      })
      .finally(() => {
        this.#saving = undefined;
      });
    await this.#saving;
  }
}

/**
 * Keeps a routing table in sync with the register. Starts from the saved copy if there is one, otherwise from the database as
 * soon as it is reachable, and then follows the journal. Resolves after the first attempt at both.
 */
export async function followRoutingTable(options: FollowRoutingTable): Promise<RoutingFollower> {
  const follower = new Follower(options);
  await follower.start();
  return follower;
}
