import { type Changed, type ChangedSubject, changedBy, type Journalled, unchanged } from "./changed.ts";
import {
  asDomainError,
  type Database,
  type ExecuteNamed,
  onOneConnection,
  type ReadDatabase,
  type Transaction,
} from "./database/index.ts";
import { DomainError } from "./errors.ts";
import { appendEntries, journalRefusal, type NewEntry } from "./journal/index.ts";
import { type Action, type Actor, may, mayAnywhere, type Subject } from "./permissions/index.ts";

export { type Changed, type ChangedSubject, changedBy, unchanged } from "./changed.ts";

/** A request that may be repeated: its result is stored in the transaction that executes it, so that it is executed once. */
type RequestMemory = {
  recall: (tx: Transaction) => Promise<{ result: unknown } | undefined>;
  remember: (tx: Transaction, result: unknown) => Promise<void>;
  /** Every change of the request is executed once, not only those marked `once`. */
  isForAll?: true;
};

/** What every use case gets: read access, the actor and the time. Writes go through `change`. */
export type Context = {
  readonly db: ReadDatabase;
  readonly actor: Actor;
  readonly now: Date;
  /** Set for a request with an idempotency key (Idempotency-Key). */
  readonly request?: RequestMemory;
  /** Dry run: changes are checked and executed as usual, their results are returned, and everything is rolled back. */
  readonly isRehearsal?: true;
};

const writable = new WeakMap<Context, Database>();

/** A context for one request or job. Only `change` and `work` reach the writable database behind it. */
export function createContext(database: Database, actor: Actor, now: Date): Context {
  return made(database, { db: database, actor, now });
}

function made(database: Database, ctx: Context): Context {
  writable.set(ctx, database);
  return ctx;
}

function databaseOf(ctx: Context): Database {
  const database = writable.get(ctx);
  if (!database) throw new Error("this context was not made by createContext");
  return database;
}

/** The same time and database for what the system does around a request, such as storing its response. */
export function asSystem(ctx: Context, job: string): Context {
  return asActor(ctx, { kind: "system", job });
}

/** The same time and database for the actor on whose behalf a job runs. */
export function asActor(ctx: Context, actor: Actor): Context {
  const { request: _, ...same } = ctx;
  return made(databaseOf(ctx), { ...same, actor });
}

/** The same actor and time for a dry run: each change gives its usual result, refusals included, and is rolled back. */
export function asRehearsal(ctx: Context): Context {
  const { request: _, ...same } = ctx;
  return made(databaseOf(ctx), { ...same, isRehearsal: true });
}

/** The same request with its memory: a change marked `once` is executed once. */
export function withMemory(ctx: Context, request: RequestMemory): Context {
  return made(databaseOf(ctx), { db: ctx.db, actor: ctx.actor, now: ctx.now, request });
}

/** The action and its subject. The subject may be loaded in the writing transaction, so that it is not stale. */
export type Change = {
  action: Action;
  subject: Subject | ((tx: Transaction) => Promise<Subject>);
  comment?: string | undefined;
  /** Details added to a refusal, such as the place in the input that names the subject; called once the subject is known. */
  refusal?: () => Readonly<Record<string, unknown>>;
  /** The error to throw instead of `not-allowed`, such as `not-found`; the refusal is journalled all the same. */
  refusedAs?: () => DomainError | undefined;
  /** When the same request is repeated, returns the first result (parsed from JSON) and writes nothing. */
  once?: true;
};

/** Runs reads that must be consistent with one another in one read-only snapshot of the database. */
export async function inSnapshot<T>(ctx: Context, read: (tx: Transaction) => Promise<T>): Promise<T> {
  return await databaseOf(ctx).transaction(read, {
    isolationLevel: "repeatable read",
    accessMode: "read only",
  });
}

class Rehearsed extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super("rehearsed");
    this.result = result;
  }
}

class Refused extends Error {
  readonly what: Omit<Change, "comment" | "once">;
  readonly subject: Subject;
  constructor(what: Refused["what"], subject: Subject) {
    super("refused");
    this.what = what;
    this.subject = subject;
  }
}

/**
 * Internal writes of a system job: queues, leases, attempts, counters. No permission is checked and nothing is journalled, so
 * only an actor of kind `system` may use it; anybody else gets `not-allowed`, and the refusal is journalled.
 */
export async function work<T>(ctx: Context, write: (tx: Transaction) => Promise<T>): Promise<T> {
  const database = databaseOf(ctx);
  if (ctx.actor.kind !== "system") {
    const subject = { type: "register", id: "jobs" } as const;
    return await refuse(ctx, database, { action: "register.import", subject }, subject);
  }
  try {
    return await database.transaction(write);
  } catch (error) {
    throw asDomainError(error);
  }
}

/**
 * Writes of people, keys and programs: checks the permission, opens the transaction, runs `write` and appends the journal entries
 * in the same transaction. A refusal is journalled too and throws `not-allowed`. In a dry run nothing is stored or journalled.
 */
export async function change<T>(
  ctx: Context,
  what: Change,
  write: (tx: Transaction) => Promise<Changed<T>>,
): Promise<T> {
  return await transact(ctx, what, async (tx, recall) => {
    const subject = typeof what.subject === "function" ? await what.subject(tx) : what.subject;
    if (!may(ctx.actor, what.action, subject, ctx.now)) throw new Refused(what, subject);
    const earlier = await recall();
    if (earlier) return { earlier: earlier.earlier as T };
    const { entries, ...done } = await write(tx);
    const acted = entries.map((entry) => ({ ...entry, action: what.action }));
    return { ...done, ...changedBy(done.result, acted) };
  });
}

