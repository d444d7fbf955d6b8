import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { englishOf, localAddress, publicDemoFault } from "@sor/core";
import { PrivateHosts } from "@sor/core/endpoints";
import { z } from "zod";

const absoluteUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text).href.replace(/\/$/, ""));

const Fields = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORTAL_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PORTAL_MANAGEMENT_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  DRAIN_SECONDS: z.coerce.number().min(0).max(600).default(5),
  SECURITY_CONTACT: z.url({ protocol: /^(https|mailto)$/ }).optional(),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: "must be postgresql://user:password@host:port/name, with one host",
  }),
  DATABASE_CONNECTIONS_MAX: z.coerce.number().int().min(2).max(500).default(10),
  DATA_DIR: z.string().min(1).default(".data"),
  DEMO: z.enum(["0", "1"]).default("0"),
  DEMO_PUBLIC: z.enum(["0", "1"]).default("0"),
  PORTAL_ORIGIN: absoluteUrl.optional(),
  GATEWAY_PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  PUBLIC_GATEWAY_URL: absoluteUrl.optional(),
  GATEWAY_INTERNAL_URL: absoluteUrl.optional(),
  SOR_SECRET: z.string().min(32),
  GATEWAY_PARTY: z
    .string()
    .regex(/^[A-Z0-9]{3,35}$/)
    .default("SORGATEWAY"),
  PAYLOAD_KEY: z.string().optional(),
  PAYLOAD_KEY_FILE: z.string().optional(),
  INDEX_KEY: z.string().optional(),
  INDEX_KEY_FILE: z.string().optional(),
  NODE_ENV: z.string().default("development"),
  WEBHOOK_PRIVATE_HOSTS: PrivateHosts,
  ACCESSIBILITY_STATEMENT_URL: absoluteUrl.optional(),
  ADDRESS_HEADER: z
    .string()
    .regex(/^[\w-]+$/)
    .toLowerCase()
    .optional(),
  XFF_DEPTH: z.coerce.number().int().min(1).max(20).default(1),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});
/** The names of all settings, for the check that each is described. */
export const settingNames = Object.keys(Fields.shape);

const Environment = Fields.superRefine((env, issues) => {
  const isDemo = env.DEMO === "1";
  const message = publicDemoFault({ host: env.HOST, isDemo, isPublicDemo: env.DEMO_PUBLIC === "1" });
  if (message) issues.addIssue({ code: "custom", path: ["DEMO"], message });
}).transform((env) => ({
  host: env.HOST,
  port: env.PORTAL_PORT,
  /** Port of `/metrics`; absent: on the portal's own port, open to everyone. */
  managementPort: env.PORTAL_MANAGEMENT_PORT,
  /** How long the portal keeps serving after SIGTERM while `/readyz` answers 503. */
  drainSeconds: env.DRAIN_SECONDS,
  /** Contact for vulnerability reports, in security.txt. */
  securityContact: env.SECURITY_CONTACT,
  databaseUrl: env.DATABASE_URL,
  /** Most connections to the database in the pool of this process. */
  databaseConnectionsMax: env.DATABASE_CONNECTIONS_MAX,
  dataDir: env.DATA_DIR,
  isDemo: env.DEMO === "1",
  /** The portal's public address; absolute links are built from it, never from the Host header. */
  origin: env.PORTAL_ORIGIN ?? `http://${env.HOST}:${env.PORTAL_PORT}`,
  /** The address that clients use for the gateway: in links, examples and feeds. */
  gatewayOrigin: env.PUBLIC_GATEWAY_URL ?? localAddress(env.HOST, env.GATEWAY_PORT),
  /** Where the portal probes the gateway. */
  gatewayProbe: env.GATEWAY_INTERNAL_URL ?? localAddress(env.HOST, env.GATEWAY_PORT),
  secret: env.SOR_SECRET,
  /** The party of the gateway's own receipts; must be the same as the gateway's setting. */
  gatewayParty: env.GATEWAY_PARTY,
  /** The encryption keys of stored messages; must be the same as the gateway's. */
  keySources: {
    PAYLOAD_KEY: env.PAYLOAD_KEY,
    PAYLOAD_KEY_FILE: env.PAYLOAD_KEY_FILE,
    INDEX_KEY: env.INDEX_KEY,
    INDEX_KEY_FILE: env.INDEX_KEY_FILE,
    dataDir: env.DATA_DIR,
    mayMake: env.DEMO === "1" || env.NODE_ENV !== "production",
  },
  /** Hosts to which webhooks may be http or in private networks; must be the same as the gateway's setting. */
  privateHosts: [
    ...env.WEBHOOK_PRIVATE_HOSTS,
    ...(env.DEMO === "1" ? ["localhost", "127.0.0.1", "[::1]"] : []),
  ],
  /** Address of the published accessibility statement; absent: the portal shows its own. */
  accessibilityStatementUrl: env.ACCESSIBILITY_STATEMENT_URL,
  /** The header in which a reverse proxy names the client, and how many proxies add to it. */
  addressHeader: env.ADDRESS_HEADER,
  proxies: env.XFF_DEPTH,
  logLevel: env.LOG_LEVEL,
}));
export type Config = z.output<typeof Environment>;

/** Reads the settings from the environment. Throws one error that lists all faults; empty values count as absent. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const read = Environment.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `  ${issue.path.join(".")}: ${englishOf(issue.message)}`);
  throw new Error(`The settings of the portal cannot be used:\n${faults.join("\n")}`);
}

/** The page that takes files, and the most bytes of a file and of any other form. */
export const filePage = "/lokationer/fil";
export const fileBytesMax = 32 * 1024 * 1024;
export const formBytesMax = 1024 * 1024;

/** SvelteKit takes a request's origin from these two headers; the server overwrites them on every request. */
export const originHeaders = { protocol: "x-sor-protocol", host: "x-sor-host" } as const;

/**
 * Sets for the built handler: the origin headers, the maximum size of an uploaded file, and the data folder, which is relative to the
 * checkout rather than the working directory. Call before loading the handler.
 */
export function settleKit(): void {
  const checkout = fileURLToPath(new URL("../../..", import.meta.url));
  process.env.DATA_DIR = resolve(checkout, process.env.DATA_DIR || ".data");
  process.env.PROTOCOL_HEADER = originHeaders.protocol;
  process.env.HOST_HEADER = originHeaders.host;
  process.env.BODY_SIZE_LIMIT ??= String(fileBytesMax);
}
