import { createShares, type Places, type ShareRule } from "@sor/core/shares";

/** Bounded places for work that is taken from the database, each supplier within its share; nobody waits for the slow. */
export type Crew = {
  /** How many places are free, and who has the others: what to take work with. */
  free: () => { limit: number; places: Places };
  /** Begins a piece of work that was taken for such places. `work` tells its own faults and never rejects. */
  begin: (supplierId: string, work: () => Promise<void>) => void;
  /** Resolves when all that has begun has ended. */
  settled: () => Promise<void>;
};

/** Makes places for as much work at once as the rule says; `ended` is told after each piece. */
export function createCrew(rule: ShareRule, ended: () => void = () => undefined): Crew {
  const shares = createShares(rule);
  const underWay = new Set<Promise<void>>();
  return {
    free: () => ({ limit: rule.limit - shares.total(), places: { rule, held: shares.held() } }),
    begin: (supplierId, work) => {
      // What was taken is within the shares: since they were read places have only been given back.
      const place = shares.take(supplierId);
      const working: Promise<void> = work().finally(() => {
        if ("held" in place) place.held.giveBack();
        underWay.delete(working);
        ended();
      });
      underWay.add(working);
    },
    settled: async () => {
      await Promise.allSettled(underWay);
    },
  };
}
