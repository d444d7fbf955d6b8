import { DomainError } from "@sor/core";
import { gravestState, readStatus, statusBadge } from "@sor/core/status";
import { answerFeed } from "#lib/server/feed-answer.ts";
import type { RequestHandler } from "./$types";

const type = "image/svg+xml; charset=utf-8";

/** A picture of the state of a service, or of all of them (`samlet`), for other sites. */
export const GET: RequestHandler = async (event) => {
  const wanted = /^(.*)\.svg$/.exec(event.params.name)?.[1];
  const answer = await answerFeed(event, async () => {
    const { ctx, config } = event.locals;
    const own = config.isDemo ? "demo" : "production";
    const services = await readStatus(ctx, own);
    const states = services.filter(({ environment }) => environment === own).map(({ state }) => state);
    const all = { name: "SOR", state: gravestState(states) };
    const one = services.find(({ id }) => id === wanted);
    const shown = wanted === "samlet" ? all : one && { name: one.nameDa, state: one.state };
    if (!shown) throw new DomainError("not-found", "no-such-service");
    return { body: statusBadge(shown), changedAt: undefined, type };
  });
  answer.headers.set("access-control-allow-origin", "*");
  answer.headers.set("cross-origin-resource-policy", "cross-origin");
  return answer;
};
