import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const good = { DATABASE_URL: "postgres://u@h/d", SOR_SECRET: "x".repeat(32) };

test("every fault is told at once, by the setting's name", () => {
  const faulty = { PORTAL_PORT: "70000", DEMO: "ja", PORTAL_ORIGIN: "ftp://x", DATABASE_URL: "" };
  expect(() => readConfig(faulty)).toThrow(/PORTAL_PORT.*DATABASE_URL.*DEMO.*PORTAL_ORIGIN.*SOR_SECRET/s);
});

test("the origin follows host and port unless it is set, and has no slash at its end", () => {
  expect(readConfig({ ...good, HOST: "0.0.0.0", PORTAL_PORT: "81" }).origin).toBe("http://0.0.0.0:81");
  expect(readConfig({ ...good, PORTAL_ORIGIN: "https://sor.example/" }).origin).toBe("https://sor.example");
});
