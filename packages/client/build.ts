import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// Makes the folder `dist` as it is published: JavaScript with its types, and a package file without the workspace's own parts.
const here = import.meta.dirname;
const dist = `${here}/dist`;
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [
  `${here}/node_modules/typescript/bin/tsc`,
  ...["-p", `${here}/tsconfig.build.json`],
]);
const { name, version, description, license, type } = JSON.parse(
  readFileSync(`${here}/package.json`, "utf8"),
);
const published = {
  ...{ name, version, description, license, type },
  engines: { node: ">=20.10" },
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  bin: { "sor-mirror": "command.js" },
};
writeFileSync(`${dist}/package.json`, `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(`${here}/README.md`, `${dist}/README.md`);
