/** Answers which endpoints a supplier has and how they are doing, and lets the supplier operate them. */
import type { Deps } from "../../app-env.ts";
import { newRouter } from "../../http/router.ts";
import { askEndpoints } from "./ask.ts";
import { editEndpoints } from "./edit.ts";
import { operateEndpoints } from "./operate.ts";

/** Everything below /v1/endpoints. */
export function endpoints(deps: Deps) {
  const app = newRouter();
  app.route("/", editEndpoints(deps));
  app.route("/", operateEndpoints(deps));
  app.route("/", askEndpoints(deps));
  return app;
}
