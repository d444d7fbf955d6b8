import { type RetryPolicy, standardPolicy } from "@sor/core/deliveries";
import { giveUpAfterSeconds } from "@sor/core/messages";
import type { RetryHints } from "@sor/core/routing";
import type { Config } from "./config.ts";

type Settings = Pick<Config, "RETRY_FIRST_SECONDS" | "RETRY_LONGEST_SECONDS" | "BREAKER_SECONDS">;

/** The gateway's retry rule, for endpoints that have none of their own. */
export function retryPolicyOf(config: Settings): RetryPolicy {
  return {
    ...standardPolicy,
    firstSeconds: config.RETRY_FIRST_SECONDS,
    longestSeconds: config.RETRY_LONGEST_SECONDS,
    breakerSeconds: config.BREAKER_SECONDS,
  };
}

/** The same as shown in lookups: in whole seconds, at least one. */
export function retryHintsOf(config: Settings): RetryHints {
  const { firstSeconds, factor, longestSeconds } = retryPolicyOf(config);
  return {
    firstSeconds: Math.max(1, Math.round(firstSeconds)),
    factor,
    longestSeconds: Math.max(1, Math.round(longestSeconds)),
    giveUpSeconds: giveUpAfterSeconds,
  };
}
