import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { openLog, readLog } from "@sor/core/database";

/** One of our programs, run as a child process. `live` answers 200 once it serves. */
export type Program = {
  readonly name: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: string;
  readonly live: string;
};
/** A running program; `ended` settles with a description when it ends without having been stopped. */
export type Running = {
  readonly pid: number;
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
};

const liveSecondsMax = 120;

async function lastLines(path: string, from: number): Promise<string> {
  return (await readLog(path, from)).trim().split("\n").slice(-12).join("\n");
}

/** Starts a program with the pinned Node. It ends when we end (`end-with-parent.ts`), even by `kill -9`. */
export async function startProgram(program: Program, { stopSecondsMax = 12 } = {}): Promise<Running> {
  const { file: log, from } = await openLog(program.log);
  const preload = new URL("end-with-parent.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", preload, ...program.words], {
    cwd: program.folder,
    env: program.environment,
    // A separate process group: Ctrl-C reaches only the supervisor, which stops everything in order.
    detached: true,
    stdio: ["pipe", log.fd, log.fd],
  });
  await once(child, "spawn");
  await log.close();
  let isStopping = false;
  const exited = once(child, "exit");
  const ended = new Promise<string>((resolve, reject) => {
    exited
      .then(async ([code, signal]) => {
        if (isStopping) return;
        const how = signal ? `by ${signal}` : `with code ${code}`;
        resolve(
          `The ${program.name} ended ${how}. The end of ${program.log}:\n${await lastLines(program.log, from)}`,
        );
      })
      .catch(reject);
  });
  const stop = async () => {
    isStopping = true;
    child.kill("SIGTERM");
    const inTime = await Promise.race([exited, pause(stopSecondsMax * 1000, undefined, { ref: false })]);
    if (inTime) return;
    child.kill("SIGKILL");
    await exited;
  };
  return { pid: child.pid as number, ended, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    // Not listening yet: try again.
    return false;
  }
}

async function untilAnswering(program: Program): Promise<void> {
  for (const start = Date.now(); Date.now() - start < liveSecondsMax * 1000; await pause(50)) {
    if (await answers(program.live)) return;
  }
  throw new Error(`The ${program.name} does not answer ${program.live}; see ${program.log}.`);
}

/** Waits until a started program serves; throws when it ends or takes longer than two minutes. */
export async function waitUntilLive(program: Program, running: Running): Promise<void> {
  const ended = running.ended.then((how) => {
    throw new Error(how);
  });
  await Promise.race([ended, untilAnswering(program)]);
}
