import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const home = `${import.meta.dirname}/..`;

test("the package is built as JavaScript with types, without dependencies, and its command runs", () => {
  execFileSync(process.execPath, ["build.ts"], { cwd: home });
  const published = JSON.parse(readFileSync(`${home}/dist/package.json`, "utf8"));
  expect(published).toMatchObject({ name: "@sor/client", bin: { "sor-mirror": "command.js" } });
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(["dependencies", "private"]));
  const imported =
    "const { createResolver } = await import('./index.js'); console.log(typeof createResolver)";
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: `${home}/dist`, encoding: "utf8" });
  expect(run("--input-type=module", "-e", imported).stdout).toBe("function\n");
  expect(run("command.js")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("Usage: sor-mirror"),
  });
});

test("npm packs it", ({ skip }) => {
  const packed = spawnSync("npm", ["pack", "--dry-run", "--json", "./dist"], { cwd: home, encoding: "utf8" });
  if (packed.error) return skip("npm is not installed");
  const [about] = JSON.parse(packed.stdout) as { files: { path: string }[] }[];
  const paths = about?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(expect.arrayContaining(["index.js", "index.d.ts", "command.js", "README.md"]));
  expect(paths.filter((path) => /\.ts$/.test(path) && !path.endsWith(".d.ts"))).toEqual([]);
});
