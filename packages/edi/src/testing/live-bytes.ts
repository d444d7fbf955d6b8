import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function bytesAfterCollecting(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Bytes in use after all garbage has been collected: heap and buffers together. Node frees buffers asynchronously, and a
 * collection waits for what the previous one began, so it collects until nothing more is freed, or until no more than
 * `enough` bytes are in use.
 */
export function liveBytes(enough = 0): number {
  let [before, now] = [Number.POSITIVE_INFINITY, bytesAfterCollecting()];
  while (now < before && now > enough) [before, now] = [now, bytesAfterCollecting()];
  return now;
}
