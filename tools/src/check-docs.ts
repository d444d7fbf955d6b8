import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Config as GatewaySettings } from "@sor/gateway/config";
import { settingNames as portalSettings } from "@sor/portal/config";
import { docFaults, repositoryFaults } from "./checks/doc-faults.ts";
import { phraseFaults } from "./checks/phrases.ts";
import { root } from "./root.ts";
import { settingNames } from "./system/config.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
const facts = {
  exists: (path: string) =>
    path.includes("*") ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path)),
  scripts: new Set(Object.keys(manifest.scripts)),
};
const read = (path: string) => readFileSync(join(root, path), "utf8");

const faults: string[] = [];
const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root });
for (const path of pages) {
  const folder = dirname(path) === "." ? "" : `${dirname(path)}/`;
  for (const fault of docFaults(read(path), folder, facts)) faults.push(`${path}: ${fault}`);
}

const operations = read("docs/operations.md");
const everySetting = new Set([...settingNames, ...Object.keys(GatewaySettings.shape), ...portalSettings]);
for (const name of everySetting) {
  if (!operations.includes(`\`${name}\``))
    faults.push(`docs/operations.md: setting ${name} is not described`);
}

const listed = execFileSync("git", ["ls-files", "-z", "--cached"], { cwd: root, encoding: "utf8" });
for (const path of listed.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
  const text = read(path);
  for (const fault of [...repositoryFaults(text, root), ...phraseFaults(path, text)])
    faults.push(`${path}: ${fault}`);
}

for (const fault of faults) console.error(fault);
console.log(`check-docs: ${pages.length} pages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
