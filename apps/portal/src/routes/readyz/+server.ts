import { text } from "@sveltejs/kit";
import { databaseAnswers } from "#lib/server/database-answers.ts";
import type { RequestHandler } from "./$types";

// Without the database the public pages are served from their last good copy, so the load balancer must keep the portals.
export const GET: RequestHandler = async () =>
  text((await databaseAnswers()) ? "ready\n" : "degraded\n", { headers: { "cache-control": "no-store" } });
