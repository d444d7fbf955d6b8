import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ask, type Origin, pause } from "./http.ts";
import { type RouteOutcome, type RouteQuestion, resolve } from "./resolve.ts";
import { type Head, Table } from "./table.ts";

export type ResolverOptions = Omit<Origin, "signal"> & {
  /** Where the copy is kept on disk, so that a restart without the gateway still answers. */
  file?: string | undefined;
  /** Seconds between questions; 5 by default. */
  pollSeconds?: number | undefined;
  /** Told of questions that failed; the resolver goes on with what it has. */
  onProblem?: ((error: unknown) => void) | undefined;
};

export type ResolverState = {
  /** Journal number that answers are as of; 0 before there is a table. */
  sequence: number;
  /** For how many seconds changes may be missing; infinite before there is a table. */
  ageSeconds: number;
  locations: number;
};

export type Resolver = {
  /** Resolves when there is a table, from the gateway or from the file. */
  ready: Promise<void>;
  /** The answer from the copy, at once. Throws before there is a table. */
  resolve: (question: RouteQuestion) => RouteOutcome;
  state: () => ResolverState;
  /** Asks the gateway now; resolves when the copy is up to date, rejects when it could not be asked. */
  look: () => Promise<void>;
  stop: () => Promise<void>;
};

const savedEveryMilliseconds = 60_000;
/** How often a whole table is fetched in a row before the look is given up: the register is being loaded. */
const wholeMost = 5;

class Follower {
  readonly #options: ResolverOptions;
  readonly #origin: Origin;
  #table: Table | undefined;
  /** Until when the table was known to be up to date, by this machine's clock. */
  #freshAt = 0;
  #savedAt = 0;

  constructor(options: ResolverOptions, signal: AbortSignal) {
    this.#options = options;
    this.#origin = { ...options, signal };
  }

  get table(): Table | undefined {
    return this.#table;
  }

  state(): ResolverState {
    const ageSeconds = this.#table
      ? Math.max(0, Date.now() - this.#freshAt) / 1000
      : Number.POSITIVE_INFINITY;
    return { sequence: this.#table?.sequence ?? 0, ageSeconds, locations: this.#table?.locations.size ?? 0 };
  }

  /** Brings the table up to date. A whole one is used only once what changed since it was made is in it too. */
  async look(): Promise<void> {
    let table = this.#table;
    for (let wholes = 0; wholes <= wholeMost; wholes += 1) {
      const askedAt = Date.now();
      const since = table ? `?since=${table.position}` : "";
      const text = await (await ask(this.#origin, `/v1/routes/table${since}`)).text();
      const isWhole = (JSON.parse(text.slice(0, text.indexOf("\n"))) as Head).kind === "full";
      if (isWhole) table = new Table();
      if (!table) throw new Error("the gateway told changes of a table that was not asked for");
      const { staleSeconds } = table.apply(text);
      if (isWhole) continue;
      this.#table = table;
      this.#freshAt = askedAt - (staleSeconds ?? 0) * 1000;
      return await this.save(savedEveryMilliseconds);
    }
    throw new Error("the routing table changes as a whole, again and again");
  }

  /** Takes the table from the file, if there is one. */
  async load(): Promise<void> {
    const { file } = this.#options;
    if (file === undefined) return;
    try {
      const text = await readFile(file, "utf8");
      const table = new Table();
      const at = text.indexOf("\n");
      table.apply(text.slice(at + 1));
      this.#table = table;
      this.#freshAt = (JSON.parse(text.slice(0, at)) as { freshAt: number }).freshAt;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT"))
        this.#options.onProblem?.(error);
    }
  }

  /** Writes the table and its age to the file, if that was not done within so many milliseconds. */
  async save(within: number): Promise<void> {
    const { file } = this.#options;
    const table = this.#table;
    if (file === undefined || !table || Date.now() - this.#savedAt < within) return;
    await mkdir(dirname(file), { recursive: true });
    const beside = `${file}.${process.pid}.tmp`;
    await writeFile(beside, `${JSON.stringify({ freshAt: this.#freshAt })}\n${table.text()}`, {
      flush: true,
    });
    await rename(beside, file);
    this.#savedAt = Date.now();
  }
}

/**
 * Answers lookups from a copy of the routing table in this process. It asks for changes every few seconds, goes on with what it
 * has while the gateway cannot be reached, and says how old that is. What begins or ends to hold does so by this machine's clock.
 */
export function createResolver(options: ResolverOptions): Resolver {
  const stopping = new AbortController();
  const follower = new Follower(options, stopping.signal);
  const first = aPromise();
  const follow = async () => {
    await follower.load();
    while (!stopping.signal.aborted) {
      if (follower.table) first.resolve();
      await follower.look().then(first.resolve, (error: unknown) => {
        if (!stopping.signal.aborted) options.onProblem?.(error);
      });
      await pause((options.pollSeconds ?? 5) * 1000, stopping.signal);
    }
    first.reject(new Error("the resolver was stopped"));
  };
  first.promise.catch(() => undefined);
  const following = follow();
  return {
    ready: first.promise,
    resolve: (question) => {
      if (!follower.table) throw new Error("there is no routing table yet");
      return resolve(follower.table, question, Math.floor(Date.now() / 1000));
    },
    state: () => follower.state(),
    look: () => follower.look(),
    stop: async () => {
      stopping.abort();
      await following;
      await follower.save(0);
    },
  };
}

/** A promise, and its two ends; Node 20 has no `Promise.withResolvers`. */
function aPromise() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    [resolve, reject] = [done, failed];
  });
  return { promise, resolve, reject };
}
