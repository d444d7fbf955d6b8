import {
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
} from "@sor/core/steering";
import type { Deps } from "../../app-env.ts";
import { newRouter } from "../../http/router.ts";
import { noStore } from "../shared.ts";
import * as routes from "./dead-letter-routes.ts";

/** Dead letters: messages that their receiver refused permanently. Both sides see them and may retry or give them up. */
export function deadLetters(deps: Deps) {
  const app = newRouter();
  app.openapi(routes.listRoute, async (c) =>
    c.json({ items: await listDeadLetters(c.var.ctx) }, 200, noStore),
  );
  app.openapi(routes.retryRoute, async (c) => {
    const asked = c.req.valid("json");
    const answer =
      "group" in asked ? await retryDeadLetters(c.var.ctx, asked) : await retryDeadLetter(c.var.ctx, asked);
    deps.announce();
    return c.json(answer, 200, noStore);
  });
  app.openapi(routes.discardRoute, async (c) => {
    const asked = c.req.valid("json");
    const { GATEWAY_PARTY: gatewayParty } = deps.config;
    const answer =
      "group" in asked
        ? await discardDeadLetters(c.var.ctx, { ...asked, gatewayParty })
        : await discardDeadLetter(c.var.ctx, { ...asked, gatewayParty });
    return c.json(answer, 200, noStore);
  });
  return app;
}
