import type { NotificationPage } from "@sor/core/messages";
import type { Context } from "hono";
import type { Answer, AppEnv, Deps } from "./app-env.ts";
import { feedClock } from "./feed-clock.ts";
import { problem } from "./problems.ts";

const heartbeatMilliseconds = 15_000;
/** After this a stream ends, and its reader comes again with `Last-Event-ID`: so no key outlives its end for long. */
const streamMilliseconds = 15 * 60_000;
const streamsMax = 200;
const open = new WeakMap<Deps, number>();
const headers = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
};

export type StreamSource = {
  /** Where to begin. */
  after: string | undefined;
  /** What there is after an offset. */
  read: (after: string | undefined) => Promise<NotificationPage>;
};

type First = { count: number; page: NotificationPage };

async function* eventsOf(
  deps: Deps,
  source: StreamSource,
  first: First,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const clock = feedClock(deps);
  const end = performance.now() + streamMilliseconds;
  let { count, page } = first;
  // Who began with the latest and hears of nothing has an id to come again with all the same.
  yield `retry: 2000\n${page.items.length === 0 ? `id: ${page.next}\n` : ""}\n`;
  while (!signal.aborted && performance.now() < end) {
    if (page.items.length > 0) {
      const lines = page.items.map(
        (item) => `id: ${item.offset}\nevent: message\ndata: ${JSON.stringify(item)}\n\n`,
      );
      yield lines.join("");
    } else if (page.isEnd) {
      await clock.changedSince(count, heartbeatMilliseconds, signal);
      // The beat tells how far the feed has been read, also where nothing of it was this reader's.
      if (count === clock.count() && !signal.aborted) yield `: beat\nid: ${page.next}\n\n`;
    }
    count = clock.count();
    page = await source.read(page.next);
  }
}

/**
 * Answers with server-sent events (HTML, 9.2). Read only as fast as the other side takes them, so nothing piles up; ends
 * when the reader goes, when the program stops, and after a quarter of an hour.
 */
export async function eventStream(c: Context<AppEnv>, deps: Deps, source: StreamSource): Promise<Answer> {
  const streams = open.get(deps) ?? 0;
  if (streams >= streamsMax) return problem(c, "unavailable", { headers: { "Retry-After": "30" } });
  // Asked once before the answer begins, so that a refusal is a problem and not a broken stream.
  const first = { count: feedClock(deps).count(), page: await source.read(source.after) };
  if (c.req.method === "HEAD") return c.body(null, 200, headers) as Answer;
  open.set(deps, streams + 1);
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, c.req.raw.signal, ...(deps.stopping ? [deps.stopping] : [])]);
  const events = eventsOf(deps, source, first, signal);
  const text = new TextEncoder();
  let isOpen = true;
  const close = () => {
    if (isOpen) open.set(deps, (open.get(deps) ?? 1) - 1);
    isOpen = false;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await events.next().catch((error: unknown) => {
          close();
          throw error;
        });
        if (!done) return controller.enqueue(text.encode(value));
        close();
        controller.close();
      },
      cancel: async () => {
        left.abort();
        close();
        await events.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return c.body(body, 200, headers) as Answer;
}
