import { open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createContext } from "@sor/core";
import { readReport, recordBounce } from "@sor/core/bounces";
import type { Deps } from "../app-env.ts";
import { repeat } from "../workers/repeat.ts";

type ReturnDeps = Pick<Deps, "config" | "db" | "log" | "clock">;

const lookMilliseconds = 60_000;
const filesAtOnce = 500;
/** The report stands before the mail that came back. */
const bytesRead = 256 * 1024;

/** Reads the mailbox of returned mail every minute, until it is stopped; nothing without MAIL_RETURN_DIR. */
export async function readReturned(deps: ReturnDeps, stopping: AbortSignal): Promise<void> {
  if (deps.config.MAIL_RETURN_DIR === undefined) return;
  await repeat(lookMilliseconds, stopping, async () => {
    await readReturnedOnce(deps).catch((error: unknown) =>
      deps.log.warn({ err: error }, "returned mail not read; trying again"),
    );
  });
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead: read } = await file.read(Buffer.alloc(bytesRead), 0, bytesRead, 0);
    return buffer.toString("latin1", 0, read);
  } finally {
    await file.close();
  }
}

const isGone = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Records one mail and moves it to those that were read; another process may have done so first. */
async function readOne(deps: ReturnDeps, folder: string, name: string): Promise<boolean> {
  try {
    const report = readReport(await beginningOf(join(folder, "new", name)));
    if (report) {
      const ctx = createContext(deps.db, { kind: "system", job: "returned-mail" }, deps.clock());
      const done = await recordBounce(ctx, { text: report.headers, status: report.status });
      deps.log.info({ status: report.status, done }, "mail came back");
    }
    await rename(join(folder, "new", name), join(folder, "cur", `${name}:2,S`));
    return report !== undefined;
  } catch (error) {
    if (!isGone(error)) throw error;
    return false;
  }
}

/** Reads what has come into the mailbox (Maildir); returns how many reports were among it. */
export async function readReturnedOnce(deps: ReturnDeps): Promise<number> {
  const folder = deps.config.MAIL_RETURN_DIR ?? "";
  const names = (await readdir(join(folder, "new"))).sort().slice(0, filesAtOnce);
  let reports = 0;
  for (const name of names) if (await readOne(deps, folder, name)) reports += 1;
  return reports;
}
