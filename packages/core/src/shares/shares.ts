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
  /** Why a holder could not take the amount now; undefined if it could. */
  noRoomFor: (holder: string, amount: number) => NoRoom | undefined;
  /** The amount each holder has now. */
  held: () => ReadonlyMap<string, number>;
  total: () => number;
};

/** Creates a bounded resource of which nobody holds anything yet. */
export function createShares(rule: ShareRule): Shares {
  const counts = new Map<string, number>();
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
  return {
    rule,
    noRoomFor,
    held: () => counts,
    total: () => total,
    take: (holder, amount = 1) => {
      const noRoom = noRoomFor(holder, amount);
      if (noRoom) return { noRoom };
      let has = amount;
      add(holder, amount);
      return {
        held: {
          hold: (wanted) => {
            const more = wanted - has;
            const refused = more > 0 ? noRoomFor(holder, more) : undefined;
            if (refused) return refused;
            has = wanted;
            add(holder, more);
            return undefined;
          },
          giveBack: () => {
            add(holder, -has);
            has = 0;
          },
        },
      };
    },
  };
}
