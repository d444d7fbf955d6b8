import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./root.ts";

const [wanted, ...words] = process.argv.slice(2);
const paths = globSync("{packages,apps}/*/{bench,src}/**/*.bench.ts", { cwd: root });
const found = paths.find((path) => basename(path) === `${wanted}.bench.ts`);
if (!found) {
  const names = paths.map((path) => basename(path, ".bench.ts")).sort();
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(", ")}`);
  process.exit(1);
}
const [workspace, kind] = found.split("/");
const folder = join(root, workspace as string, kind as string);
const child = spawn(process.execPath, ["--expose-gc", join(root, found), ...words], {
  cwd: folder,
  stdio: "inherit",
});
const [code, signal] = await once(child, "exit");
process.exit(signal ? 1 : code);
