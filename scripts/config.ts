import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const root = fileURLToPath(new URL("..", import.meta.url));

const port = z.coerce
  .number("must be a port number from 1 to 65535")
  .int("must be a port number from 1 to 65535")
  .min(1, "must be a port number from 1 to 65535")
  .max(65_535, "must be a port number from 1 to 65535");
const origin = z.url({ protocol: /^https?$/, error: "must be an address such as https://sor.example.org" });

const Settings = z
  .object({
    HOST: z.string().default("127.0.0.1"),
    GATEWAY_PORT: port.default(8080),
    PORTAL_PORT: port.default(3000),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: "must be postgresql://user:password@host:port/name" })
      .optional(),
    DATA_DIR: z.string().default(".data"),
    DEMO: z.enum(["0", "1"], "must be 0 or 1").optional(),
    DEMO_UNITS: z.coerce
      .number("must be a whole number from 100 to 1000000")
      .int("must be a whole number from 100 to 1000000")
      .min(100, "must be a whole number from 100 to 1000000")
      .max(1_000_000, "must be a whole number from 100 to 1000000")
      .default(2000),
    SOR_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
    PORTAL_ORIGIN: origin.optional(),
    PUBLIC_GATEWAY_URL: origin.optional(),
  })
  .refine((settings) => settings.GATEWAY_PORT !== settings.PORTAL_PORT, {
    path: ["PORTAL_PORT"],
    error: "must differ from GATEWAY_PORT",
    when: () => true,
  });

/** How the whole system shall run, with every default filled in; `dataDir` is absolute. */
export type Config = {
  host: string;
  gatewayPort: number;
  portalPort: number;
  databaseUrl: string | undefined;
  dataDir: string;
  isDemo: boolean;
  demoUnits: number;
  authSecret: string | undefined;
  portalOrigin: string;
  gatewayUrl: string;
};

/** The address under which this machine itself reaches a server that listens on `host`. */
export function localAddress(host: string, portNumber: number): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${portNumber}`;
}

/** Reads the settings of the environment; an empty variable counts as absent. Gives all faults at once, never a value. */
export function readConfig(environment: NodeJS.ProcessEnv): { config: Config } | { faults: string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    return { faults: parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) };
  }
  const found = parsed.data;
  const gatewayUrl = localAddress(found.HOST, found.GATEWAY_PORT);
  return {
    config: {
      host: found.HOST,
      gatewayPort: found.GATEWAY_PORT,
      portalPort: found.PORTAL_PORT,
      databaseUrl: found.DATABASE_URL,
      dataDir: resolve(root, found.DATA_DIR),
      isDemo: (found.DEMO ?? (found.DATABASE_URL ? "0" : "1")) === "1",
      demoUnits: found.DEMO_UNITS,
      authSecret: found.SOR_SECRET,
      portalOrigin: found.PORTAL_ORIGIN ?? localAddress(found.HOST, found.PORTAL_PORT),
      gatewayUrl: found.PUBLIC_GATEWAY_URL ?? gatewayUrl,
    },
  };
}
