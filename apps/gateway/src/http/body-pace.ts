/** The minimum speed of a body: bytes a second, and how long its sender may stall. */
export type BodyPace = { bytesPerSecondMin: number; graceSeconds: number };

/** Thrown by `atLeast` when a body is too slow. */
export class TooSlowError extends Error {}

/**
 * Passes on the pieces of a body while they arrive fast enough. Only the time spent waiting for a piece counts, so that a sender
 * is not blamed for our own slowness: each byte earns its sender some of that time, up to the grace period.
 */
export async function* atLeast(
  pieces: AsyncIterable<Uint8Array>,
  { bytesPerSecondMin, graceSeconds }: BodyPace,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const grace = graceSeconds * 1000;
  let credit = grace;
  try {
    for (;;) {
      const started = performance.now();
      const next = await withinTime(iterator.next(), credit);
      if (next.done) return;
      const earned = (next.value.byteLength / bytesPerSecondMin) * 1000;
      credit = Math.min(grace, credit - (performance.now() - started) + earned);
      yield next.value;
    }
  } finally {
    // A pending read ends when the connection does.
    void iterator.return?.();
  }
}

async function withinTime<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TooSlowError()), Math.max(0, milliseconds));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
