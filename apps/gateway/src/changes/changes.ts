import { createRoute } from "@hono/zod-openapi";
import { type Context, DomainError } from "@sor/core";
import { ChangePage, ChangePosition, ChangesFilter, ChangesQuestion, readChanges } from "@sor/core/changes";
import { findSnapshotOf } from "@sor/core/snapshots";
import { z } from "zod";
import { json, noStore, refusedReading, security } from "../api/shared.ts";
import type { Deps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { refuseKey, requireKey, requireReader } from "../http/caller.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { eventStream } from "../streams/event-stream.ts";
import { changeClock } from "../streams/feed-clock.ts";
import { type Waiting, whileWaiting } from "../streams/long-poll.ts";

const tags = ["changes"];
const pageEntries = 100;
const example: z.input<typeof ChangePage> = {
  items: [
    {
      ...{
        sequence: 48_211,
        offset: "48211.9f86d081884c7d65",
        at: "2026-10-01T10:00:00.000Z",
        transaction: 910_334,
        isLast: true,
      },
      ...{ changeSetId: null, action: "unit.edit", entity: "unit", id: "311000016009" },
      ...{ glns: [], sorIds: ["311000016009"], before: null },
      after: { versions: [{ validFrom: "2026-10-01", validTo: null, name: "Medicinsk Afsnit 3" }] },
    },
  ],
  ...{ next: "48211.9f86d081884c7d65", sequence: 48_211, isEnd: true },
};
const fromId = z.object({
  "last-event-id": ChangePosition.optional().meta({ description: "Continue after this entry" }),
});

/** Changes of the register in order: by number, waited for, or streamed as they happen. */
export function changes(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/changes",
      summary: "Changes of the register after a number · Ændringer i registret",
      description:
        "In order and without gaps: continue with after=next. A page ends with a transaction, unless one transaction has more than 2,000 entries. Begin after the `position` of a snapshot. An entry `rebase`, and 410: load a snapshot, and continue after its position; 410 names the newest in `snapshot`. `wait` needs a key. Names of people, suppliers' ids and endpoints are shown only to those who may read the journal.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { query: ChangesQuestion },
      responses: {
        200: json("Entries, oldest first", ChangePage, example),
        ...problemResponses("invalid", "not-signed-in", "too-many", "unavailable", "offset-gone"),
      },
    }),
    async (c) => {
      const { wait, rows, ...filter } = c.req.valid("query");
      const question = { ...filter, withRows: rows === "true" };
      const count = changeClock(deps).count();
      const page = await orNameSnapshot(deps, c.var.ctx, () => readChanges(c.var.ctx, question));
      if (hasNews(page) || !page.isEnd || wait === 0) return c.json(page, 200, noStore);
      if (c.var.actor.kind !== "key") return refuseKey(c, "missing") as never;
      const waited = await whileWaiting(c, deps, mayRead, (waiting) =>
        nextPage(deps, { page, question, count, seconds: wait, waiting }),
      );
      if ("refused" in waited) return waited.refused as never;
      return c.json(waited.result, 200, noStore);
    },
  );

  addStream(app, deps);
  return app;
}

function addStream(app: ReturnType<typeof newRouter>, deps: Deps): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/changes/stream",
      summary: "The same entries as they happen (server-sent events)",
      description:
        "Continues after `Last-Event-ID`. Ends after a quarter of an hour: reconnect with the last id.",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { query: ChangesFilter, headers: fromId },
      responses: {
        200: {
          description:
            "Server-sent events; `id` is the offset, `data` a ChangeEntry, a comment every 15 seconds",
          content: { "text/event-stream": { schema: z.string() } },
        },
        ...refusedReading("offset-gone"),
      },
    }),
    async (c) => {
      const { after, ...filter } = c.req.valid("query");
      const start = c.req.valid("header")["last-event-id"] ?? after;
      const read = (ctx: Context, from = start) =>
        orNameSnapshot(deps, ctx, () => readChanges(ctx, { ...filter, after: from, limit: pageEntries }));
      const source = {
        after: start,
        question: `${filter.entity ?? ""} ${filter.subtreeOf ?? ""}`,
        clock: changeClock(deps),
        require: mayRead,
        read,
      };
      return (await eventStream(c, deps, source)) as never;
    },
  );
}

const hasNews = ({ items, rows }: ChangePage) =>
  items.length + (rows?.units.length ?? 0) + (rows?.locations.length ?? 0) > 0;

/** What `read` gives; when its place is gone, the refusal names the newest snapshot from which to begin again. */
async function orNameSnapshot<T>(deps: Deps, ctx: Context, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DomainError) || error.details.fault !== "offset-gone") throw error;
    const newest = await findSnapshotOf(ctx, snapshotPlaceOf(deps.config).filesDir);
    const snapshot = newest && { name: newest.name, sequence: newest.sequence, position: newest.position };
    throw new DomainError("gone", "offset-gone", {
      ...{ fault: "offset-gone", begin: newest?.position ?? "0", snapshot: snapshot ?? null },
    });
  }
}

/** A valid key is all that is needed: each page shows what its holder may see. */
const mayRead = async () => undefined;

type Asked = {
  page: ChangePage;
  question: Parameters<typeof readChanges>[1];
  count: number;
  seconds: number;
  waiting: Waiting;
};

/** The first page with an entry, or the last page read when the time is over. */
async function nextPage(deps: Deps, { page, question, count, seconds, waiting }: Asked): Promise<ChangePage> {
  const clock = changeClock(deps);
  const end = performance.now() + seconds * 1000;
  let [read, seen] = [page, count];
  while (!hasNews(read) && performance.now() < end && !waiting.signal.aborted) {
    if (read.isEnd) await clock.changedSince(seen, end - performance.now(), waiting.signal);
    seen = clock.count();
    read = await readChanges(waiting.context(), { ...question, after: read.next });
  }
  return read;
}
