/** Measures how long a change in the portal takes to be answered by a gateway in a process of its own: 50 changes in a row. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const portal = fileURLToPath(new URL("..", import.meta.url));
const { status } = spawnSync(
  fileURLToPath(new URL("../node_modules/.bin/vitest", import.meta.url)),
  ["run", "src/browser/change-reaches-gateway.test.ts", "--disable-console-intercept"],
  { cwd: portal, stdio: "inherit", env: { ...process.env, CHANGES: "50" } },
);
process.exitCode = status ?? 1;
