import { text } from "@sveltejs/kit";
import { databaseAnswers } from "#lib/server/database-answers.ts";
import type { RequestHandler } from "./$types";

// Without the database the public pages go on from their last good copy: a balancer must not take all portals away then.
export const GET: RequestHandler = async () =>
  text((await databaseAnswers()) ? "ready\n" : "degraded\n", { headers: { "cache-control": "no-store" } });
