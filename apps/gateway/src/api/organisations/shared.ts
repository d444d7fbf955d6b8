import { SorId } from "@sor/core/identifiers";
import { currentSequence } from "@sor/core/journal";
import { Instant } from "@sor/core/message-types";
import { Day } from "@sor/core/organisations";
import type { Context } from "hono";
import { z } from "zod";
import type { Answer, AppEnv, Deps } from "../../app-env.ts";
import { answerAsOf, cacheFor, secondsOfDay } from "../../http/conditional.ts";

export const tags = ["organisations"];
/** The caching of lists of the register, which change by day. */
export const cacheShort = (c: Context<AppEnv>) => ({
  "Cache-Control": cacheFor("list", secondsOfDay(c.var.ctx.now)),
});

export const sorIdParam = z.object({ sorId: SorId });
export const validAt = Day.optional().meta({ description: "As valid on this day; today by default" });
export const knownAt = Instant.optional().meta({
  description: "As registered at this instant; now by default",
});
export const after = z.string().max(2000).optional().meta({
  description: "Cursor: `next` of the previous page",
});

/** A list that is answered whole. */
export const items = <S extends z.ZodType>(schema: S) => z.object({ items: z.array(schema) });

export const unitExample = {
  sorId: "311000016009",
  level: "institution",
  name: "Klinik Eksempel",
  validFrom: "2026-01-01",
  validTo: null,
};
export const path = [{ sorId: "311000016009", level: "institution", name: "Klinik Eksempel" }];
export const withPath = { ...unitExample, path };

/** Sends a result of the register, with a sequence that it is at least as new as. */
export async function sendRead(
  c: Context<AppEnv>,
  deps: Deps,
  read: () => Promise<unknown>,
): Promise<Answer> {
  const sequence = await currentSequence(deps.db);
  return answerAsOf(c, sequence, JSON.stringify(await read()), cacheShort(c));
}
