/** What is in force for a time: a grant, a key, a session, an invitation, a user account. */
type Held = {
  validFrom?: Date;
  /** The first instant at which it is no longer in force; null for none. */
  validTo?: Date | null;
  expiresAt?: Date | null;
  /** Ends it whatever the time is: another process's clock may be ahead. */
  revokedAt?: Date | null;
  deactivatedAt?: Date | null;
};

const isOver = (end: Date | null | undefined, now: Date) => end !== null && end !== undefined && end <= now;
const isSet = (end: Date | null | undefined) => end !== null && end !== undefined;

/** Whether it has ended at that time. */
export const hasEnded = (held: Held, now: Date): boolean =>
  isOver(held.validTo, now) ||
  isOver(held.expiresAt, now) ||
  isSet(held.revokedAt) ||
  isSet(held.deactivatedAt);

/** Whether it is in force at that time: it has begun, and has not ended. The same rule in SQL is `whereInForce` of access. */
export const isInForce = (held: Held, now: Date): boolean =>
  (held.validFrom === undefined || held.validFrom <= now) && !hasEnded(held, now);
