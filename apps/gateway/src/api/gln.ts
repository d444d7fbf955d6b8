import { createRoute } from "@hono/zod-openapi";
import { RoutedGln } from "@sor/core/identifiers";
import {
  allocateNumber,
  getNumber,
  listNumbers,
  NumberAllocation,
  NumberFilter,
  NumberReservation,
  NumberState,
  releaseNumber,
  reserveNumber,
  retireNumber,
} from "@sor/core/location-numbers";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey } from "../http/caller.ts";
import { idempotent } from "../http/idempotent.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "./paging.ts";
import {
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "./shared.ts";

const tags = ["gln"];
const bodyBytesMax = 10_000;
const byGln = z.object({ gln: RoutedGln });

const NumberView = z
  .object({
    gln: RoutedGln,
    state: NumberState.meta({ description: "A reservation that has run out shows as released" }),
    holder: z.string().nullable().meta({ description: "For whom or what" }),
    unitSorId: z.string().nullable(),
    reservedUntil: z.string().nullable().meta({ description: "First day on which it no longer holds" }),
  })
  .meta({ id: "LocationNumber", description: "A location number given out, reserved or retired here" });
const Allocation = NumberAllocation.strict().meta({
  id: "GlnAllocation",
  description: "For whom a location number is allocated",
});
const Reservation = NumberReservation.strict().meta({
  id: "GlnReservation",
  description: "For whom a location number is reserved, and until when",
});

const allocated = {
  ...{ gln: "5790009001280", state: "allocated" as const, holder: "Medicinsk Afsnit 3" },
  ...{ unitSorId: "311000016009", reservedUntil: null },
};
const reserved = { ...allocated, state: "reserved" as const, reservedUntil: "2027-06-01" };

/** Location numbers of this installation: allocate, reserve, release, retire. Nothing is given out twice. */
export function gln(_deps: Deps) {
  const app = newRouter();

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/gln",
      summary: "Location numbers given out, reserved or retired · Tildelte lokationsnumre",
      tags,
      security,
      middleware: [requireKey, carriesFilter] as const,
      request: { query: NumberFilter },
      responses: {
        200: {
          ...json(
            "One page, by number",
            z.object({ items: z.array(NumberView), next: z.string().nullable() }),
          ),
          headers: nextLinkHeader,
        },
        ...refusedReading(),
      },
    }),
    async (c) => {
      const { page, link } = carriedPage(c, await listNumbers(c.var.ctx, c.req.valid("query")));
      return c.json(page, 200, { ...noStore, ...link });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/gln/{gln}",
      summary: "What became of a location number · Et lokationsnummers tildeling",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byGln, query: nothing },
      responses: { 200: json("The number", NumberView, allocated), ...refusedReading("not-found") },
    }),
    async (c) => c.json(await getNumber(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
  addGiving(app);
  addEnding(app);
  return app;
}

function addGiving(app: ReturnType<typeof newRouter>): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/gln/$allocate",
      summary: "Give out a location number · Tildel et lokationsnummer",
      description:
        "The next free number of the ranges, with its check digit; `gln` names a reserved or released one instead. Needs the right to edit location numbers at the unit; without a unit, everywhere. Send an Idempotency-Key, so that a repeated request does not take another number.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request: {
        query: nothing,
        headers: idempotencyHeader,
        body: jsonBody(Allocation, { holder: "Medicinsk Afsnit 3" }),
      },
      responses: { 201: json("Given out for good", NumberView, allocated), ...refusedWriting("conflict") },
    }),
    async (c) => {
      const number = await allocateNumber(c.var.ctx, c.req.valid("json"));
      return c.json(number, 201, { ...noStore, Location: `/v1/gln/${number.gln}` });
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/gln/$reserve",
      summary: "Reserve a location number until a day · Reservér et lokationsnummer",
      description: "The next free number of the ranges, kept for at most a year; allocate it by its number.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request: {
        query: nothing,
        headers: idempotencyHeader,
        body: jsonBody(Reservation, { holder: "Nyt sundhedshus", reservedUntil: "2027-06-01" }),
      },
      responses: { 201: json("Reserved", NumberView, reserved), ...refusedWriting("conflict") },
    }),
    async (c) => {
      const number = await reserveNumber(c.var.ctx, c.req.valid("json"));
      return c.json(number, 201, { ...noStore, Location: `/v1/gln/${number.gln}` });
    },
  );
}

function addEnding(app: ReturnType<typeof newRouter>): void {
  const request = { params: byGln, query: nothing, headers: idempotencyHeader };

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/gln/{gln}/$release",
      summary: "End a reservation · Frigiv et reserveret lokationsnummer",
      description: "The number may be given out again, once the ranges are used up.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request,
      responses: {
        200: json("Released", NumberView, {
          ...reserved,
          state: "released",
          holder: null,
          unitSorId: null,
          reservedUntil: null,
        }),
        ...refusedWriting("conflict"),
      },
    }),
    async (c) => c.json(await releaseNumber(c.var.ctx, c.req.valid("param")), 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/gln/{gln}/$retire",
      summary: "End a location number for good · Tag et lokationsnummer ud af brug",
      description: "It is never given out or registered again. A number in use has to be closed first.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax), idempotent] as const,
      request,
      responses: {
        200: json("Retired", NumberView, { ...allocated, state: "retired" }),
        ...refusedWriting("conflict", "not-found"),
      },
    }),
    async (c) => c.json(await retireNumber(c.var.ctx, c.req.valid("param")), 200, noStore),
  );
}
