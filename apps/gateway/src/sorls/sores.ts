import { Day } from "@sor/core/organisations";
import { readRegister } from "@sor/core/register-log";
import { dayInDenmark } from "@sor/core/validity";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { limitAtOnce, limitReads } from "../http/bounded.ts";
import { caller, requireReader } from "../http/caller.ts";
import { type Limiter, limitRate } from "../http/limits.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { errorsOf, problem } from "../problems/index.ts";
import { getChildren, getEntities, type Looked, mapShakToSor, mapSorToShak } from "./read-entities.ts";

const idsMax = 500;
const id = z.string().trim().min(1).max(40);
const asked = {
  entities: z.strictObject({ SorIds: z.array(id).min(1).max(idsMax), Date: Day.optional() }),
  children: z
    .strictObject({ SorId: id.optional(), ShakId: id.toUpperCase().optional(), Date: Day.optional() })
    .refine(({ SorId, ShakId }) => (SorId === undefined) !== (ShakId === undefined)),
  shak: z.strictObject({ ShakId: id.toUpperCase(), Date: Day.optional() }),
  sor: z.strictObject({ SorId: id, Date: Day.optional() }),
};

/** Reads the body by a schema, or answers which of its members cannot be used. */
async function read<Value>(c: Context<AppEnv>, schema: z.ZodType<Value>): Promise<Value | Response> {
  const text = await c.req.text();
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  return problem(c, "invalid", { errors: errorsOf(parsed.error, "json", c.var.language) });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const answer = (c: Context<AppEnv>, { sequence }: Looked<unknown>, body: object) =>
  c.json(body, 200, { "Cache-Control": "no-store", "Register-Sequence": String(sequence) });

/** The same lookups as JSON, after SORES: for many units at once, and for all below one. */
export function sores(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  app.use(
    "/sores/v3/*",
    caller(deps, limiter),
    limitRate(deps, limiter),
    limitAtOnce(deps),
    requireReader(deps),
  );
  app.use("/sores/v3/*", limitBody(64 * 1024), limitReads(deps));
  app.get("/sores/v3/version", (c) => c.json({ version: "3" }));
  app.get("/sores/v3/status", async (c) => {
    const { ctx } = c.var;
    const sequence = await readRegister(ctx, async (reading) => reading.sequence);
    return answer(c, { sequence, value: undefined }, { status: "OK", sequence, day: dayInDenmark(ctx.now) });
  });
  app.post("/sores/v3/GetSorEntity", async (c) => {
    const input = await read(c, asked.entities);
    if (input instanceof Response) return input;
    const found = await getEntities(c.var.ctx, { sorIds: [...new Set(input.SorIds)], day: input.Date });
    return answer(c, found, { SorEntities: found.value });
  });
  app.post("/sores/v3/SearchAllChildren", async (c) => {
    const input = await read(c, asked.children);
    if (input instanceof Response) return input;
    const { SorId: sorId, ShakId: shakId } = input;
    const found = await getChildren(c.var.ctx, {
      ...(sorId && { sorId }),
      ...(shakId && { shakId }),
      day: input.Date,
    });
    return answer(c, found, { SorEntities: found.value.entities, IsComplete: found.value.isComplete });
  });
  app.post("/sores/v3/MapShakToSor", async (c) => {
    const input = await read(c, asked.shak);
    if (input instanceof Response) return input;
    const found = await mapShakToSor(c.var.ctx, { shakId: input.ShakId, day: input.Date });
    return answer(c, found, { SorEntities: found.value });
  });
  app.post("/sores/v3/MapSorToShak", async (c) => {
    const input = await read(c, asked.sor);
    if (input instanceof Response) return input;
    const found = await mapSorToShak(c.var.ctx, { sorId: input.SorId, day: input.Date });
    return answer(c, found, { Shak: found.value[0] ?? null });
  });
  return app;
}
