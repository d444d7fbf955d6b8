import { join } from "node:path";
import { localAddress } from "@sor/core";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { readConfig } from "./config.ts";

function configOf(environment: Record<string, string>) {
  const outcome = readConfig(environment);
  if ("faults" in outcome) throw new Error(outcome.faults.join("; "));
  return outcome.config;
}

test("without any setting everything runs on this machine, embedded and with demo data", () => {
  expect(configOf({ PATH: "/bin" })).toMatchObject({
    host: "127.0.0.1",
    gatewayPort: 8080,
    portalPort: 3000,
    databaseUrl: undefined,
    dataDir: join(root, ".data"),
    isDemo: true,
    demoUnits: 2000,
  });
});

test("an external database has no demo data unless requested", () => {
  const DATABASE_URL = "postgresql://sor:secret@db/sor";
  expect(configOf({ DATABASE_URL }).isDemo).toBe(false);
  expect(configOf({ DATABASE_URL, DEMO: "1" }).isDemo).toBe(true);
  expect(configOf({ DEMO: "0" }).isDemo).toBe(false);
});

test("a demo that other machines can reach needs two settings", () => {
  for (const HOST of ["0.0.0.0", "::", "192.0.2.10", "sor.example.org"]) {
    expect(readConfig({ HOST })).toEqual({ faults: [expect.stringContaining("DEMO_PUBLIC=1")] });
    expect(configOf({ HOST, DEMO: "0" }).isDemo).toBe(false);
    expect(configOf({ HOST, DEMO_PUBLIC: "1" }).isDemo).toBe(true);
  }
  for (const HOST of ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
    expect(configOf({ HOST }).isDemo).toBe(true);
});

test("an empty variable counts as absent", () => {
  expect(configOf({ DATABASE_URL: "", GATEWAY_PORT: "" })).toMatchObject({
    databaseUrl: undefined,
    gatewayPort: 8080,
  });
});

test("all faults are reported at once, and never a value", () => {
  const outcome = readConfig({
    GATEWAY_PORT: "99999",
    PORTAL_PORT: "3000.5",
    DATABASE_URL: "mysql://sor:hidden@db/sor",
    DEMO: "yes",
    DEMO_UNITS: "few",
    SOR_SECRET: "short",
    PORTAL_ORIGIN: "sor.example.org",
  });
  const faults = "faults" in outcome ? outcome.faults : [];
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
    "GATEWAY_PORT",
    "PORTAL_PORT",
    "DATABASE_URL",
    "DEMO",
    "DEMO_UNITS",
    "SOR_SECRET",
    "PORTAL_ORIGIN",
  ]);
  expect(faults.join()).not.toMatch(/hidden|99999|few|short/);
});

test("the same port for both is a fault", () => {
  expect(readConfig({ GATEWAY_PORT: "3000" })).toEqual({
    faults: ["PORTAL_PORT must differ from GATEWAY_PORT"],
  });
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:80"],
  ["0.0.0.0", "http://127.0.0.1:80"],
  ["::", "http://[::1]:80"],
  ["example.org", "http://example.org:80"],
])("a server that listens on %s is reached at %s", (host, address) => {
  expect(localAddress(host, 80)).toBe(address);
});
