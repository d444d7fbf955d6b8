import { createShares, type Places, type ShareRule } from "@sor/core/shares";

/** A bounded pool for work leased from the database, with a share for each supplier; slow work does not block other work. */
export type Crew = {
  /** The number of free slots, and who holds the others: what to fetch work with. */
  free: () => { limit: number; places: Places };
  /** Starts a piece of work that was fetched for these slots. `work` reports its own errors and never rejects. */
  begin: (supplierId: string, work: () => Promise<void>) => void;
  /** Resolves when all started work has ended. */
  settled: () => Promise<void>;
};

/** Creates the slots by the rule; `ended` is called after each piece. */
export function createCrew(rule: ShareRule, ended: () => void = () => undefined): Crew {
  const shares = createShares(rule);
  const underWay = new Set<Promise<void>>();
  return {
    free: () => ({ limit: rule.limit - shares.total(), places: { rule, held: shares.held() } }),
    begin: (supplierId, work) => {
      // The fetched work is within the shares: since they were read, slots have only been released.
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