/**
 * As `change`, for what the journal does not record: messages, which have events of their own, and what an account keeps for
 * itself. A refusal is journalled.
 */
export async function changeUnjournalled<T>(
  ctx: Context,
  what: Change,
  write: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return await change(ctx, what, async (tx) => unchanged(await write(tx)));
}

/** What a callback of `changeAll` returns: as `Changed`, and every entry names its action. */
type Acted<T> = Journalled<T, ChangedSubject & { action: Action }>;

/** Throws the refusal of `changeAll`, which is journalled, when the actor may not do the action on the subject. */
export type RequireMay = (
  action: Action,
  subject: Subject,
  refusal?: Readonly<Record<string, unknown>>,
) => void;

/**
 * As `change`, for a transaction that writes several subjects: `write` asks `requireMay` for each before it changes anything, and
 * every entry names its action.
 */
export async function changeAll<T>(
  ctx: Context,
  how: Pick<Change, "comment" | "once">,
  write: (tx: Transaction, requireMay: RequireMay) => Promise<Acted<T>>,
): Promise<T> {
  const requireMay: RequireMay = (action, subject, refusal) => {
    if (may(ctx.actor, action, subject, ctx.now)) return;
    throw new Refused({ action, subject, ...(refusal && { refusal: () => refusal }) }, subject);
  };
  return await transact(ctx, how, async (tx, recall) => {
    const earlier = await recall();
    if (earlier) return { earlier: earlier.earlier as T };
    return await write(tx, requireMay);
  });
}

/** As `changeAll`, for what the journal does not record. */
export async function changeAllUnjournalled<T>(
  ctx: Context,
  how: Pick<Change, "once">,
  write: (tx: Transaction, requireMay: RequireMay) => Promise<T>,
): Promise<T> {
  return await changeAll(ctx, how, async (tx, requireMay) => unchanged(await write(tx, requireMay)));
}

async function transact<T>(
  ctx: Context,
  { comment, once }: Pick<Change, "comment" | "once">,
  write: (
    tx: Transaction,
    recall: () => Promise<{ earlier: unknown } | undefined>,
  ) => Promise<Acted<T> | { earlier: T }>,
): Promise<T> {
  const database = databaseOf(ctx);
  const memory = once || ctx.request?.isForAll ? ctx.request : undefined;
  try {
    return await database.transaction(async (tx) => {
      const done = await write(tx, async () => {
        const found = await memory?.recall(tx);
        return found && { earlier: found.result };
      });
      if ("earlier" in done) return done.earlier;
      let { result } = done;
      if (ctx.isRehearsal) throw new Rehearsed(result);
      const { entries, numbered } = done;
      if (entries.length > 0) {
        const rows = entries.map((entry): NewEntry => ({ ...entry, outcome: "done", comment }));
        const sequence = await appendEntries(tx, ctx.actor, ctx.now, rows);
        if (numbered) result = numbered(sequence);
      }
      await memory?.remember(tx, result);
      return result;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as T;
    if (error instanceof Refused) return await refuse(ctx, database, error.what, error.subject);
    throw asDomainError(error);
  }
}

/**
 * Changes of one kind by several actors, batched in one transaction; for changes that are not journalled. `write` gets the parts
 * whose actors have the permission. Throws database errors: then none of them was done.
 */
export async function changeTogether<Part extends { ctx: Context }>(
  parts: readonly [Part, ...Part[]],
  action: Action,
  steps: {
    subjects: (tx: Transaction) => Promise<(part: Part) => Subject>;
    write: (tx: Transaction, allowed: readonly Part[], execute: ExecuteNamed) => Promise<void>;
  },
): Promise<void> {
  const database = databaseOf(parts[0].ctx);
  if (parts.some(({ ctx }) => writable.get(ctx) !== database)) throw new Error("contexts of two databases");
  if (parts.some(({ ctx }) => ctx.isRehearsal)) throw new Error("what is done together is not rehearsed");
  await onOneConnection(database, async (tx, execute) => {
    const subjectOf = await steps.subjects(tx);
    const allowed = parts.filter((part) => may(part.ctx.actor, action, subjectOf(part), part.ctx.now));
    await steps.write(tx, allowed, execute);
  });
}

/**
 * Throws `not-allowed`, journalled as any refusal, if the actor may not perform the action on any subject; for checks before the
 * subject is known.
 */
export async function requireAnywhere(ctx: Context, action: Action, type: Subject["type"]): Promise<void> {
  if (mayAnywhere(ctx.actor, action, ctx.now)) return;
  const subject = { type, id: "any" };
  await refuse(ctx, databaseOf(ctx), { action, subject }, subject);
}

async function refuse(
  ctx: Context,
  database: Database,
  { action, refusal, refusedAs }: Omit<Change, "comment" | "once">,
  subject: Subject,
): Promise<never> {
  if (ctx.actor.kind === "anonymous") {
    throw new DomainError("not-signed-in", "sign-in-first", { action });
  }
  const { type: subjectType, id: subjectId, glns } = subject;
  await journalRefusal(database, ctx.actor, ctx.now, { action, subjectType, subjectId, glns });
  throw (
    refusedAs?.() ??
    new DomainError("not-allowed", "no-right", {
      action,
      subjectType,
      ...refusal?.(),
    })
  );
}
