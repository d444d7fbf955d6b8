import { z } from "zod";
import { isDatabaseUrl } from "../database/index.ts";
import { PrivateHosts } from "../endpoints/index.ts";

/** A whole number within these limits. */
export const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

/** A port to listen on; 0: any that is free. */
export const portNumber = wholeNumber(0, 65_535);

/** 1: yes, 0: no. */
export const flag = z.enum(["0", "1"], "must be 0 or 1").transform((value) => value === "1");

/** The address of a server, without a trailing slash. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: "must be an address such as https://sor.example.org" })
  .transform((text) => new URL(text).href.replace(/\/$/, ""));

const databaseUrlFault =
  "must be postgresql://user:password@host:port/name; several servers as host1:port,host2:port";

/** What gateway and portal both read, by name, with the defaults for development; most of it must be the same for both. */
export const sharedSettings = {
  HOST: z.string().min(1).default("127.0.0.1"),
  /** How long a server that is shutting down still answers, while it reports that it is not ready. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(5),
  DATABASE_URL: z.string(databaseUrlFault).refine(isDatabaseUrl, databaseUrlFault),
  /** Most connections in a process's pool; a gateway uses two more for LISTEN. */
  DATABASE_CONNECTIONS_MAX: wholeNumber(2, 500).default(10),
  DATA_DIR: z.string().min(1).default(".data"),
  DEMO: flag.default(false),
  /** The demo is meant to be reached from other machines. */
  DEMO_PUBLIC: flag.default(false),
  /** The party that sends the gateway's negative receipts (UNB S002, CTL01). */
  GATEWAY_PARTY: z
    .string()
    .regex(/^[A-Z0-9]{3,35}$/)
    .default("SORGATEWAY"),
  /** Hosts whose webhooks may use http and private networks. */
  WEBHOOK_PRIVATE_HOSTS: PrivateHosts,
  /** Keys that encrypt stored messages (id:base64 of 32 bytes, newest first), or the file that holds them. */
  PAYLOAD_KEY: z.string().optional(),
  PAYLOAD_KEY_FILE: z.string().optional(),
  /** Keys that hash or encrypt short values (digests, personal numbers, signing secrets), in the same form. */
  INDEX_KEY: z.string().optional(),
  INDEX_KEY_FILE: z.string().optional(),
  NODE_ENV: z.string().default("development"),
  /** Contact for vulnerability reports (`mailto:` or `https:`), for /.well-known/security.txt; absent: no such file. */
  SECURITY_CONTACT: z.url({ protocol: /^(https|mailto)$/ }).optional(),
};
