import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of the gateway, by name, on a registry of its own. Labels never carry identifiers. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10];
  return {
    registry,
    requestSeconds: new Histogram({
      name: "http_server_request_duration_seconds",
      help: "Time from the request's head to the end of the answer",
      labelNames: ["method", "route", "status"] as const,
      buckets: seconds,
      registers,
    }),
    lookups: new Counter({
      name: "soredi_route_lookups_total",
      help: "Lookups by result (found or problem code) and whether the ready answer was kept",
      labelNames: ["result", "cache"] as const,
      registers,
    }),
    lookupSeconds: new Histogram({
      name: "soredi_route_lookup_duration_seconds",
      help: "Time to find and write one exact lookup's answer",
      buckets: seconds,
      registers,
    }),
    snapshotSequence: new Gauge({
      name: "soredi_route_snapshot_sequence",
      help: "Journal number that the routing table is as of",
      registers,
    }),
    snapshotAgeSeconds: new Gauge({
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
    authFailures: new Counter({
      name: "soredi_auth_failures_total",
      help: "Refused credentials by method",
      labelNames: ["method"] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: "soredi_rate_limited_total",
      help: "Requests refused because the client asked too often",
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;

/** Adds the process's own figures (memory, event loop, processor time); once per process. */
export function collectProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
}
