import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Every metric of the portal; names follow the Prometheus rules (base units, `_total` for counters). */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "http_server_request_duration_seconds",
      help: "Time to answer, by method, route pattern and status",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
    errors: new Counter({
      name: "soredi_portal_unexpected_errors_total",
      help: "Requests that failed for a reason nobody foresaw",
      registers: [registry],
    }),
    databaseIsUp: new Gauge({
      name: "soredi_portal_database_up",
      help: "1 when the database answered the question of this scrape",
      registers: [registry],
    }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
