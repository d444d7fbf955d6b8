import { mostFor, type ShareRule } from "./share-rule.ts";

/** A holding of a bounded resource until it is given back. */
export type Held = {
  /** Changes the amount held; returns why it cannot be increased, and then the amount is unchanged. */
  hold: (amount: number) => NoRoom | undefined;
  /** Gives all of it back; idempotent. */
  giveBack: () => void;
};

/** `own-share`: there is more, but this holder has used up its share; `full`: too little is left for anybody. */
export type NoRoom = "own-share" | "full";
export type Taken = { held: Held } | { noRoom: NoRoom };

/** A bounded resource of this process and who holds how much of it. */
export type Shares = {
  readonly rule: ShareRule;
  /** Takes an amount (default 1) for a holder, or returns why not. Checks and counts in one synchronous step. */
  take: (holder: string, amount?: number) => Taken;
  /** The same for an amount of 1, waiting up to so many milliseconds until there is room; who waits longer comes first. */
  takeWithin: (holder: string, milliseconds: number) => Promise<Taken>;
  /** Why a holder could not take the amount now; undefined if it could. */
  noRoomFor: (holder: string, amount: number) => NoRoom | undefined;
  /** The amount each holder has now. */
  held: () => ReadonlyMap<string, number>;
  total: () => number;
};

/** Creates a bounded resource of which nobody holds anything yet. */
export function createShares(rule: ShareRule): Shares {
  const counts = new Map<string, number>();
  const waiting = new Set<{ holder: string; settle: (taken: Taken) => void }>();
  let total = 0;
  const noRoomFor = (holder: string, amount: number): NoRoom | undefined => {
    const own = counts.get(holder) ?? 0;
    if (own + amount <= mostFor(rule, total - own)) return undefined;
    return own > 0 && total + amount <= rule.limit ? "own-share" : "full";
  };
  const add = (holder: string, amount: number) => {
    total += amount;
    const count = (counts.get(holder) ?? 0) + amount;
    if (count > 0) counts.set(holder, count);
    else counts.delete(holder);
  };
  const letIn = () => {
    for (const { holder, settle } of waiting) {
      const taken = take(holder);
      if ("held" in taken) settle(taken);
    }
  };
  const take = (holder: string, amount = 1): Taken => {
    const noRoom = noRoomFor(holder, amount);
    if (noRoom) return { noRoom };
    let has = amount;
    add(holder, amount);
    const hold = (wanted: number) => {
      const more = wanted - has;
      const refused = more > 0 ? noRoomFor(holder, more) : undefined;
      if (refused) return refused;
      has = wanted;
      add(holder, more);
      if (more < 0) letIn();
      return undefined;
    };
    return { held: { hold, giveBack: () => void hold(0) } };
  };
  const takeWithin = (holder: string, milliseconds: number): Promise<Taken> => {
    const taken = take(holder);
    if ("held" in taken) return Promise.resolve(taken);
    const { promise, resolve } = Promise.withResolvers<Taken>();
    const settle = (outcome: Taken) => {
      clearTimeout(timer);
      waiting.delete(waiter);
      resolve(outcome);
    };
    const waiter = { holder, settle };
    const timer = setTimeout(() => settle(take(holder)), milliseconds);
    waiting.add(waiter);
    return promise;
  };
  return { rule, noRoomFor, held: () => counts, total: () => total, take, takeWithin };
}
