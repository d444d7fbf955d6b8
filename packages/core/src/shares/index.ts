/** Answers how much of a bounded resource one supplier may hold. */
export {
  chooseFairly,
  holdersWithoutRoom,
  mostFor,
  openPlaces,
  type Places,
  type ShareRule,
} from "./share-rule.ts";
export { createShares, type Held, type NoRoom, type Shares, type Taken } from "./shares.ts";
