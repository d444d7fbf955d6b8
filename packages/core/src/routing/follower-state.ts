/** State of a follower's table, for readiness and metrics. */
export type FollowerState = {
  /** Where the table in use was loaded from. */
  readonly source: "none" | "file" | "database";
  /** Journal sequence of the table. */
  readonly sequence: number;
  /** When the table was last known to be current, also by the process that saved it; null without a table. */
  readonly freshAt: Date | null;
  /** Whether the last poll of the database succeeded. */
  readonly isConnected: boolean;
  /** The last failure, described for an operator; null while connected. */
  readonly problem: string | null;
  /** When the saved copy was last written or renewed; null when there is none. */
  readonly savedAt: Date | null;
};
