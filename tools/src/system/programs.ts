import { join } from "node:path";
import { localAddress } from "@sor/core";
import { root } from "../root.ts";
import type { Config } from "./config.ts";
import type { Program } from "./supervise.ts";

export type Mode = "serve" | "develop";

/** The settings passed to the gateway and the portal, each as its own config.ts reads them; neither gets the other's secrets. */
function environment(config: Config, databaseUrl: string, mode: Mode): NodeJS.ProcessEnv {
  const { SOR_SECRET: _, SMTP_URL: __, ...shared } = process.env;
  return {
    ...shared,
    NODE_ENV: mode === "serve" ? "production" : "development",
    HOST: config.host,
    GATEWAY_PORT: String(config.gatewayPort),
    PORTAL_PORT: String(config.portalPort),
    DATABASE_URL: databaseUrl,
    DATA_DIR: config.dataDir,
    DEMO: config.isDemo ? "1" : "0",
    PORTAL_ORIGIN: config.portalOrigin,
    PUBLIC_GATEWAY_URL: config.gatewayUrl,
    // No other instance answers in the meantime: draining is pointless.
    DRAIN_SECONDS: process.env.DRAIN_SECONDS || "0",
  };
}

/** The two programs in start order. */
export function programs(config: Config, databaseUrl: string, authSecret: string, mode: Mode): Program[] {
  const common = environment(config, databaseUrl, mode);
  const { SMTP_URL } = process.env;
  const portalWords = {
    serve: ["server.ts"],
    develop: [
      "node_modules/vite/bin/vite.js",
      "dev",
      "--host",
      config.host,
      "--port",
      String(config.portalPort),
    ],
  };
  return [
    {
      environment: { ...common, ...(SMTP_URL !== undefined && { SMTP_URL }) },
      name: "gateway",
      words: [...(mode === "develop" ? ["--watch"] : []), "src/main.ts"],
      folder: join(root, "apps/gateway"),
      log: join(config.dataDir, "gateway.log"),
      live: `${localAddress(config.host, config.gatewayPort)}/livez`,
    },
    {
      environment: { ...common, SOR_SECRET: authSecret },
      name: "portal",
      words: portalWords[mode],
      folder: join(root, "apps/portal"),
      log: join(config.dataDir, "portal.log"),
      live: `${localAddress(config.host, config.portalPort)}/livez`,
    },
  ];
}
