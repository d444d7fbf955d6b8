import { asDomainError, type Database, type ReadDatabase, type Transaction } from "./database/index.ts";
import { DomainError } from "./errors.ts";
import { appendEntries, journalRefusal, type NewEntry } from "./journal/index.ts";
import { type Action, type Actor, may, mayAnywhere, type Subject } from "./permissions/index.ts";

/** A request that may come twice: what it came to is kept by the transaction that does it, so that it is done once. */
export type RequestMemory = {
  recall: (tx: Transaction) => Promise<{ result: unknown } | undefined>;
  remember: (tx: Transaction, result: unknown) => Promise<void>;
  /** Every change of the request is done once, not only those that are said to be. */
  isForAll?: true;
};

/** What every use case gets: reading without a trace, who asks, and the time. Writing goes through `change`. */
export type Context = {
  readonly db: ReadDatabase;
  readonly actor: Actor;
  readonly now: Date;
  /** Of a request that carries its own name (Idempotency-Key). */
  readonly request?: RequestMemory;
  /** Changes are decided and carried out as ever, and then rolled back: what comes of them is told, and nothing kept. */
  readonly isRehearsal?: true;
};

const writable = new WeakMap<Context, Database>();

/** A context for one request or job. Only `change` reaches the writable database behind it. */
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

/** The same moment and database for what the system does by itself around a request, such as keeping its answer. */
export function asSystem(ctx: Context, job: string): Context {
  return asActor(ctx, { kind: "system", job });
}

/** The same moment and database for somebody on whose behalf a job goes on. */
export function asActor(ctx: Context, actor: Actor): Context {
  const { request: _, ...same } = ctx;
  return made(databaseOf(ctx), { ...same, actor });
}

/** The same actor and moment for a dry run: each change ends as it would, refusals and all, and leaves nothing behind. */
export function asRehearsal(ctx: Context): Context {
  const { request: _, ...same } = ctx;
  return made(databaseOf(ctx), { ...same, isRehearsal: true });
}

/** The same request with its memory: a change that is said to happen `once` in it happens once. */
export function withMemory(ctx: Context, request: RequestMemory): Context {
  return made(databaseOf(ctx), { db: ctx.db, actor: ctx.actor, now: ctx.now, request });
}

/** What is to be done to what. The subject may be loaded in the transaction that writes, so that it cannot have moved. */
export type Change = {
  action: Action;
  subject: Subject | ((tx: Transaction) => Promise<Subject>);
  comment?: string | undefined;
  /** What a refusal tells of the subject, such as the place in the input that names it; asked when the subject is known. */
  refusal?: () => Readonly<Record<string, unknown>>;
  /** What a refused actor is told instead, such as that there is no such thing; it is journalled as a refusal all the same. */
  refusedAs?: () => DomainError | undefined;
  /** Asked again by the same request, the first result is given (as JSON has it) and nothing written. */
  once?: true;
};

/** What one thing was and became; `glns` and `sorIds` tell followers what to read again. */
export type ChangedSubject = {
  subjectType: string;
  subjectId: string;
  glns?: readonly string[] | undefined;
  sorIds?: readonly string[] | undefined;
  before?: unknown;
  after?: unknown;
};

/**
 * What a writing callback gives: its result, and the journal entries. No entries means that nothing changed. Whoever is told the
 * number of the last entry gives the result with it by `numbered`.
 */
export type Changed<T> = {
  result: T;
  entries: readonly ChangedSubject[];
  numbered?: (sequence: number) => T;
};

/** Reads that must agree with one another: all in one read-only snapshot of the database. */
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
  readonly subject: Subject;
  constructor(subject: Subject) {
    super("refused");
    this.subject = subject;
  }
}

/**
 * What a job of the system writes by itself: queues, leases, attempts, counters. Nobody's right is asked and nothing is journalled,
 * so that only an actor of kind `system` may do it; anybody else is refused (`not-allowed`), and journalled as a refusal.
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
 * What people, keys and programs write: asks the permission, opens the transaction, runs `write`, and appends the journal
 * entries in the same transaction. A refusal is journalled too and throws `not-allowed`. In a rehearsal nothing of `write` is
 * kept, nor journalled.
 */
export async function change<T>(
  ctx: Context,
  what: Change,
  write: (tx: Transaction) => Promise<Changed<T>>,
): Promise<T> {
  const database = databaseOf(ctx);
  const memory = what.once || ctx.request?.isForAll ? ctx.request : undefined;
  try {
    return await database.transaction(async (tx) => {
      const subject = typeof what.subject === "function" ? await what.subject(tx) : what.subject;
      if (!may(ctx.actor, what.action, subject, ctx.now)) throw new Refused(subject);
      const earlier = await memory?.recall(tx);
      if (earlier) return earlier.result as T;
      const done = await write(tx);
      let { result } = done;
      if (ctx.isRehearsal) throw new Rehearsed(result);
      const { entries, numbered } = done;
      if (entries.length > 0) {
        const rows = entries.map(
          (entry): NewEntry => ({
            ...entry,
            action: what.action,
            outcome: "done",
            comment: what.comment,
          }),
        );
        const sequence = await appendEntries(tx, ctx.actor, ctx.now, rows);
        if (numbered) result = numbered(sequence);
      }
      await memory?.remember(tx, result);
      return result;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as T;
    if (error instanceof Refused) return await refuse(ctx, database, what, error.subject);
    throw asDomainError(error);
  }
}

/**
 * Changes of one kind by several actors in one transaction, so that they share its cost; for what is not journalled. `write` is
 * given those that their actors may do. Throws what the database throws: then none of them was done.
 */
export async function changeTogether<Part extends { ctx: Context }>(
  parts: readonly [Part, ...Part[]],
  action: Action,
  steps: {
    subjects: (tx: Transaction) => Promise<(part: Part) => Subject>;
    write: (tx: Transaction, allowed: readonly Part[]) => Promise<void>;
  },
): Promise<void> {
  const database = databaseOf(parts[0].ctx);
  if (parts.some(({ ctx }) => writable.get(ctx) !== database)) throw new Error("contexts of two databases");
  if (parts.some(({ ctx }) => ctx.isRehearsal)) throw new Error("what is done together is not rehearsed");
  await database.transaction(async (tx) => {
    const subjectOf = await steps.subjects(tx);
    await steps.write(
      tx,
      parts.filter((part) => may(part.ctx.actor, action, subjectOf(part), part.ctx.now)),
    );
  });
}

/**
 * Throws `not-allowed`, journalled as any refusal, where the actor may do the action to no subject whatever: what can be said before
 * the subject is known.
 */
export async function requireAnywhere(ctx: Context, action: Action, type: Subject["type"]): Promise<void> {
  if (mayAnywhere(ctx.actor, action, ctx.now)) return;
  const subject = { type, id: "any" };
  await refuse(ctx, databaseOf(ctx), { action, subject }, subject);
}

async function refuse(
  ctx: Context,
  database: Database,
  { action, refusal, refusedAs }: Change,
  subject: Subject,
): Promise<never> {
  if (ctx.actor.kind === "anonymous") {
    throw new DomainError("not-signed-in", "Sign in first.", { action });
  }
  const { type: subjectType, id: subjectId, glns } = subject;
  await journalRefusal(database, ctx.actor, ctx.now, { action, subjectType, subjectId, glns });
  throw (
    refusedAs?.() ??
    new DomainError("not-allowed", "You do not have the right to do this.", {
      action,
      subjectType,
      ...refusal?.(),
    })
  );
}
