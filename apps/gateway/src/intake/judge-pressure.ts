/** What is remembered of refusals for lack of room, from one look to the next. */
export type PressureMemory = {
  /** Refusals of this process until the last look. */
  refusedBefore: number;
  /** The refusals going on: since when, until when, how many, and since when the database knows of them. */
  episode: { since: Date; lastAt: Date; refused: number; knownSince: Date | null } | null;
};

/** What to tell the alerts: that it is so for so many seconds, or that it is over. */
export type PressureSignal =
  | { kind: "raise"; forSeconds: number; facts: { refused: number; since: string } }
  | { kind: "clear" };

export type PressureLook = { memory: PressureMemory; signal: PressureSignal | null; isOver: boolean };

/** Without a refusal for so long it is over. */
const quietSeconds = 15;
/** A signal is repeated at every look; it outlives two that fail. */
const signalSeconds = 30;
/** As long as the rule of the alert asks it to last before it is told. */
const worthTellingSeconds = 30;
const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** Nothing has been refused yet. */
export const noPressure: PressureMemory = { refusedBefore: 0, episode: null };

/**
 * What one more look comes to, by the number of refusals since the process began. When the database could not be told while it
 * lasted, because it was what was missing, it is told afterwards, for long enough that an incident opens and closes.
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
