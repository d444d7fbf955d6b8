import type { Deps } from "../app-env.ts";

// All streams wake at the same event; without a limit one client's streams would use every database connection.
const atOnce = 2;

type Reads = {
  running: number;
  readonly waiting: (() => void)[];
  /** Reads in progress, by question: streams with the same question share the result. */
  readonly shared: Map<string, Promise<unknown>>;
};
const readsOf = new WeakMap<Deps, Map<string, Reads>>();

function readsFor(deps: Deps, holder: string): Reads {
  const all = readsOf.get(deps) ?? new Map<string, Reads>();
  readsOf.set(deps, all);
  const reads = all.get(holder) ?? { running: 0, waiting: [], shared: new Map() };
  all.set(holder, reads);
  return reads;
}

async function inTurn<Value>(reads: Reads, read: () => Promise<Value>): Promise<Value> {
  if (reads.running >= atOnce) await new Promise<void>((resolve) => reads.waiting.push(resolve));
  else reads.running += 1;
  try {
    return await read();
  } finally {
    // The slot passes directly to the next in the queue, so that none overtakes it.
    const next = reads.waiting.shift();
    if (next) next();
    else reads.running -= 1;
  }
}

/**
 * Reads the feed for a stream of `holder`: a holder has two concurrent reads, further ones wait in order, and concurrent reads
 * with the same `question` (caller, filter and offset) are shared.
 */
export async function readFeed<Value>(
  deps: Deps,
  { holder, question }: { holder: string; question: string },
  read: () => Promise<Value>,
): Promise<Value> {
  const reads = readsFor(deps, holder);
  const standing = reads.shared.get(question) as Promise<Value> | undefined;
  if (standing !== undefined) return await standing;
  const reading = inTurn(reads, read);
  reads.shared.set(question, reading);
  try {
    return await reading;
  } finally {
    reads.shared.delete(question);
    if (reads.running === 0 && reads.shared.size === 0) readsOf.get(deps)?.delete(holder);
  }
}
