import { resolve } from "node:path";
import { localAddress, publicDemoFault } from "@sor/core";
import { flag, readSettings, sharedSettings, webAddress, wholeNumber } from "@sor/core/settings";
import { z } from "zod";
import { root } from "../root.ts";

const { HOST, DATABASE_URL, DATA_DIR, DEMO_PUBLIC } = sharedSettings;

const Fields = z.object({
  HOST,
  GATEWAY_PORT: wholeNumber(1, 65_535).default(8080),
  PORTAL_PORT: wholeNumber(1, 65_535).default(3000),
  DATABASE_URL: DATABASE_URL.optional(),
  DATA_DIR,
  DEMO: flag.optional(),
  DEMO_PUBLIC,
  DEMO_UNITS: wholeNumber(100, 1_000_000).default(2000),
  SOR_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  PORTAL_ORIGIN: webAddress.optional(),
  PUBLIC_GATEWAY_URL: webAddress.optional(),
  LOG_MEGABYTES_MAX: wholeNumber(1, 10_000).default(50),
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
  const read = readSettings(Settings, environment);
  if ("faults" in read) return { faults: read.faults.map(({ name, fault }) => `${name} ${fault}`) };
  const found = read.settings;
  const isDemo = found.DEMO ?? found.DATABASE_URL === undefined;
  const demoFault = publicDemoFault({ host: found.HOST, isDemo, isPublicDemo: found.DEMO_PUBLIC });
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
