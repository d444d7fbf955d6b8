import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";

/** How long a client that does not read gets to receive the rest of the body. */
const graceMilliseconds = 1000;

type Ending = {
  /** Ends the body, even while the client reads nothing. */
  signal: AbortSignal;
  /** Called once, however the body ends. */
  ended: () => void;
  /** A body cut off by the signal must not look complete: its connection is closed at once. */
  isCutOff?: true;
};

/**
 * A body that is produced as the client reads it, never ahead of it: it ends with `pieces`, when the client disconnects, or at
 * the signal. After that, the connection of a client that does not read the end is closed after a second.
 */
export function endingBody(
  c: Context<AppEnv>,
  pieces: AsyncGenerator<Uint8Array>,
  { signal, ended, isCutOff }: Ending,
): ReadableStream<Uint8Array> {
  let isOpen = true;
  const end = () => {
    if (!isOpen) return false;
    isOpen = false;
    ended();
    return true;
  };
  const { outgoing } = c.env ?? {};
  const close = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (isCutOff) return outgoing ? outgoing.destroy() : controller.error(new Error("the right has ended"));
    controller.close();
    setTimeout(() => {
      if (!outgoing?.writableFinished) outgoing?.destroy();
    }, graceMilliseconds).unref();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const stop = () => {
          if (!end()) return;
          close(controller);
          // Resolves when the pending read has finished; it is not awaited.
          void pieces.return(undefined);
        };
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      },
      pull: async (controller) => {
        try {
          const { done, value } = await pieces.next();
          if (!isOpen) return;
          if (!done) return controller.enqueue(value);
          end();
          controller.close();
        } catch (error) {
          if (end()) controller.error(error);
        }
      },
      cancel: async () => {
        end();
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
