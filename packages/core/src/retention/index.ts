/** Answers how long messages and their metadata are kept, and what was pruned. */

export { provePayloadStore } from "./prove-payload-store.ts";
export { lastPrunes, type PruneReport, prune } from "./prune.ts";
export {
  defaultRetention,
  type PruneKind,
  pruneKinds,
  type Retention,
  retentionFault,
  retentionIn,
} from "./retention.ts";
export { countUnrotated, type Rotated, rotatePayloadKeys, sealKeptAnswers } from "./rotate-keys.ts";
