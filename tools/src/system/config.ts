import { resolve } from "node:path";
import { englishOf, localAddress, publicDemoFault } from "@sor/core";
import { z } from "zod";
import { root } from "../root.ts";

const origin = z.url({ protocol: /^https?$/, error: "must be an address such as https://sor.example.org" });

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

const Fields = z.object({
  HOST: z.string().default("127.0.0.1"),
  GATEWAY_PORT: whole(1, 65_535).default(8080),
  PORTAL_PORT: whole(1, 65_535).default(3000),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "must be postgresql://user:password@host:port/name" })
    .optional(),
  DATA_DIR: z.string().default(".data"),
  DEMO: z.enum(["0", "1"], "must be 0 or 1").optional(),
  DEMO_PUBLIC: z.enum(["0", "1"], "must be 0 or 1").default("0"),
  DEMO_UNITS: whole(100, 1_000_000).default(2000),
  SOR_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  PORTAL_ORIGIN: origin.optional(),
  PUBLIC_GATEWAY_URL: origin.optional(),
  LOG_MEGABYTES_MAX: whole(1, 10_000).default(50),
});
const Settings = Fields.refine((settings) => settings.GATEWAY_PORT !== settings.PORTAL_PORT, {
  path: ["PORTAL_PORT"],
  error: "must differ from GATEWAY_PORT",
  when: () => true,
});

/** The names of all settings, for the check that each is documented. */
export const settingNames = Object.keys(Fields.shape);

/** The configuration of the whole system, with every default filled in; `dataDir` is absolute. */
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
  logBytesMax: number;
};

/** Reads the settings from the environment; an empty variable counts as absent. Reports all faults at once, never a value. */
export function readConfig(environment: NodeJS.ProcessEnv): { config: Config } | { faults: string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map((issue) => `${issue.path.join(".")} ${englishOf(issue.message)}`),
    };
  }
  const found = parsed.data;
  const isDemo = (found.DEMO ?? (found.DATABASE_URL ? "0" : "1")) === "1";
  const demoFault = publicDemoFault({ host: found.HOST, isDemo, isPublicDemo: found.DEMO_PUBLIC === "1" });
  if (demoFault) return { faults: [demoFault] };
  return {
    config: {
      host: found.HOST,
      gatewayPort: found.GATEWAY_PORT,
      portalPort: found.PORTAL_PORT,
      databaseUrl: found.DATABASE_URL,
      dataDir: resolve(root, found.DATA_DIR),
      isDemo,
      demoUnits: found.DEMO_UNITS,
      authSecret: found.SOR_SECRET,
      portalOrigin: found.PORTAL_ORIGIN ?? localAddress(found.HOST, found.PORTAL_PORT),
      gatewayUrl: found.PUBLIC_GATEWAY_URL ?? localAddress(found.HOST, found.GATEWAY_PORT),
      logBytesMax: found.LOG_MEGABYTES_MAX * 1_000_000,
    },
  };
}
