/** Answers in which order message events are read, by numbers that never change. */
export { type FeedPosition, type FeedStart, offsetOf, parseOffset, startAfter } from "./feed-offset.ts";
export { measureFeedLag, numberEvents } from "./number-events.ts";
