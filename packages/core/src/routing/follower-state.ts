/** How a follower's table stands, for readiness and metrics. */
export type FollowerState = {
  /** Where the table in use was read from first. */
  readonly source: "none" | "file" | "database";
  /** Journal number that the table is as of. */
  readonly sequence: number;
  /** When the table was last known to be the newest, also by the process that saved it; null without a table. */
  readonly freshAt: Date | null;
  /** Whether the last look at the database succeeded. */
  readonly isConnected: boolean;
  /** The last failure, in words for an operator; null while connected. */
  readonly problem: string | null;
  /** When the saved copy was last written or renewed; null where there is none. */
  readonly savedAt: Date | null;
};
