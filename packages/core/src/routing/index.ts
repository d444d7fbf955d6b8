/** Answers "where do I send this message?" from a table in memory that follows the journal. */

export type { RoutingFollower } from "./follow-routing-table.ts";
export type { FollowerState } from "./follower-state.ts";
