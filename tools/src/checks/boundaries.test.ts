import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../root.ts";

let copy: string;
const leftOut = new Set(["node_modules", ".turbo", ".svelte-kit", "build", ".data"]);

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "boundaries-"));
  for (const name of [
    "package.json",
    "pnpm-workspace.yaml",
    "pnpm-lock.yaml",
    "turbo.json",
    "packages",
    "apps",
    "tools",
  ]) {
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !leftOut.has(basename(path)),
    });
  }
});
afterAll(() => rmSync(copy, { recursive: true }));

function boundaries(): { status: number | null; output: string } {
  const turbo = join(root, "node_modules/.bin/turbo");
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" };
  const { status, stdout, stderr } = spawnSync(turbo, ["boundaries"], { cwd: copy, encoding: "utf8", env });
  return { status, output: `${stdout}${stderr}` };
}

test("the workspaces keep their boundaries", () => {
  expect(boundaries()).toMatchObject({ status: 0, output: expect.stringContaining("no issues found") });
});

test.each([
  ["the leaf package imports core", "packages/edi/src/planted.ts", 'import "@sor/core";'],
  [
    "the gateway imports a database driver it does not declare",
    "apps/gateway/src/planted.ts",
    'import "pg";',
  ],
  [
    "the portal reaches into another workspace by path",
    "apps/portal/src/planted.ts",
    'import "../../../packages/core/src/errors.ts";',
  ],
  ["an app imports the tools", "apps/gateway/src/planted.ts", 'import "@sor/tools";'],
])("the check fails when %s", (_, path, text) => {
  writeFileSync(join(copy, path), text);
  const { status, output } = boundaries();
  rmSync(join(copy, path));
  expect(status).not.toBe(0);
  expect(output).toContain("planted.ts");
});

test("the check fails when the domain declares that it depends on an app", () => {
  const manifest = join(copy, "packages/core/package.json");
  const declared = { name: "@sor/core", type: "module", dependencies: { "@sor/gateway": "workspace:*" } };
  cpSync(manifest, `${manifest}.kept`);
  writeFileSync(manifest, JSON.stringify(declared));
  const { status, output } = boundaries();
  cpSync(`${manifest}.kept`, manifest);
  expect(status).not.toBe(0);
  expect(output).toContain("@sor/gateway");
});
