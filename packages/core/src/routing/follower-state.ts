/** How a follower's table stands, for readiness and metrics. */
export type FollowerState = {
  /** Where the table in use was read from first. */
  readonly source: "none" | "file" | "database";
  /** Journal number that the table is as of. */
  readonly sequence: number;
  /** When the table was last known to be the newest; null before that. */
  readonly freshAt: Date | null;
  /** Whether the last look at the database succeeded. */
  readonly isConnected: boolean;
  /** The last failure, in words for an operator; null while connected. */
  readonly problem: string | null;
  /** When the table was last written to disk; null when it never was. */
  readonly savedAt: Date | null;
};
