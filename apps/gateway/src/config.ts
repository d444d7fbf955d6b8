import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { publicDemoFault } from "@sor/core";
import { standardPolicy } from "@sor/core/deliveries";
import { PrivateHosts } from "@sor/core/endpoints";
import { defaultRetention, type Retention, retentionFault } from "@sor/core/retention";
import { z } from "zod";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const port = z.coerce.number().int().min(0).max(65_535);
const databaseUrlFault = "must be postgresql://user:password@host:port/name, with one host";
const seconds = z.coerce.number().min(1).max(86_400);
const days = z.coerce.number().int().min(1).max(36_500);
const flag = z.enum(["0", "1"]).transform((value) => value === "1");

/** Everything that can be set from outside, by environment; defaults are for development. */
export const Config = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  GATEWAY_PORT: port.default(8080),
  /** Where metrics and the reasons of readiness are told; absent: on GATEWAY_PORT, to anybody. */
  MANAGEMENT_PORT: port.optional(),
  /** How long a gateway that was asked to end answers on while it says that it is not ready. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(5),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: databaseUrlFault }),
  /** Most connections in the pool of this process; two more listen. */
  DATABASE_CONNECTIONS_MAX: z.coerce.number().int().min(2).max(500).default(10),
  /** Relative to the checkout, whatever the working directory. */
  DATA_DIR: z
    .string()
    .min(1)
    .default(".data")
    .transform((path) => resolve(checkout, path)),
  DEMO: flag.default(false),
  /** The demo is meant to be reached from other machines. */
  DEMO_PUBLIC: flag.default(false),
  /** open: everyone may look up; closed: an API key is needed. */
  LOOKUPS: z.enum(["open", "closed"]).default("open"),
  /** Requests per minute for each client (the supplier of an API key, or the network address without one). */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(60_000),
  /** How many reverse proxies stand in front, each of which adds to X-Forwarded-For; 0: none. */
  TRUST_PROXY: z.coerce.number().int().min(0).max(20).default(0),
  /** How often the routing table is written to DATA_DIR when it has changed. */
  SNAPSHOT_MINUTES: z.coerce.number().min(0.01).default(5),
  /** Largest interchange that is taken in. */
  INTERCHANGE_MEGABYTES_MAX: z.coerce.number().int().min(1).max(100).default(100),
  /** Of all interchanges that are being received at once; more are told to come again (503, 429 for a supplier with its share). */
  INTAKE_MEGABYTES_MAX: z.coerce.number().int().min(1).default(512),
  /** Below this much free space where interchanges are spooled (DATA_DIR) nothing is taken in (503). */
  SPOOL_FREE_MEGABYTES_MIN: z.coerce.number().int().min(0).default(512),
  /** The party in whose name the gateway gives negative receipts (UNB S002, CTL01). */
  GATEWAY_PARTY: z
    .string()
    .regex(/^[A-Z0-9]{3,35}$/)
    .default("SORGATEWAY"),
  /** Hosts that may be webhooks over http and within private networks. */
  WEBHOOK_PRIVATE_HOSTS: PrivateHosts,
  /** Keys under which messages are stored (id:base64 with 32 bytes, newest first), or the file that holds them. */
  PAYLOAD_KEY: z.string().optional(),
  PAYLOAD_KEY_FILE: z.string().optional(),
  /** Keys under which digests and personal numbers are hidden, likewise. */
  INDEX_KEY: z.string().optional(),
  INDEX_KEY_FILE: z.string().optional(),
  /** Days after which content, metadata, ids of duplicates and Idempotency-Keys are removed; never what is not delivered. */
  RETENTION_PAYLOAD_DAYS: days.default(defaultRetention.payloads),
  RETENTION_MESSAGE_DAYS: days.default(defaultRetention.messages),
  RETENTION_REFERENCE_DAYS: days.default(defaultRetention.references),
  RETENTION_KEY_DAYS: days.default(defaultRetention["idempotency-keys"]),
  NODE_ENV: z.string().default("development"),
  /** Directory below which endpoints may be folders, each supplier's in one named by its id; absent: there are none. */
  FOLDER_ROOT: z.string().startsWith("/").optional(),
  /** The part of what is bounded in a process that one supplier may hold while no other holds any. */
  SUPPLIER_SHARE: z.coerce.number().min(0.01).max(0.9).default(0.5),
  /** Worked on at once: requests under /v1. More than may wait for the database at once would be refused by the intake. */
  REQUESTS_MAX: z.coerce.number().int().min(1).max(200).default(200),
  /** Open at once: event streams, requests that wait (`wait`, `Prefer: wait`), and contents that are being fetched. */
  STREAMS_MAX: z.coerce.number().int().min(1).max(100_000).default(200),
  LONG_POLLS_MAX: z.coerce.number().int().min(1).max(100_000).default(400),
  DOWNLOADS_MAX: z.coerce.number().int().min(1).max(10_000).default(64),
  /** The slowest that a client may send or fetch content, and how long it may stand still. */
  BODY_KILOBYTES_PER_SECOND_MIN: z.coerce.number().min(1).default(50),
  BODY_GRACE_SECONDS: z.coerce.number().min(1).max(600).default(10),
  /** Deliveries under way at once: in this process, and to one endpoint over all processes. */
  DELIVERIES_MAX: z.coerce.number().int().min(1).max(1000).default(64),
  DELIVERIES_PER_ENDPOINT: z.coerce.number().int().min(1).max(1000).default(8),
  /** How long a webhook may take to answer a small message; a delivery is leased for twice that. */
  DELIVERY_TIMEOUT_SECONDS: z.coerce.number().min(1).max(600).default(60),
  /** The slowest that a receiver may take a message's bytes: so much longer it has for a large one. */
  DELIVERY_KILOBYTES_PER_SECOND_MIN: z.coerce.number().min(1).default(100),
  /** How soon after it was accepted a message should have arrived: what the report on deliveries counts against. */
  DELIVERY_TARGET_SECONDS: z.coerce.number().int().min(1).max(432_000).default(60),
  /** How long a message waits for its next attempt: at first, doubled each time, and at most. */
  RETRY_FIRST_SECONDS: seconds.default(standardPolicy.firstDelaySeconds),
  RETRY_LONGEST_SECONDS: seconds.default(standardPolicy.longestDelaySeconds),
  /** How long an endpoint that has failed five times in a row is left alone before the next message tries it. */
  BREAKER_SECONDS: seconds.default(standardPolicy.breakerSeconds),
  /** By how much the clocks of the machine and of the database may differ before nothing is done that depends on the time. */
  CLOCK_SKEW_SECONDS_MAX: z.coerce.number().min(1).max(300).default(5),
  /** How often each webhook is asked whether it answers; 0: never. */
  ENDPOINT_PROBE_MINUTES: z.coerce.number().min(0).max(1440).default(15),
  /** Whom to tell of a weakness (`mailto:` or `https:`), for /.well-known/security.txt; absent: there is none. */
  SECURITY_CONTACT: z.url({ protocol: /^(https|mailto)$/ }).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  /** The mail server (`smtp://user:password@host:587`, `smtps://…`); absent: mail waits and says so. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whom mail comes from. */
  MAIL_FROM: z.email().default("sor-drift@localhost.localdomain"),
  /** Where people who read mail may ask in words to be unsubscribed. */
  MAIL_UNSUBSCRIBE: z.email().optional(),
  /** Where the portal is, for links in messages. */
  PORTAL_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .default("http://127.0.0.1:3000")
    .transform((text) => text.replace(/\/$/, "")),
  /** The address that clients use, for links in documentation; absent: links are relative. */
  PUBLIC_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
});
export type Config = z.infer<typeof Config>;

