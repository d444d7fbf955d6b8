/** Processor time of other processes, as Linux counts it: on a busy machine it is more reliable than rates. */
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

type Times = { parent: number; seconds: number };

function timesOf(pid: string): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
    return { parent: fields[1] ?? 0, seconds: ticks / ticksPerSecond };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** Processor time in seconds of a process and its children, including those that have ended. */
export function processorSeconds(pid: number): number {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.reduce((sum, name) => {
    const times = timesOf(name);
    return times && (Number(name) === pid || times.parent === pid) ? sum + times.seconds : sum;
  }, 0);
}
