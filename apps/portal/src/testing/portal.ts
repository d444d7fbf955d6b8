import { asProgram, testKeys } from "@sor/core/testing";
import { portalFolder } from "./build.ts";
import { freePort, type RunningProgram, startProgram } from "./program.ts";

export type RunningPortal = RunningProgram & { origin: string };

/** Starts the built portal as its own process on a database; stopped at the end of the test file. */
export async function startPortal(
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<RunningPortal> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    folder: portalFolder,
    main: "server.ts",
    env: {
      PORTAL_PORT: String(port),
      PORTAL_ORIGIN: origin,
      DATABASE_URL: asProgram(databaseUrl),
      SOR_SECRET: "only-for-tests-and-long-enough-to-be-taken",
      ...testKeys,
      ...env,
    },
    listening: /"msg":"listening"/,
  });
  return { ...program, origin };
}
