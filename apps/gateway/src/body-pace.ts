/** How slowly a body may come: so many bytes a second, and how long its sender may stand still at most. */
export type BodyPace = { bytesPerSecondMin: number; graceSeconds: number };

/** Thrown by `atLeast` where a body comes too slowly. */
export class TooSlowError extends Error {}

/**
 * The pieces of a body as they come, while they come fast enough. Only the time in which somebody waits for a piece counts, so that
 * a sender does not answer for our own slowness: of that each byte earns its sender some, and never more than the grace.
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
    // What still reads ends by itself, when the connection does.
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
