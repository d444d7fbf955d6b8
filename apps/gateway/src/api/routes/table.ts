import { createGunzip, createGzip } from "node:zlib";
import { createRoute } from "@hono/zod-openapi";
import { type Context as CoreContext, chooseCoding } from "@sor/core";
import { ChangePosition } from "@sor/core/changes";
import { givesWay } from "@sor/core/database";
import {
  allLines,
  findChangedPart,
  linesFormat,
  partLines,
  type RoutingTable,
  tablePosition,
  toSeconds,
} from "@sor/core/routing";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { newRouter } from "../../http/router.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import { tags } from "./shared.ts";

const contentType = "application/x-ndjson";
const example = `{"format":"${linesFormat}","kind":"delta","position":"48211.9f86d081884c7d65","sequence":48211,"staleSeconds":1}
["type",0,{"code":"DIS91","version":"D9134L","format":"EDIFACT","direction":"receive"}]
["gln","5790000123117",[[1767222000,null,0,null,null,null]],[[0,-1,1767222000,null]]]
["end",3]
`;

/** The table that lookups read, for those who keep a copy of it. */
export function tableLookup(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/routes/table",
      tags,
      summary: "The routing table, whole or what changed · Routingtabellen, hel eller ændringer",
      description:
        "Lines of JSON, with what is coming: a copy answers lookups by its own clock. Without `since`, or when too much has changed, the whole table, which may be minutes old: ask again with its `position` before you use it. The last line has the number of lines; without it the answer was cut.",
      middleware: [requireReader(deps)] as const,
      request: {
        query: z.strictObject({
          since: ChangePosition.optional().meta({ description: "`position` of the answer before" }),
        }),
      },
      responses: {
        200: {
          description: "The lines",
          content: { [contentType]: { schema: z.string(), examples: { delta: { value: example } } } },
        },
        ...problemResponses("invalid", "not-signed-in", "too-many", "unavailable"),
      },
    }),
    async (c) => {
      if (deps.routing.state().source === "none") return problem(c, "unavailable") as never;
      const { since } = c.req.valid("query");
      const delta = since === undefined ? undefined : await deltaLines(c.var.ctx, deps, since);
      if (delta !== undefined) return answerLines(c, delta) as never;
      return (await answerWhole(c, await wholeTable(c.var.ctx, deps))) as never;
    },
  );
  return app;
}

const headers = { "Content-Type": contentType, "Cache-Control": "no-store", Vary: "Accept-Encoding" };
const answerLines = (c: Context<AppEnv>, text: string) => c.body(text, 200, headers);

function headLine(deps: Deps, now: Date, more: object): string {
  const { freshAt } = deps.routing.state();
  const staleSeconds = freshAt && Math.max(0, Math.round((now.getTime() - freshAt.getTime()) / 1000));
  return `${JSON.stringify({ format: linesFormat, ...more, staleSeconds })}\n`;
}

const endLine = (before: string) => `${JSON.stringify(["end", before.split("\n").length - 1])}\n`;

/** The lines that changed since a place; undefined when the whole table is needed. */
async function deltaLines(ctx: CoreContext, deps: Deps, since: string): Promise<string | undefined> {
  const changed = await findChangedPart(ctx, () => deps.routing.table, since);
  if (changed.kind === "all") return undefined;
  const { table } = deps.routing;
  const position = changed.kind === "none" ? since : tablePosition(table);
  const sequence = Number.parseInt(position, 10);
  const head = headLine(deps, ctx.now, { kind: "delta", position, sequence });
  const lines = changed.kind === "none" ? "" : partLines(table, changed.part, toSeconds(ctx.now));
  const text = head + lines;
  return text + endLine(text);
}

type Whole = { table: RoutingTable; position: string; madeAt: number; gzip: Promise<Buffer> };
const kept = new WeakMap<Deps, Whole>();
const keptMilliseconds = 600_000;

/** The whole table, compressed: made once and given to all until it is ten minutes old, or deltas no longer lead on from it. */
async function wholeTable(ctx: CoreContext, deps: Deps): Promise<Whole> {
  const known = kept.get(deps);
  const isYoung = known && performance.now() - known.madeAt < keptMilliseconds;
  if (known && !deps.routing.state().isConnected) return known;
  if (known && isYoung) {
    const changed = await findChangedPart(ctx, () => deps.routing.table, known.position);
    if (changed.kind !== "all") return known;
  }
  const { table } = deps.routing;
  const position = tablePosition(table);
  const made = { table, position, madeAt: performance.now(), gzip: pack(deps, table, ctx.now) };
  kept.set(deps, made);
  // One that could not be made is not given to others.
  made.gzip.catch(() => kept.delete(deps));
  return made;
}

async function pack(deps: Deps, table: RoutingTable, now: Date): Promise<Buffer> {
  const giveWay = givesWay();
  const gzip = createGzip({ level: 6 });
  const pieces: Buffer[] = [];
  gzip.on("data", (piece: Buffer) => pieces.push(piece));
  const head = headLine(deps, now, {
    kind: "full",
    position: tablePosition(table),
    sequence: table.sequence,
  });
  let lines = 0;
  const write = async (text: string) => {
    lines += text.split("\n").length - 1;
    if (!gzip.write(text)) await new Promise((resolve) => gzip.once("drain", resolve));
    await giveWay();
  };
  await write(head);
  for (const text of allLines(table, toSeconds(now))) await write(text);
  gzip.end(`${JSON.stringify(["end", lines])}\n`);
  await new Promise((resolve, reject) => gzip.once("end", resolve).once("error", reject));
  return Buffer.concat(pieces);
}

async function answerWhole(c: Context<AppEnv>, whole: Whole): Promise<Response> {
  const packed = await whole.gzip;
  if (chooseCoding(c.req.header("accept-encoding"), ["gzip"])) {
    return c.body(new Uint8Array(packed), 200, { ...headers, "Content-Encoding": "gzip" });
  }
  const plain = createGunzip();
  plain.end(packed);
  return c.body(ReadableStream.from(plain) as ReadableStream, 200, {
    ...headers,
    "Cache-Control": "no-store, no-transform",
  });
}
