/**
 * What one can subscribe to: alerts and watches with an account, changes with a key; notices about the operation, news and the newsletter
 * for everybody.
 */
export const topics = ["alerts", "notices", "watches", "changes", "news", "newsletter"] as const;
export type Topic = (typeof topics)[number];

/** The ways to a receiver; a feed is fetched. */
export const channels = ["mail", "webhook", "feed"] as const;

export const digests = ["at-once", "hourly", "daily"] as const;
export type Digest = (typeof digests)[number];

/** `pending`: the address is not confirmed; `suspended`: three messages in a row were refused; `ended`: unsubscribed. */
export const subscriptionStates = ["pending", "active", "paused", "suspended", "ended"] as const;
