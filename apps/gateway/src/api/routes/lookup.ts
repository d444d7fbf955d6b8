import { createRoute } from "@hono/zod-openapi";
import { Cvr, type IdentifierKind, PNumber, ProviderNumber, Shak, SorId } from "@sor/core/identifiers";
import {
  AskedTypeText,
  findByIdentifier,
  LocationRoutes,
  locationRoutes,
  RouteAnswer,
  RouteTimeline,
  routeTimeline,
} from "@sor/core/routing";
import type { z } from "zod";
import type { Deps } from "../../app-env.ts";
import { requireReader } from "../../http/caller.ts";
import { answerAsOf, cacheOfMoment, secondsOfDay } from "../../http/conditional.ts";
import { newRouter } from "../../http/router.ts";
import { answerLookup } from "../../lookup/answer-lookup.ts";
import { problemResponses } from "../../problems/docs.ts";
import { problem } from "../../problems/index.ts";
import {
  asOf,
  choiceQuery,
  glnParam,
  momentOf,
  momentQuery,
  negativeHeaders,
  pairParams,
  refuseRoute,
  routeExample,
  sendLookup,
  tags,
} from "./shared.ts";

const refusals = [
  "invalid",
  "gln-invalid",
  "gln-unknown",
  "gln-closed",
  "gln-withdrawn",
  "gln-inactive",
  "not-yet-valid",
  "too-many",
] as const;
const pairRefusals = [...refusals, "type-not-supported", "version-not-supported"] as const;

const identifierQuery = choiceQuery.extend({
  messageType: AskedTypeText,
  sorId: SorId.optional(),
  ydernummer: ProviderNumber.optional(),
  shak: Shak.optional(),
  cvr: Cvr.optional(),
  pNumber: PNumber.optional(),
});

const kinds = {
  sorId: "sorId",
  ydernummer: "providerNumber",
  shak: "shak",
  cvr: "cvr",
  pNumber: "pNumber",
} as const satisfies Record<string, IdentifierKind>;

function identifiersIn(query: z.infer<typeof identifierQuery>) {
  return (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [{ kind: kinds[name], value }];
  });
}

/** Exact lookup: one location number, one type. HEAD gives the same answer without the body. */
export function exactLookup(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/routes/{gln}/{messageType}",
      tags,
      summary: "Where a message of a type is sent · Hvor en meddelelse skal hen",
      request: { params: pairParams, query: choiceQuery },
      middleware: [requireReader(deps)] as const,
      responses: {
        ...asOf(RouteAnswer, "The route", routeExample as never),
        ...problemResponses(...pairRefusals),
      },
    }),
    (c) => {
      const { at, ...query } = c.req.valid("query");
      const question = { ...c.req.valid("param"), ...query, at: momentOf(c, at) };
      const of = { isOfNow: at === undefined };
      return sendLookup(c, deps, answerLookup(deps.routing.table, question, c.var.language, of));
    },
  );
  return app;
}

/** Lookup by any other identifier of a unit. */
export function lookupByIdentifier(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/routes",
      tags,
      summary: "The route of the unit with an identifier · Vejen til enheden med et nummer",
      description:
        "Exactly one of sorId, ydernummer, shak, cvr and pNumber. A unit without a location number of its own is reached at the one it inherits; see `resolvedBy`. An identifier that leads to several location numbers is answered by 409 with candidates.",
      request: { query: identifierQuery },
      middleware: [requireReader(deps)] as const,
      responses: {
        ...asOf(RouteAnswer, "The route", routeExample as never),
        ...problemResponses(...pairRefusals, "identifier-unknown", "unit-without-gln", "ambiguous"),
      },
    }),
    (c) => {
      const query = c.req.valid("query");
      const [identifier, ...others] = identifiersIn(query);
      if (!identifier || others.length > 0) {
        const detail = "exactly one of sorId, ydernummer, shak, cvr, pNumber";
        return problem(c, "invalid", { errors: [{ parameter: Object.keys(kinds).join(","), detail }] });
      }
      const { table } = deps.routing;
      const at = momentOf(c, query.at);
      const found = findByIdentifier(table, identifier, at);
      if (!found.found) {
        const { reason, found: _, ...more } = found;
        return problem(c, reason, { more, headers: negativeHeaders(table.sequence) });
      }
      const { messageType, version, format, sender } = query;
      const question = { gln: found.gln, messageType, version, format, sender, at };
      const isOfNow = query.at === undefined;
      const secondsLeft = isOfNow ? secondsOfDay(c.var.ctx.now) : undefined;
      const of = { resolvedBy: found.resolvedBy, isOfNow, secondsLeft };
      return sendLookup(c, deps, answerLookup(table, question, c.var.language, of));
    },
  );
  return app;
}

const pairExample = {
  direction: "receive" as const,
  messageType: "DIS91",
  version: "D9134L",
  format: "EDIFACT" as const,
  urn: routeExample.urn,
  endpointId: routeExample.endpoint.id,
  validFrom: routeExample.validFrom,
  validTo: null,
  state: "active" as const,
};

/** All types of a location, and the timeline of one type. */
export function locationLookup(deps: Deps) {
  const app = newRouter();
  const { gln, system, supplier, netOperator, validFrom, sequence } = routeExample;
  const locationExample = {
    ...{ gln, validFrom, validTo: null, onlyInternal: false, system, supplier, netOperator },
    units: [{ sorId: "311000016009", name: "Klinik Eksempel" }],
    routes: [pairExample],
    warnings: [],
    sequence,
  };
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/routes/{gln}",
      tags,
      summary: "Everything a location receives and sends · Alt, en lokation modtager og sender",
      request: { params: glnParam, query: momentQuery },
      middleware: [requireReader(deps)] as const,
      responses: {
        ...asOf(LocationRoutes, "The location", locationExample as never),
        ...problemResponses(...refusals),
      },
    }),
    (c) => {
      const at = momentOf(c, c.req.valid("query").at);
      const found = locationRoutes(deps.routing.table, c.req.valid("param").gln, at);
      if (!found.found) return refuseRoute(c, deps, found);
      const cache = cacheOfMoment(c, found.holdsUntil);
      return answerAsOf(c, deps.routing.table.sequence, JSON.stringify(found.location), cache);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/routes/{gln}/{messageType}/timeline",
      tags,
      summary: "Past, present and planned routes of a type · Tidligere, nuværende og planlagte",
      request: { params: pairParams, query: momentQuery },
      middleware: [requireReader(deps)] as const,
      responses: {
        ...asOf(RouteTimeline, "The timeline", {
          gln,
          messageType: "DIS91",
          location: [{ validFrom, validTo: null, state: "active", successor: null }],
          routes: [pairExample],
          sequence,
        } as never),
        ...problemResponses("invalid", "gln-invalid", "gln-unknown", "too-many"),
      },
    }),
    (c) => {
      const question = { ...c.req.valid("param"), at: momentOf(c, c.req.valid("query").at) };
      const found = routeTimeline(deps.routing.table, question);
      if (!found.found) return refuseRoute(c, deps, found);
      const cache = cacheOfMoment(c, found.holdsUntil);
      return answerAsOf(c, deps.routing.table.sequence, JSON.stringify(found.timeline), cache);
    },
  );
  return app;
}
