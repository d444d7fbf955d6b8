/** Answers what an account watches, and tells it of each change by mail. */
export {
  addWatch,
  listWatches,
  type OwnWatches,
  removeWatch,
  setWatchDigest,
  type Watch,
} from "./manage-watches.ts";
export { packWatchMails } from "./pack-watches.ts";
export { NewWatch } from "./schemas.ts";
export { spreadWatches } from "./spread-watches.ts";
