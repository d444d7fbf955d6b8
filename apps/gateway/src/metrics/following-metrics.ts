import { Gauge, type GaugeConfiguration, type Registry } from "prom-client";

/** A gauge that was not measured yet must not be exported as 0. */
export function unknownYet(of: GaugeConfiguration<string>) {
  const gauge = new Gauge(of);
  gauge.set(Number.NaN);
  return gauge;
}

/** What this process follows: the register, the feed, the database and its clock. */
export const followingMetrics = (registers: Registry[]) => ({
  snapshotSequence: new Gauge({
    name: "soredi_route_snapshot_sequence",
    help: "Journal number that the routing table is as of",
    registers,
  }),
  registerSequence: unknownYet({
    name: "soredi_register_sequence",
    help: "Number of the newest journal entry, as the database has it; a routing table behind it is old",
    registers,
  }),
  snapshotAgeSeconds: unknownYet({
    name: "soredi_route_snapshot_age_seconds",
    help: "Time since the routing table was last known to be up to date",
    registers,
  }),
  snapshotPairs: new Gauge({
    name: "soredi_route_snapshot_pairs",
    help: "Registered pairs of location number and message type version in the routing table",
    registers,
  }),
  snapshotBytes: new Gauge({
    name: "soredi_route_snapshot_bytes",
    help: "Memory held by the routing table's arrays",
    registers,
  }),
  feedLagSeconds: unknownYet({
    name: "soredi_change_feed_lag_seconds",
    help: "For how long the oldest committed event has waited to appear in the feed of notifications",
    registers,
  }),
  registerFeedLagSeconds: unknownYet({
    name: "soredi_register_feed_lag_seconds",
    help: "For how long what begins or ends to hold in the register has waited for its entry in the change feed",
    registers,
  }),
  filesMadeAt: unknownYet({
    name: "soredi_files_made_timestamp_seconds",
    help: "When the newest snapshot that this process made was read",
    registers,
  }),
  filesSequence: unknownYet({
    name: "soredi_files_sequence",
    help: "Journal number of the newest snapshot that this process made",
    registers,
  }),
  filesRunSeconds: unknownYet({
    name: "soredi_files_run_duration_seconds",
    help: "How long this process took to make the newest snapshot",
    registers,
  }),
  databaseUp: new Gauge({
    name: "soredi_database_up",
    help: "1 when the last look at the database succeeded",
    registers,
  }),
  clockSkewSeconds: unknownYet({
    name: "soredi_clock_skew_seconds",
    help: "By how much this machine's clock is ahead of the database's",
    registers,
  }),
});
