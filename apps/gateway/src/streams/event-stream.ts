import type { Context as CoreContext } from "@sor/core";
import { DomainError } from "@sor/core";
import type { Context } from "hono";
import type { Answer, AppEnv, Deps } from "../app-env.ts";
import { takePlace } from "../http/bounded.ts";
import { endingBody } from "../http/ending-body.ts";
import { clientOf } from "../http/limits.ts";
import { type FeedClock, feedClock } from "./feed-clock.ts";
import { readFeed } from "./feed-reads.ts";
import { holdRight, type StandingRight } from "./standing-right.ts";

const heartbeatMilliseconds = 15_000;
/** After this time a stream ends, and its reader reconnects with `Last-Event-ID`. */
const streamMilliseconds = 15 * 60_000;
const headers = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
};

/** A page of a feed: events in order, and the offset after which the next continues. */
type FeedPage = { items: readonly { offset: string }[]; next: string; isEnd: boolean };

type StreamSource = {
  /** Where to begin. */
  after: string | undefined;
  /** Throws if the key lacks the permission; checked again every few seconds. */
  require: (ctx: CoreContext) => Promise<unknown>;
  /** The events after an offset. */
  read: (ctx: CoreContext, after: string | undefined) => Promise<FeedPage>;
  /** What else than path and offset the events depend on. */
  question?: string;
  /** Tells when there may be more; message events by default. */
  clock?: FeedClock;
};

type Begun = {
  first: { count: number; page: FeedPage };
  right: StandingRight;
  signal: AbortSignal;
  clock: FeedClock;
  read: (ctx: CoreContext, after: string | undefined) => Promise<FeedPage>;
};

/** The source's reads, scheduled with the other streams of the same client. */
function readInTurn(c: Context<AppEnv>, deps: Deps, source: StreamSource): Begun["read"] {
  const holder = clientOf(c, deps.config);
  const { actor } = c.var;
  const who = actor.kind === "key" || actor.kind === "user" ? actor.id : actor.kind;
  return (ctx, after) =>
    readFeed(deps, { holder, question: `${who} ${c.req.path} ${source.question ?? ""} ${after ?? ""}` }, () =>
      source.read(ctx, after),
    );
}

async function* eventsOf({ first, right, signal, clock, read }: Begun) {
  let { count, page } = first;
  // A reader that began at the latest event and has seen none still needs an id to reconnect with.
  yield `retry: 2000\n${page.items.length === 0 ? `id: ${page.next}\n` : ""}\n`;
  while (!signal.aborted) {
    if (page.items.length > 0) {
      const lines = page.items.map(
        (item) => `id: ${item.offset}\nevent: message\ndata: ${JSON.stringify(item)}\n\n`,
      );
      yield lines.join("");
    } else if (page.isEnd) {
      await clock.changedSince(count, heartbeatMilliseconds, signal);
      // The heartbeat carries the offset up to which the feed was read, even when no event was for this reader.
      if (count === clock.count() && !signal.aborted) yield `: beat\nid: ${page.next}\n\n`;
    }
    count = clock.count();
    page = await read(right.context(), page.next);
  }
}

async function* untilNotAllowed(events: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder();
  try {
    for await (const event of events) yield text.encode(event);
  } catch (error) {
    // The headers are sent: if the permission has ended, all we can do is end the stream.
    if (!(error instanceof DomainError)) throw error;
  }
}

/**
 * Answers with server-sent events (HTML, 9.2). Reads only as fast as the client does, so nothing accumulates; ends when the
 * client disconnects, its permission ends, the program stops, and after a quarter of an hour.
 */
export async function eventStream(c: Context<AppEnv>, deps: Deps, source: StreamSource): Promise<Answer> {
  const place = takePlace(c, deps, "streams");
  if ("refused" in place) return place.refused as Answer;
  let isHeld = false;
  try {
    // Checked once before the answer starts, so that a refusal is a problem and not a broken stream.
    const read = readInTurn(c, deps, source);
    const clock = source.clock ?? feedClock(deps);
    const first = { count: clock.count(), page: await read(c.var.ctx, source.after) };
    if (c.req.method === "HEAD") return c.body(null, 200, headers) as Answer;
    const right = holdRight(c, deps, source.require);
    const ending = [right.ended, AbortSignal.timeout(streamMilliseconds), c.req.raw.signal];
    const signal = AbortSignal.any(deps.stopping ? [...ending, deps.stopping] : ending);
    const body = endingBody(c, untilNotAllowed(eventsOf({ first, right, signal, clock, read })), {
      signal,
      ended: () => {
        right.release();
        place.held.giveBack();
      },
    });
    isHeld = true;
    return c.body(body, 200, headers) as Answer;
  } finally {
    if (!isHeld) place.held.giveBack();
  }
}
