import { DomainError } from "@sor/core";
import { statuspageAnswer, statuspageNames } from "@sor/core/status";
import { answerFeed } from "#lib/server/feed-answer.ts";
import { statusFacts } from "#lib/server/subscriptions/status-facts.ts";
import type { RequestHandler } from "./$types";

const type = "application/json; charset=utf-8";
const open = { "access-control-allow-origin": "*", "access-control-expose-headers": "etag" };

/** The state of the services in the shapes of Statuspage's API, version 2, for every site (CORS). */
export const GET: RequestHandler = async (event) => {
  const name = statuspageNames.find((known) => `${known}.json` === event.params.name);
  if (name === undefined) throw new DomainError("not-found", "no-such-address");
  const answer = await answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const facts = await statusFacts(ctx, config);
    const body = JSON.stringify(statuspageAnswer(name, { ...facts, origin: config.origin }));
    return { body, changedAt: undefined, type };
  });
  for (const [header, value] of Object.entries(open)) answer.headers.set(header, value);
  if (answer.ok || answer.status === 304)
    answer.headers.set("cache-control", "public, max-age=30, stale-while-revalidate=60");
  return answer;
};

/** What a browser asks before it sends a request with headers of its own. */
export const OPTIONS: RequestHandler = () =>
  new Response(null, {
    status: 204,
    headers: { ...open, "access-control-allow-methods": "GET", "access-control-allow-headers": "*" },
  });
