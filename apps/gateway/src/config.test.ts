import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("every fault is reported at once, with its name", () => {
  const read = () => readConfig({ GATEWAY_PORT: "70000", LOOKUPS: "perhaps", DATABASE_URL: "http://x" });
  expect(read).toThrow(/GATEWAY_PORT[\s\S]*/);
  expect(read).toThrow(/LOOKUPS/);
  expect(read).toThrow(/DATABASE_URL/);
});

test("an empty setting counts as absent", () => {
  expect(readConfig({ DATABASE_URL: "postgres://a@b/c", GATEWAY_PORT: "" }).GATEWAY_PORT).toBe(8080);
});

test("the data folder is relative to the checkout, whatever the working directory", () => {
  const at = (dataDir: string) =>
    readConfig({ DATABASE_URL: "postgres://a@b/c", DATA_DIR: dataDir }).DATA_DIR;
  expect(process.cwd()).toMatch(/gateway$/);
  expect(at("")).toBe(fileURLToPath(new URL("../../../.data", import.meta.url)));
  expect(at("/var/lib/sor")).toBe("/var/lib/sor");
});
