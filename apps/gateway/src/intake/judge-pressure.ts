/** State about refusals for lack of capacity, kept between checks. */
export type PressureMemory = {
  /** Refusals of this process until the last check. */
  refusedBefore: number;
  /** The current episode of refusals: start, end, count, and since when the database knows of it. */
  episode: { since: Date; lastAt: Date; refused: number; knownSince: Date | null } | null;
};

/** What to report to the alerts: ongoing for so many seconds, or over. */
export type PressureSignal =
  | { kind: "raise"; forSeconds: number; facts: { refused: number; since: string } }
  | { kind: "clear" };

export type PressureLook = { memory: PressureMemory; signal: PressureSignal | null; isOver: boolean };

/** After this long without a refusal the episode is over. */
const quietSeconds = 15;
/** The signal is repeated at every check; it survives two checks that fail. */
const signalSeconds = 30;
/** The minimum duration that the alert's rule requires. */
const worthTellingSeconds = 30;
const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** No refusals yet. */
export const noPressure: PressureMemory = { refusedBefore: 0, episode: null };

/**
 * The result of one more check, from the number of refusals since the process began. An episode that could not be reported
 * while it lasted, because the database was unavailable, is reported afterwards, long enough for an incident to open and close.
 */
export function judgePressure(memory: PressureMemory, refusedInAll: number, now: Date): PressureLook {
  const more = refusedInAll - memory.refusedBefore;
  const { episode } = memory;
  if (more > 0) {
    const refused = (episode?.refused ?? 0) + more;
    const { since, knownSince } = episode ?? { since: now, knownSince: null };
    const current = { since, lastAt: now, refused, knownSince };
    return {
      memory: { refusedBefore: refusedInAll, episode: current },
      signal: { kind: "raise", forSeconds: signalSeconds, facts: { refused, since: since.toISOString() } },
      isOver: false,
    };
  }
  if (!episode || secondsBetween(episode.lastAt, now) < quietSeconds) {
    return { memory, signal: null, isOver: false };
  }
  const { since, lastAt, refused, knownSince } = episode;
  const isWorthTelling = secondsBetween(since, lastAt) >= worthTellingSeconds;
  const isTold = knownSince !== null && secondsBetween(knownSince, lastAt) >= worthTellingSeconds;
  const facts = { refused, since: since.toISOString() };
  const late = { kind: "raise" as const, forSeconds: worthTellingSeconds + signalSeconds, facts };
  return {
    memory: { ...memory, episode: null },
    signal: isWorthTelling && !isTold ? late : { kind: "clear" },
    isOver: true,
  };
}