/** Reads the settings once. Throws with every fault in one text; an empty value counts as absent. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = Config.safeParse(given);
  const unfit = parsed.success ? faultBetween(parsed.data) : undefined;
  if (parsed.success && !unfit) return parsed.data;
  const issues = parsed.error?.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  const faults = issues ?? [`  ${unfit}`];
  throw new Error(`The gateway cannot start with these settings:\n${faults.join("\n")}`);
}

/** What is wrong with settings that are sound one by one. */
function faultBetween(config: Config): string | undefined {
  const demo = { host: config.HOST, isDemo: config.DEMO, isPublicDemo: config.DEMO_PUBLIC };
  return retentionFault(retentionOf(config)) ?? publicDemoFault(demo) ?? intakeFault(config);
}

/** What one supplier may send at once must hold the largest interchange: it would be refused for ever. */
function intakeFault({ INTAKE_MEGABYTES_MAX, INTERCHANGE_MEGABYTES_MAX, SUPPLIER_SHARE }: Config) {
  if (INTAKE_MEGABYTES_MAX * SUPPLIER_SHARE >= INTERCHANGE_MEGABYTES_MAX) return undefined;
  return "  INTAKE_MEGABYTES_MAX: SUPPLIER_SHARE of it is less than INTERCHANGE_MEGABYTES_MAX";
}

/** How long each kind is kept, as the retention asks for it. */
export function retentionOf(config: Config): Retention {
  return {
    payloads: config.RETENTION_PAYLOAD_DAYS,
    messages: config.RETENTION_MESSAGE_DAYS,
    references: config.RETENTION_REFERENCE_DAYS,
    "idempotency-keys": config.RETENTION_KEY_DAYS,
  };
}
