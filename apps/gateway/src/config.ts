import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { publicDemoFault } from "@sor/core";
import { standardPolicy } from "@sor/core/deliveries";
import { defaultRetention, type Retention, retentionFault } from "@sor/core/retention";
import { portNumber, readSettings, sharedSettings, webAddress } from "@sor/core/settings";
import { readSchedule, type Schedule, type SnapshotPlace } from "@sor/core/snapshots";
import { z } from "zod";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const seconds = z.coerce.number().min(1).max(86_400);
const days = z.coerce.number().int().min(1).max(36_500);
function scheduleOrFault(text: string, ctx: z.RefinementCtx): Schedule {
  const schedule = readSchedule(text);
  if (schedule === undefined) ctx.addIssue("must be times of day such as 01:00,13:00, or never");
  return schedule ?? [];
}

/** All settings, from environment variables; the defaults are for development. */
export const Config = z.object({
  ...sharedSettings,
  GATEWAY_PORT: portNumber.default(8080),
  /** Port of metrics and the reasons of readiness; absent: on GATEWAY_PORT, open to anybody. */
  MANAGEMENT_PORT: portNumber.optional(),
  /** Relative to the checkout, whatever the working directory. */
  DATA_DIR: sharedSettings.DATA_DIR.transform((path) => resolve(checkout, path)),
  /** open: anybody may look up; closed: an API key is required. */
  LOOKUPS: z.enum(["open", "closed"]).default("open"),
  /** Rate limit of each client (the supplier of an API key, or the network address without one), in requests per minute. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(60_000),
  /** Number of reverse proxies in front, each of which adds to X-Forwarded-For; 0: none. */
  TRUST_PROXY: z.coerce.number().int().min(0).max(20).default(0),
  /** How often the routing table is written to DATA_DIR when it has changed. */
  SNAPSHOT_MINUTES: z.coerce.number().min(0.01).default(5),
  /** Where snapshots of the register are published as files; absent: `files` in DATA_DIR. Nodes may share it. */
  FILES_DIR: z.string().startsWith("/").optional(),
  /** Times of day in Denmark at which a snapshot is made (`01:00,13:00`), or `never`. */
  FILES_AT: z.string().default("01:00").transform(scheduleOrFault),
  /** For how many days the newest snapshot of the day is kept. */
  FILES_KEEP_DAYS: z.coerce.number().int().min(1).max(3660).default(14),
  /** Largest interchange that is accepted. */
  INTERCHANGE_MEGABYTES_MAX: z.coerce.number().int().min(1).max(100).default(100),
  /** Total of all interchanges being received; beyond it clients are told to retry (503, 429 for a supplier at its share). */
  INTAKE_MEGABYTES_MAX: z.coerce.number().int().min(1).default(512),
  /** With less free space than this for spooling (DATA_DIR) nothing is accepted (503). */
  SPOOL_FREE_MEGABYTES_MIN: z.coerce.number().int().min(0).default(512),
  /** Days after which content, metadata, duplicate ids and Idempotency-Keys are removed; never what is undelivered. */
  RETENTION_PAYLOAD_DAYS: days.default(defaultRetention.payloads),
  RETENTION_MESSAGE_DAYS: days.default(defaultRetention.messages),
  RETENTION_REFERENCE_DAYS: days.default(defaultRetention.references),
  RETENTION_KEY_DAYS: days.default(defaultRetention["idempotency-keys"]),
  /** Days after which a draft of a change set that nobody changes is withdrawn; its author is told a week before. */
  DRAFT_KEEP_DAYS: z.coerce.number().int().min(14).max(3650).default(90),
  /** Root directory of folder endpoints, with one directory per supplier id; absent: there are no folder endpoints. */
  FOLDER_ROOT: z.string().startsWith("/").optional(),
  /** The fraction of each limit of a process that one supplier may use while no other uses any. */
  SUPPLIER_SHARE: z.coerce.number().min(0.01).max(0.9).default(0.5),
  /** Concurrent requests under /v1. More waiting for the database than this would be refused by the intake. */
  REQUESTS_MAX: z.coerce.number().int().min(1).max(200).default(200),
  /** Open at once: event streams, waiting requests (`wait`, `Prefer: wait`), and content downloads. */
  STREAMS_MAX: z.coerce.number().int().min(1).max(100_000).default(200),
  LONG_POLLS_MAX: z.coerce.number().int().min(1).max(100_000).default(400),
  DOWNLOADS_MAX: z.coerce.number().int().min(1).max(10_000).default(64),
  /** Files of snapshots that are sent at once. */
  FILE_DOWNLOADS_MAX: z.coerce.number().int().min(1).max(10_000).default(400),
  /** Minimum speed at which a client must send or fetch content, and how long it may stall. */
  BODY_KILOBYTES_PER_SECOND_MIN: z.coerce.number().min(1).default(50),
  BODY_GRACE_SECONDS: z.coerce.number().min(1).max(600).default(10),
  /** Concurrent deliveries: of this process, and to one endpoint over all processes. */
  DELIVERIES_MAX: z.coerce.number().int().min(1).max(1000).default(64),
  DELIVERIES_PER_ENDPOINT: z.coerce.number().int().min(1).max(1000).default(8),
  /** Timeout of a webhook for a small message; a delivery is leased for twice that. */
  DELIVERY_TIMEOUT_SECONDS: z.coerce.number().min(1).max(600).default(60),
  /** Minimum speed at which a receiver must read a message; it extends the timeout of a large one. */
  DELIVERY_KILOBYTES_PER_SECOND_MIN: z.coerce.number().min(1).default(100),
  /** Delivery target: the time from acceptance to arrival that the delivery report measures against. */
  DELIVERY_TARGET_SECONDS: z.coerce.number().int().min(1).max(432_000).default(60),
  /** Backoff before a message's next attempt: the first wait, doubled each time, up to the most. */
  RETRY_FIRST_SECONDS: seconds.default(standardPolicy.firstSeconds),
  RETRY_LONGEST_SECONDS: seconds.default(standardPolicy.longestSeconds),
  /** How long an endpoint that failed five times in a row is left alone before the next attempt. */
  BREAKER_SECONDS: seconds.default(standardPolicy.breakerSeconds),
  /** Largest difference between the machine's and the database's clock; beyond it nothing time-dependent is done. */
  CLOCK_SKEW_SECONDS_MAX: z.coerce.number().min(1).max(300).default(5),
  /** How often each webhook is probed; 0: never. */
  ENDPOINT_PROBE_MINUTES: z.coerce.number().min(0).max(1440).default(15),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  /** The mail server (`smtp://user:password@host:587`, `smtps://…`); absent: mail is queued, and this is reported. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Sender address of mail. */
  MAIL_FROM: z.email().default("sor-drift@localhost.localdomain"),
  /** Address to which recipients of mail can write to unsubscribe. */
  MAIL_UNSUBSCRIBE: z.email().optional(),
  /**
   * Address of the mailbox to which mail that cannot be delivered is sent back, with sub-addresses (`retur+...@sor.dk`); absent:
   * to MAIL_FROM, and nothing is learned of it.
   */
  MAIL_RETURN: z.email().optional(),
  /** That mailbox as a folder (Maildir), which is read every minute. */
  MAIL_RETURN_DIR: z.string().startsWith("/").optional(),
  /** The key with which a mail provider reports mail that came back, to `/mail/returned`; absent: none may. */
  MAIL_RETURN_KEY: z.string().min(32).max(200).optional(),
  /** Address of the portal, for links in messages. */
  PORTAL_ORIGIN: webAddress.default("http://127.0.0.1:3000"),
  /** Public address, for links in documentation; absent: links are relative. */
  PUBLIC_GATEWAY_URL: webAddress.optional(),
});
export type Config = z.infer<typeof Config>;

