import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createMetrics } from "./index.ts";

const folder = new URL("../../../../examples/monitoring/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

const severity = z.enum(["warning", "critical"]);
const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^SorEdi[A-Z]\w+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+[smhd]$/),
          labels: z.strictObject({ severity }),
          annotations: z.strictObject({ summary: z.string(), description: z.string().optional() }),
        }),
      ),
    }),
  ),
});
const Dashboard = z.looseObject({
  uid: z.string(),
  schemaVersion: z.int(),
  panels: z.array(
    z.looseObject({
      id: z.int(),
      type: z.enum(["row", "stat", "timeseries"]),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
      targets: z.array(z.looseObject({ refId: z.string(), expr: z.string() })).optional(),
    }),
  ),
});

const rules = Rules.parse(parse(read("prometheus-rules.yml"))).groups.flatMap((group) => group.rules);
const panels = Dashboard.parse(JSON.parse(read("grafana-dashboard.json"))).panels;
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr }))),
];

const Registered = z.array(z.looseObject({ name: z.string(), type: z.string() }));
const registered = Registered.parse(await createMetrics().registry.getMetricsAsJSON());
const portalMetrics = readFileSync(
  new URL("../../../portal/src/lib/server/metrics.ts", import.meta.url),
  "utf8",
);
const series = new Set([
  // Prometheus itself creates this one, for each target that it scrapes.
  "up",
  ...Array.from(portalMetrics.matchAll(/name: "(soredi_portal_\w+)"/g), ([, name]) => name ?? ""),
  ...registered.flatMap(({ name, type }) =>
    type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name],
  ),
]);

/** The metrics that an expression uses; throws if it is not PromQL. */
function metricsOf(expr: string): string[] {
  const text = expr.replaceAll("$__rate_interval", "5m");
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${text}`);
      if (node.name === "VectorSelector") names.push(/^\w+/.exec(text.slice(node.from))?.[0] ?? "");
    },
  });
  return names;
}

test("the parser refuses invalid PromQL, and finds the metrics of valid PromQL", () => {
  expect(() => metricsOf("sum by (le rate(x[5m]))")).toThrow("not PromQL");
  expect(metricsOf('sum(rate(a_total[5m])) / max(b{c=~"d|e"})')).toEqual(["a_total", "b"]);
});

describe.each(expressions)("$of: $expr", ({ expr }) => {
  test("is PromQL over metrics that the programs export", () => {
    const names = metricsOf(expr);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(series, name).toContain(name);
  });
});

test.each([
  ...["up", "soredi_database_up", "soredi_portal_database_up", "soredi_clock_skew_seconds"],
  ...["soredi_spool_free_bytes", "soredi_change_feed_lag_seconds", "soredi_route_snapshot_age_seconds"],
])("a rule watches %s", (name) => {
  expect(rules.some(({ expr }) => metricsOf(expr).includes(name))).toBe(true);
});

test("the names of rules and panels are unique", () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test("every metric of messages that the specification names is registered", () => {
  const named = [
    "soredi_interchanges_received_total",
    "soredi_interchange_size_bytes",
    "soredi_messages_total",
    "soredi_message_intake_duration_seconds",
    "soredi_delivery_attempts_total",
    "soredi_delivery_duration_seconds",
    "soredi_message_age_seconds",
    "soredi_queue_depth",
    "soredi_dead_letters",
    "soredi_duplicates_total",
    "soredi_receipts_total",
    "soredi_receipts_overdue",
    "soredi_endpoint_breaker_state",
    "soredi_endpoint_certificate_expiry_seconds",
    "soredi_prune_last_success_timestamp_seconds",
    "soredi_auth_failures_total",
    "http_server_request_duration_seconds",
  ];
  const names = new Set(registered.map(({ name }) => name));
  expect(named.filter((name) => !names.has(name))).toEqual([]);
});
