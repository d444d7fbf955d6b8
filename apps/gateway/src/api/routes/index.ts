/** Answers where a message is sent: exactly, by identifier, in batches, explained, and over time. */
import type { Deps } from "../../app-env.ts";
import { newRouter } from "../../http/router.ts";
import { batchLookup } from "./batch.ts";
import { explainLookup } from "./explain.ts";
import { exactLookup, locationLookup, lookupByIdentifier } from "./lookup.ts";
import { tableLookup } from "./table.ts";

/** Everything below /v1/routes. */
export function routes(deps: Deps) {
  const app = newRouter();
  app.route("/", tableLookup(deps));
  app.route("/", exactLookup(deps));
  app.route("/", lookupByIdentifier(deps));
  app.route("/", locationLookup(deps));
  app.route("/", batchLookup(deps));
  app.route("/", explainLookup(deps));
  return app;
}
