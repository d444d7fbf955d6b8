const preloaded = new URL("shifted-clock.ts", import.meta.url).href;

/** The settings of a process whose machine's clock is wrong by this many seconds, from its start or toggled by each SIGUSR2. */
export function wrongClock(seconds: number, from: "start" | "signal"): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${preloaded}`,
    CLOCK_SHIFT_SECONDS: String(seconds),
    CLOCK_SHIFTED_FROM: from,
  };
}
