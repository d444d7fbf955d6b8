import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";

/** How long a client that does not read has for what was written to it before the end. */
const graceMilliseconds = 1000;

export type Ending = {
  /** Ends the body, also while the client reads nothing. */
  signal: AbortSignal;
  /** Said once, however the body ends. */
  ended: () => void;
  /** What is cut off at the signal must not look whole: its connection is closed at once. */
  isCutOff?: true;
};

/**
 * The body of an answer that is made while it is read, never ahead of the client: it ends when `pieces` do, when the client goes,
 * or at the signal. Then the connection of a client that does not take the end is closed after a second.
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
          // Resolves when what is being read has been; nobody waits for it.
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
