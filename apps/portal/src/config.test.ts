import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const good = { DATABASE_URL: "postgres://u@h/d", SOR_SECRET: "x".repeat(32) };

test("all configuration errors are reported together, by setting name", () => {
  const faulty = { PORTAL_PORT: "70000", DEMO: "ja", PORTAL_ORIGIN: "ftp://x", DATABASE_URL: "" };
  for (const name of ["PORTAL_PORT", "DATABASE_URL", "DEMO", "PORTAL_ORIGIN", "SOR_SECRET"])
    expect(() => readConfig(faulty)).toThrow(new RegExp(`^  ${name}: `, "m"));
});

test("the origin defaults to host and port, and has no trailing slash", () => {
  expect(readConfig({ ...good, HOST: "0.0.0.0", PORTAL_PORT: "81" }).origin).toBe("http://0.0.0.0:81");
  expect(readConfig({ ...good, PORTAL_ORIGIN: "https://sor.example/" }).origin).toBe("https://sor.example");
});

test("links use the gateway's public address, and the portal probes its internal address", () => {
  const behindProxy = readConfig({
    ...good,
    HOST: "0.0.0.0",
    GATEWAY_PORT: "81",
    PUBLIC_GATEWAY_URL: "https://gw.example/",
  });
  expect(behindProxy.gatewayOrigin).toBe("https://gw.example");
  expect(behindProxy.gatewayProbe).toBe("http://127.0.0.1:81");
  const elsewhere = readConfig({ ...good, GATEWAY_INTERNAL_URL: "http://gateway.internal:8080" });
  expect(elsewhere.gatewayProbe).toBe("http://gateway.internal:8080");
});

test("a demo reachable from other machines needs DEMO_PUBLIC", () => {
  expect(() => readConfig({ ...good, DEMO: "1", HOST: "0.0.0.0" })).toThrow(/DEMO_PUBLIC=1/);
  expect(readConfig({ ...good, DEMO: "1", HOST: "0.0.0.0", DEMO_PUBLIC: "1" }).isDemo).toBe(true);
});
