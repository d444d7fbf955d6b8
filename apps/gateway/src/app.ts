import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accessTest } from "./api/access-test.ts";
import { alertLinks } from "./api/alerts/links.ts";
import { alerts } from "./api/alerts/list.ts";
import { alertSubscriptions } from "./api/alerts/subscriptions.ts";
import { audit } from "./api/audit.ts";
import { bulkEdits } from "./api/change-sets/bulk-edits.ts";
import { changeSets } from "./api/change-sets/index.ts";
import { deliveries } from "./api/deliveries.ts";
import { docs } from "./api/docs.ts";
import { endpoints } from "./api/endpoints/index.ts";
import { gln } from "./api/gln.ts";
import { glnRanges } from "./api/gln-ranges.ts";
import { interchanges } from "./api/interchanges.ts";
import { locations } from "./api/locations.ts";
import { mailboxes } from "./api/mailboxes.ts";
import { messageTypeCatalogue } from "./api/message-types.ts";
import { deadLetters } from "./api/messages/dead-letters.ts";
import { messages } from "./api/messages/index.ts";
import { notifications } from "./api/notifications.ts";
import { operations } from "./api/operations.ts";
import { organisationalLevels } from "./api/organisational-levels.ts";
import { codeLists } from "./api/organisations/code-lists.ts";
import { organisations } from "./api/organisations/organisations.ts";
import { shak } from "./api/organisations/shak.ts";
import { routes } from "./api/routes/index.ts";
import { status } from "./api/status/index.ts";
import { successions } from "./api/successions.ts";
import { systems } from "./api/systems.ts";
import { vendorSwitches } from "./api/vendor-switches.ts";
import type { AppEnv, Deps } from "./app-env.ts";
import { changes } from "./changes/changes.ts";
import { comingChanges } from "./changes/coming-changes.ts";
import { changeSubscriptions } from "./changes/subscriptions.ts";
import { fhir } from "./fhir/index.ts";
import { deltas } from "./files/deltas.ts";
import { files } from "./files/file-site.ts";
import { snapshots } from "./files/snapshots.ts";
import { limitAtOnce, limitReads } from "./http/bounded.ts";
import { caller } from "./http/caller.ts";
import { compressAnswers } from "./http/compress.ts";
import { notModified } from "./http/conditional.ts";
import { createLimiter, type Limiter, limitRate, refuseUnreadableUrl } from "./http/limits.ts";
import { observe } from "./http/observe.ts";
import { newRouter } from "./http/router.ts";
import { countRefused } from "./intake/refusals.ts";
import { krs } from "./krs/index.ts";
import { returnedMail } from "./mail/returned-mail.ts";
import { onError, problem } from "./problems/index.ts";

import { sores } from "./sorls/sores.ts";
import { sorls } from "./sorls/sorls.ts";

export type { Deps } from "./app-env.ts";

/** The lists and searches that may keep a connection to the database for long. */
const longReads = {
  GET: [
    ...["/v1/interchanges", "/v1/messages", "/v1/dead-letters", "/v1/deliveries/sla", "/v1/alerts"],
    ...["/v1/organisations", "/v1/organisations/:sorId/descendants", "/v1/message-types/:code/receivers"],
    ...["/v1/shak", "/v1/shak/:shakCode/children", "/v1/organisations/:sorId/clinical-hierarchy"],
    ...["/v1/change-sets", "/v1/diff", "/v1/coming-changes", "/v1/message-type-versions/outdated"],
  ],
  POST: [
    ...["/v1/messages/$search", "/v1/messages/$resend"],
    ...["$preview", "$submit", "$approve", "$decline", "$apply"].map((step) => `/v1/change-sets/:id/${step}`),
  ],
} as const;

/** What has forms of its own for answers and refusals: published files, FHIR and SOAP. */
const doorsOf = (deps: Deps, limiter: Limiter) => [
  files(deps, limiter),
  fhir(deps, limiter),
  krs(deps, limiter),
  sorls(deps, limiter),
  sores(deps, limiter),
];

/** Each resource of the API, in the order of its documentation. */
const resources: readonly ((deps: Deps, limiter: Limiter) => OpenAPIHono<AppEnv>)[] = [
  ...[accessTest, routes, messageTypeCatalogue],
  ...[organisations, successions, shak, codeLists, organisationalLevels, gln, glnRanges, locations],
  ...[changeSets, bulkEdits, vendorSwitches, endpoints, systems],
  ...[interchanges, messages, mailboxes, deadLetters, deliveries, notifications, alerts, alertSubscriptions],
  ...[audit, snapshots, deltas, changes, changeSubscriptions, comingChanges, status],
];

/** The whole gateway as a function from request to answer. Starts nothing and owns nothing. */
export function createApp(deps: Deps, limiter = createLimiter(deps.config)): OpenAPIHono<AppEnv> {
  const app = newRouter();
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  app.use(observe(deps), compressAnswers(), notModified(), refuseUnreadableUrl());

  app.route("/", operations(deps, "public"));
  for (const part of [alertLinks, returnedMail]) app.route("/", part(deps));
  for (const door of doorsOf(deps, limiter)) app.route("/", door);

  app.use("/v1/interchanges", countRefused(deps));
  app.use("/v1/*", caller(deps, limiter), limitRate(deps, limiter), limitAtOnce(deps));
  app.use("/v1/*", async (c, next) => {
    const isOperation = c.req.method !== "POST" && /\/\$[\w-]+$/.test(c.req.path);
    return isOperation ? refuseMethod(app, c) : await next();
  });
  app.on("GET", [...longReads.GET], limitReads(deps));
  app.on("POST", [...longReads.POST], limitReads(deps));
  for (const part of resources) app.route("/", part(deps, limiter));

  app.route("/", docs(app));
  app.onError(onError);
  app.notFound((c) => refuseMethod(app, c));
  return app;
}

/** What MANAGEMENT_PORT serves: liveness, readiness with its reasons, metrics, and nothing else. */
export function createManagementApp(deps: Deps): OpenAPIHono<AppEnv> {
  const app = newRouter();
  app.use(observe(deps));
  app.route("/", operations(deps, "management"));
  app.onError(onError);
  app.notFound((c) => problem(c, "not-found"));
  return app;
}

function refuseMethod(app: OpenAPIHono<AppEnv>, c: Context<AppEnv>) {
  const allowed = allowedMethods(app, c.req.path);
  const bare = c.req.path.replace(/\/+$/, "");
  if (allowed.length === 0 && bare !== c.req.path && allowedMethods(app, bare).length > 0) {
    return c.redirect(`${bare}${new URL(c.req.url).search}`, 308);
  }
  if (allowed.length === 0) return problem(c, "not-found");
  return problem(c, "method-not-allowed", { headers: { Allow: allowed.join(", ") } });
}

// Operations ($resend) allow only POST, even where their name would match another route's `id`.
const asked = ["GET", "POST", "PUT", "PATCH", "DELETE"];

function allowedMethods(app: OpenAPIHono<AppEnv>, path: string): string[] {
  const methods = /\/\$[\w-]+$/.test(path) ? ["POST"] : asked;
  const found = methods.filter((method) => {
    const [matches] = app.router.match(method, path);
    return matches.some(([handler]) => {
      const route = Array.isArray(handler) ? handler[1] : undefined;
      return route !== undefined && route.method !== "ALL";
    });
  });
  return found.includes("GET") ? ["GET", "HEAD", ...found.filter((method) => method !== "GET")] : found;
}
