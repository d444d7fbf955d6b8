import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { followingMetrics, unknownYet } from "./following-metrics.ts";

const seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10];

/** How requests are answered and refused. */
const requestMetrics = (registers: Registry[]) => ({
  requestSeconds: new Histogram({
    name: "http_server_request_duration_seconds",
    help: "Time from the request's head to the end of the answer",
    labelNames: ["method", "route", "status"] as const,
    buckets: seconds,
    registers,
  }),
  rateLimited: new Counter({
    name: "soredi_rate_limited_total",
    help: "Requests refused because the client asked too often",
    registers,
  }),
  authFailures: new Counter({
    name: "soredi_auth_failures_total",
    help: "Refused credentials by method",
    labelNames: ["method"] as const,
    registers,
  }),
  placesHeld: new Gauge({
    name: "soredi_places_held",
    help: "What requests hold of what is bounded in this process: streams, long polls, downloads",
    labelNames: ["resource"] as const,
    registers,
  }),
  shareRefused: new Counter({
    name: "soredi_share_refused_total",
    help: "Requests refused because of what is bounded: own-share where the supplier has its share, full where nothing is left",
    labelNames: ["resource", "why"] as const,
    registers,
  }),
});

/** Exact lookups. */
const lookupMetrics = (registers: Registry[]) => ({
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
});

/** Interchanges as they are received. */
const intakeMetrics = (registers: Registry[]) => ({
  interchangesReceived: new Counter({
    name: "soredi_interchanges_received_total",
    help: "Interchanges posted, by format and what became of them",
    labelNames: ["format", "result"] as const,
    registers,
  }),
  interchangeBytes: new Histogram({
    name: "soredi_interchange_size_bytes",
    help: "Size of the interchanges taken in",
    buckets: [500, 1000, 2500, 10_000, 50_000, 250_000, 1_000_000, 10_000_000, 100_000_000],
    registers,
  }),
  intakeSeconds: new Histogram({
    name: "soredi_message_intake_duration_seconds",
    help: "Time from the request's body to the committed acceptance",
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  }),
  intakeRefused: new Counter({
    name: "soredi_intake_refused_total",
    help: "Interchanges told to come again, by what is short",
    labelNames: ["reason"] as const,
    registers,
  }),
  intakeBytes: new Gauge({
    name: "soredi_intake_bytes",
    help: "Bytes set aside for interchanges that are being received",
    registers,
  }),
  spoolFreeBytes: unknownYet({
    name: "soredi_spool_free_bytes",
    help: "Free space where interchanges are spooled",
    registers,
  }),
  duplicates: new Counter({
    name: "soredi_duplicates_total",
    help: "Deliveries seen before, by MedCom's case",
    labelNames: ["case"] as const,
    registers,
  }),
});

/** Messages and receipts, and what waits. */
const messageMetrics = (registers: Registry[]) => ({
  messages: new Counter({
    name: "soredi_messages_total",
    help: "Messages by type and the state they came into",
    labelNames: ["type", "state"] as const,
    registers,
  }),
  messageAgeSeconds: new Gauge({
    name: "soredi_message_age_seconds",
    help: "Age of the oldest message in a state that it must leave",
    labelNames: ["state"] as const,
    registers,
  }),
  queueDepth: new Gauge({
    name: "soredi_queue_depth",
    help: "Messages in each state that they must leave",
    labelNames: ["state"] as const,
    registers,
  }),
  deadLetters: new Gauge({
    name: "soredi_dead_letters",
    help: "Dead letters by cause",
    labelNames: ["cause"] as const,
    registers,
  }),
  receipts: new Counter({
    name: "soredi_receipts_total",
    help: "Receipts taken in or given, by kind and polarity; those sent once more have a kind of their own (repeated-CTL03)",
    labelNames: ["kind", "polarity"] as const,
    registers,
  }),
  receiptsOverdue: new Gauge({
    name: "soredi_receipts_overdue",
    help: "Delivered messages whose receipt has not come in time",
    registers,
  }),
  pruneLastSuccess: new Gauge({
    name: "soredi_prune_last_success_timestamp_seconds",
    help: "When what is past its time was last removed without a fault, by kind",
    labelNames: ["kind"],
    registers,
  }),
});

/** Attempts to deliver, and the endpoints. */
const deliveryMetrics = (registers: Registry[]) => ({
  deliveryAttempts: new Counter({
    name: "soredi_delivery_attempts_total",
    help: "Attempts to deliver by transport and outcome",
    labelNames: ["transport", "outcome"] as const,
    registers,
  }),
  deliverySeconds: new Histogram({
    name: "soredi_delivery_duration_seconds",
    help: "Time from acceptance to delivered",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600, 86_400],
    registers,
  }),
  breakers: new Gauge({
    name: "soredi_endpoint_breaker_state",
    help: "Endpoints by the state of their circuit breaker",
    labelNames: ["state"] as const,
    registers,
  }),
  certificateExpirySeconds: new Gauge({
    name: "soredi_endpoint_certificate_expiry_seconds",
    help: "Time until the first certificate of a webhook in use ends; absent while none is known",
    registers,
  }),
  endpointsAnswering: new Gauge({
    name: "soredi_endpoints",
    help: "Webhooks in use by what the last probe found",
    labelNames: ["probe"] as const,
    registers,
  }),
  endpointProbes: new Counter({
    name: "soredi_endpoint_probes_total",
    help: "Probes of webhooks by the clock, by outcome: ok, or why not",
    labelNames: ["outcome"] as const,
    registers,
  }),
});

/** Incidents and who is notified of them. */
const alertMetrics = (registers: Registry[]) => ({
  alertsOpen: new Gauge({
    name: "soredi_alerts_open",
    help: "Incidents that are open, by what they are about and how grave",
    labelNames: ["kind", "severity"] as const,
    registers,
  }),
  alertMessages: new Counter({
    name: "soredi_alert_messages_total",
    help: "Attempts to hand a message to a receiver of alerts or notices, by topic, channel and outcome",
    labelNames: ["topic", "channel", "outcome"] as const,
    registers,
  }),
  alertOutbox: new Gauge({
    name: "soredi_alert_outbox",
    help: "Messages to receivers of alerts and notices that wait to be sent",
    labelNames: ["channel"] as const,
    registers,
  }),
});

/** All metrics of the gateway, by name, on a separate registry. Labels never carry identifiers. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    ...requestMetrics(registers),
    ...lookupMetrics(registers),
    ...followingMetrics(registers),
    ...intakeMetrics(registers),
    ...messageMetrics(registers),
    ...deliveryMetrics(registers),
    ...alertMetrics(registers),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Adds the process's own metrics (memory, event loop, processor time); call once per process. */
export function collectProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
}
