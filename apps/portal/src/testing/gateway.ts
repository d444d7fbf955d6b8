import { join } from "node:path";
import { testKeys } from "@sor/core/testing";
import { portalFolder } from "./build.ts";
import { freePort, type RunningProgram, startProgram } from "./program.ts";

/** Starts the gateway as its own process on a database; stopped at the end of the test file. */
export async function startGateway(
  databaseUrl: string,
  dataDir: string,
): Promise<RunningProgram & { origin: string }> {
  const port = await freePort();
  const program = await startProgram({
    folder: join(portalFolder, "../gateway"),
    main: "src/main.ts",
    env: { GATEWAY_PORT: String(port), DATABASE_URL: databaseUrl, DATA_DIR: dataDir, ...testKeys },
    listening: /"msg":"gateway listens"/,
  });
  return { ...program, origin: `http://127.0.0.1:${port}` };
}
