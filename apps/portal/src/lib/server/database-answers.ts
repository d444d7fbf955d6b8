import { createContext } from "@sor/core";
import { asksDatabase } from "@sor/core/status";
import { core } from "#lib/server/core.ts";

const patienceMilliseconds = 2000;

/** Whether the database answers within two seconds. */
export async function databaseAnswers(): Promise<boolean> {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  const asked = asksDatabase(createContext(core().db, { kind: "system", job: "readiness" }, new Date()))(
    signal,
  );
  const late = new Promise<false>((resolve) => signal.addEventListener("abort", () => resolve(false)));
  return await Promise.race([asked.catch(() => false), late]);
}
