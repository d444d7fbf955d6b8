/** Rows that several processes work on: each is taken by one of them under a lease, and tried again with backoff. */
export { type Backoff, backoffSeconds, lastAttemptSeconds, nextAttemptWithin } from "./backoff.ts";
export { isInHand, isStillMine, isUnleased, noLease } from "./lease.ts";
export { type LeasedQueue, type TakenRow, takeDue } from "./take-due.ts";
