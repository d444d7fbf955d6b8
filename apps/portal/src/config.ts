import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { localAddress, publicDemoFault } from "@sor/core";
import { portNumber, readSettings, sharedSettings, webAddress, wholeNumber } from "@sor/core/settings";
import { z } from "zod";

const Fields = z.object({
  ...sharedSettings,
  PORTAL_PORT: portNumber.default(3000),
  PORTAL_MANAGEMENT_PORT: portNumber.optional(),
  PORTAL_ORIGIN: webAddress.optional(),
  GATEWAY_PORT: wholeNumber(1, 65_535).default(8080),
  PUBLIC_GATEWAY_URL: webAddress.optional(),
  GATEWAY_INTERNAL_URL: webAddress.optional(),
  SOR_SECRET: z.string().min(32),
  ACCESSIBILITY_STATEMENT_URL: webAddress.optional(),
  STATUS_DIR: z.string().min(1).optional(),
  ADDRESS_HEADER: z
    .string()
    .regex(/^[\w-]+$/)
    .toLowerCase()
    .optional(),
  XFF_DEPTH: z.coerce.number().int().min(1).max(20).default(1),
  CONTACT_TECHNICAL_MAIL: z.email().optional(),
  CONTACT_PROFESSIONAL_MAIL: z.email().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});
/** The names of all settings, for the check that each is described. */
export const settingNames = Object.keys(Fields.shape);

type Supports = { technical: string; professional: string };

/** The addresses of the supports: both, or in a demo invented ones. */
function contactMailOf(env: z.output<typeof Fields>): Supports | undefined {
  const { CONTACT_TECHNICAL_MAIL: technical, CONTACT_PROFESSIONAL_MAIL: professional } = env;
  if (technical && professional) return { technical, professional };
  return env.DEMO ? { technical: "teknik@example.dk", professional: "faglig@example.dk" } : undefined;
}

const Environment = Fields.superRefine((env, issues) => {
  const message = publicDemoFault({ host: env.HOST, isDemo: env.DEMO, isPublicDemo: env.DEMO_PUBLIC });
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
  isDemo: env.DEMO,
  /** The portal shows mail that a demo without a mail server would have sent; never to other machines. */
  showsMail: env.DEMO && !env.DEMO_PUBLIC,
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
    mayMake: env.DEMO || env.NODE_ENV !== "production",
  },
  /** Hosts to which webhooks may be http or in private networks; must be the same as the gateway's setting. */
  privateHosts: [...env.WEBHOOK_PRIVATE_HOSTS, ...(env.DEMO ? ["localhost", "127.0.0.1", "[::1]"] : [])],
  /** The folder of the static status page, for any web server to serve. */
  statusDir: env.STATUS_DIR ?? join(env.DATA_DIR, "status"),
  /** Where the two supports read what is written on the contact page; absent: the page has no form. */
  contactMail: contactMailOf(env),
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
  const read = readSettings(Environment, env);
  if ("settings" in read) return read.settings;
  const faults = read.faults.map(({ name, fault }) => `  ${name}: ${fault}`);
  throw new Error(`The settings of the portal cannot be used:\n${faults.join("\n")}`);
}

/** Whether the page with this path takes files: a list of location numbers, or pictures and attachments of news. */
export const takesFiles = (path: string): boolean =>
  path === "/lokationer/fil" || /^\/redaktion\/nyheder\/[\w-]+$/.test(path);

/** The most bytes of a file and of any other form. */
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
