import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { testDatabaseUrl } from "../testing/index.ts";

const program = fileURLToPath(new URL("../testing/import-generated-file.ts", import.meta.url));

test("memory does not grow with the file: a process of its own imports a generated file of 5 MB and retains nothing of it", async () => {
  const url = await testDatabaseUrl();
  const { stdout } = await promisify(execFile)(process.execPath, [program, "5", url]);
  const { megabytes, units, heldGrowthMegabytes } = JSON.parse(stdout);
  expect(megabytes).toBeGreaterThanOrEqual(5);
  expect(units).toBeGreaterThan(4000);
  expect(heldGrowthMegabytes).toBeLessThan(2.5);
}, 300_000);
