import { join } from "node:path";
import { createRoute } from "@hono/zod-openapi";
import { DomainError } from "@sor/core";
import { deltaLines, findDelta } from "@sor/core/deltas";
import { listPublished, type Manifest, readManifest } from "@sor/core/snapshots";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { takePlace } from "../http/bounded.ts";
import { requireReader } from "../http/caller.ts";
import { endingBody } from "../http/ending-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";

const contentType = "application/x-ndjson";
const example = `{"format":"sor-delta/1","from":48100,"to":48211,"position":"48211.9f86d081884c7d65"}
{"dataset":"units","id":"311000016009","lines":[{"sorId":"311000016009","level":"unit"}]}
{"dataset":"units","id":"331000016005","lines":[]}
`;
const Between = z
  .string()
  .regex(/^(?:\d{1,15}-\d{1,15}|\d{4}-\d{2}-\d{2})$/)
  .meta({ description: "The numbers of two snapshots, such as 48100-48211, or a day in Denmark" });

/** What changed between two snapshots that are kept, in lines of JSON. */
export function deltas(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/deltas/{between}",
      tags: ["files"],
      summary: "What changed between two snapshots, or on a day · Ændringer mellem to udtræk",
      description:
        "After the first line one for each unit and location number that changed, and each file that it has lines in: all of its lines in the newer snapshot; none: it is gone. 404 when a snapshot is not kept. 410 when data changed outside the journal in between: load the newer whole. Deltas of 8 hours, a day, a week and a month lie ready at `/files/register/deltas/`.",
      middleware: [requireReader(deps)] as const,
      request: {
        params: z.object({ between: Between.meta({ example: "2026-10-01" }) }),
        query: z.strictObject({}),
      },
      responses: {
        200: {
          description: "The lines",
          content: { [contentType]: { schema: z.string(), examples: { one: { value: example } } } },
        },
        ...problemResponses(
          "invalid",
          "not-signed-in",
          "too-many",
          "unavailable",
          "not-found",
          "offset-gone",
        ),
      },
    }),
    async (c) => {
      const { filesDir } = snapshotPlaceOf(deps.config);
      const names = await listPublished(filesDir);
      const kept = await Promise.all(names.map((name) => readManifest(filesDir, name)));
      const ends = endsOf(kept.toReversed(), c.req.valid("param").between);
      if (!ends) return problem(c, "not-found") as never;
      const touched = await findDelta(c.var.ctx.db, ends.from, ends.to);
      const begin = ends.to.position ?? "0";
      if (!touched) throw new DomainError("gone", "offset-gone", { fault: "offset-gone", begin });
      return (await sendLines(c, deps, deltaLines(join(filesDir, ends.to.name), touched, ends))) as never;
    },
  );
  return app;
}

/** The two snapshots that are asked for, of those that are kept, the oldest first. Pure. */
function endsOf(kept: readonly Manifest[], between: string): { from: Manifest; to: Manifest } | undefined {
  const [from, to] = /^\d+-\d+$/.test(between)
    ? between.split("-").map((number) => kept.find(({ sequence }) => sequence === Number(number)))
    : [kept.findLast(({ day }) => day < between), kept.findLast(({ day }) => day === between)];
  return from && to && from.sequence <= to.sequence ? { from, to } : undefined;
}

async function sendLines(c: Context<AppEnv>, deps: Deps, lines: AsyncGenerator<string>): Promise<Response> {
  const headers = { "Content-Type": contentType, "Cache-Control": "no-store, no-transform" };
  if (c.req.method === "HEAD") return c.body(null, 200, headers);
  const place = takePlace(c, deps, "files");
  if ("refused" in place) return place.refused;
  const pieces = async function* () {
    const text = new TextEncoder();
    for await (const line of lines) yield text.encode(line);
  };
  const { signal } = c.req.raw;
  return c.body(
    endingBody(c, pieces(), { signal, ended: () => place.held.giveBack(), isCutOff: true }),
    200,
    headers,
  );
}