/** Reads the settings once. Throws one error that lists every fault; an empty value counts as absent. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = readSettings(Config, env);
  const unfit = "settings" in read ? faultBetween(read.settings) : undefined;
  if ("settings" in read && !unfit) return read.settings;
  const faults =
    "faults" in read ? read.faults.map(({ name, fault }) => `  ${name}: ${fault}`) : [`  ${unfit}`];
  throw new Error(`The gateway cannot start with these settings:\n${faults.join("\n")}`);
}

/** Conflicts between settings that are each valid. */
function faultBetween(config: Config): string | undefined {
  const demo = { host: config.HOST, isDemo: config.DEMO, isPublicDemo: config.DEMO_PUBLIC };
  return retentionFault(retentionOf(config)) ?? publicDemoFault(demo) ?? intakeFault(config);
}

/** One supplier's share must hold the largest interchange: otherwise that would never be accepted. */
function intakeFault({ INTAKE_MEGABYTES_MAX, INTERCHANGE_MEGABYTES_MAX, SUPPLIER_SHARE }: Config) {
  if (INTAKE_MEGABYTES_MAX * SUPPLIER_SHARE >= INTERCHANGE_MEGABYTES_MAX) return undefined;
  return "  INTAKE_MEGABYTES_MAX: SUPPLIER_SHARE of it is less than INTERCHANGE_MEGABYTES_MAX";
}

/** How long each kind of data is kept, as the retention job expects it. */
export function retentionOf(config: Config): Retention {
  return {
    payloads: config.RETENTION_PAYLOAD_DAYS,
    messages: config.RETENTION_MESSAGE_DAYS,
    references: config.RETENTION_REFERENCE_DAYS,
    "idempotency-keys": config.RETENTION_KEY_DAYS,
  };
}

/** Where snapshots are published, when they are due, and for how long they are kept. */
export function snapshotPlaceOf(config: Config): SnapshotPlace {
  const filesDir = config.FILES_DIR ?? join(config.DATA_DIR, "files");
  return { filesDir, schedule: config.FILES_AT, keepDays: config.FILES_KEEP_DAYS };
}

const ownMachine = ["localhost", "127.0.0.1", "[::1]"];

/** Hosts whose webhooks may lack TLS and be in private networks; a demonstration may use its own machine. */
export function privateHostsOf(config: Pick<Config, "DEMO" | "WEBHOOK_PRIVATE_HOSTS">): string[] {
  return config.DEMO ? [...config.WEBHOOK_PRIVATE_HOSTS, ...ownMachine] : config.WEBHOOK_PRIVATE_HOSTS;
}
