/** The size of a bounded resource, and the fraction (0 to 1) that one holder may have while nobody else holds any. */
export type ShareRule = { readonly limit: number; readonly share: number };

/**
 * The most that one holder may hold while the others hold `others`: its share of what they leave, at least 1 as long as anything
 * is left (dynamic thresholds, Choudhury and Hahne 1998). However many holders use their full share, something is left for the
 * next: with a share of a half one holds 1/2 of all, two 1/3 each, three 1/4 each.
 */
export function mostFor({ limit, share }: ShareRule, others: number): number {
  const left = Math.max(0, limit - others);
  return Math.min(left, Math.max(1, Math.floor(left * share)));
}

/** A bounded resource and how much each holder has. */
export type Places = { rule: ShareRule; held: ReadonlyMap<string, number> };

/** An unused resource that one holder may use completely. */
export const openPlaces = (limit: number): Places => ({ rule: { limit, share: 1 }, held: new Map() });

/** The holders that have used up their share. */
export function holdersWithoutRoom({ rule, held }: Places): string[] {
  const total = sumOf(held.values());
  return [...held].flatMap(([holder, count]) => (count < mostFor(rule, total - count) ? [] : [holder]));
}

const sumOf = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);

/**
 * Which waiting items get a place now: repeatedly the first item of the holder that holds least, while the rule allows it one
 * more. `waiting` is in order of preference; ties are broken by that order.
 */
export function chooseFairly<Item>(
  waiting: readonly Item[],
  holderOf: (item: Item) => string,
  { rule, held }: Places,
): Item[] {
  const queues = new Map(
    [...Map.groupBy(waiting, holderOf)].map(([holder, items]) => [holder, items.values()]),
  );
  const counts = new Map(held);
  let total = sumOf(counts.values());
  const chosen: Item[] = [];
  while (queues.size > 0) {
    const [holder, queue] = leastOf(queues, counts);
    const count = counts.get(holder) ?? 0;
    const next = count < mostFor(rule, total - count) ? queue.next() : undefined;
    // Free capacity only shrinks: a holder without room stays so for the rest of this round.
    if (!next || next.done) {
      queues.delete(holder);
      continue;
    }
    chosen.push(next.value);
    counts.set(holder, count + 1);
    total += 1;
  }
  return chosen;
}

function leastOf<Queue>(
  queues: ReadonlyMap<string, Queue>,
  counts: ReadonlyMap<string, number>,
): [string, Queue] {
  const [first, ...others] = queues;
  if (!first) throw new RangeError("nobody waits");
  const heldBy = ([holder]: [string, Queue]) => counts.get(holder) ?? 0;
  return others.reduce((least, other) => (heldBy(other) < heldBy(least) ? other : least), first);
}
