import { text } from "@sveltejs/kit";
import { core } from "#lib/server/core.ts";
import { databaseAnswers } from "#lib/server/database-answers.ts";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = async () => {
  const { metrics } = core();
  metrics.databaseIsUp.set((await databaseAnswers()) ? 1 : 0);
  const headers = { "content-type": metrics.registry.contentType, "cache-control": "no-store" };
  return text(await metrics.registry.metrics(), { headers });
};
