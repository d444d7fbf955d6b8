import type { FollowerState } from "./follower-state.ts";

/** A routing table that is kept as the register is. */
export type RoutingFollower = {
  state(): FollowerState;
  stop(): Promise<void>;
};
