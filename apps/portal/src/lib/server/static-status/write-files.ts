import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { composeStatusFiles } from "./compose-files.ts";

type Facts = Omit<Parameters<typeof composeStatusFiles>[0], "origin" | "madeAt">;
type Options = {
  folder: string;
  origin: string;
  /** Reads what is told; rejects while the database is away, and the files grow old. */
  read: () => Promise<Facts>;
  clock: () => Date;
  onProblem: (error: unknown) => void;
};

const lookMilliseconds = 5000;
const rewriteMilliseconds = 60_000;

/** Each file gets its name when it is whole. */
async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const draft = join(folder, `.${name}.${process.pid}`);
    await writeFile(draft, text);
    await rename(draft, join(folder, name));
  }
}

/** Writes the static status page once a minute, and within seconds of a change, until stopped. */
export function startStaticStatus({ folder, origin, read, clock, onProblem }: Options): {
  stop: () => Promise<void>;
} {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  let before = { told: "", at: Number.NEGATIVE_INFINITY };

  const look = async () => {
    const facts = await read();
    const madeAt = clock();
    // The time of a measurement alone is no change.
    const told = JSON.stringify([facts.services.map(({ id, state }) => [id, state]), facts.notices]);
    const isDue = madeAt.getTime() - before.at >= rewriteMilliseconds;
    if (told === before.told && !isDue) return;
    await writeAll(folder, composeStatusFiles({ ...facts, origin, madeAt }));
    before = { told, at: madeAt.getTime() };
  };
  const every = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = look()
      .catch(onProblem)
      .finally(() => {
        isRunning = false;
      });
  }, lookMilliseconds);
  every.unref();
  return {
    stop: async () => {
      clearInterval(every);
      await running;
    },
  };
}
