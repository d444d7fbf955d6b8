import { createRoute } from "@hono/zod-openapi";
import type { Fault } from "@sor/core";
import { decodeCursor, encodeCursor } from "@sor/core";
import { queryNumber, RoutedGln, SorId } from "@sor/core/identifiers";
import {
  AskedFormat,
  AskedMoment,
  AskedTypeText,
  AskedVersion,
  listReceivers,
  Receiver,
} from "@sor/core/routing";
import { messageTypes } from "@sor/edi";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireReader } from "../http/caller.ts";
import { answerAsOf, cacheOfMoment } from "../http/conditional.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";
import { messageTypeVersions } from "./message-type-versions.ts";
import { carriedPage, carriesFilter } from "./paging.ts";
import { asOf, momentOf } from "./routes/shared.ts";

const tags = ["message-types"];

const CatalogueEntry = z
  .object({
    urn: z.string(),
    kind: z.enum(["message", "receipt", "namespace"]),
    format: z.enum(["EDIFACT", "XML", "FHIR", "other"]),
    nameDa: z.string(),
    nameEn: z.string(),
    unhType: z.string().optional(),
    code: z.string().optional(),
    version: z.string().optional(),
    aliases: z.array(z.string()),
    status: z.enum(["current", "superseded"]),
    supersededBy: z.string().optional(),
    twin: z.string().optional().meta({ description: "URN of the same message in EDIFACT or XML" }),
    listed: z.boolean().meta({ description: "On the national list of message definitions" }),
  })
  .loose()
  .meta({ id: "MessageType", description: "One message type in one version" });

const Catalogue = z.object({ items: z.array(CatalogueEntry) }).meta({ id: "MessageTypeCatalogue" });

const catalogueQuery = z.strictObject({
  format: AskedFormat.optional(),
  status: z.enum(["current", "superseded"]).optional(),
});

const receiversQuery = z.strictObject({
  version: AskedVersion.optional(),
  format: AskedFormat.optional(),
  region: z
    .string()
    .regex(/^\d{4}$/, "region-digits" satisfies Fault)
    .optional()
    .meta({ examples: ["1084"] }),
  municipality: z
    .string()
    .regex(/^\d{3,4}$/, "municipality-digits" satisfies Fault)
    .optional()
    .meta({ examples: ["0101"] }),
  postalCode: z
    .string()
    .regex(/^\d{4}$/, "postal-digits" satisfies Fault)
    .optional()
    .meta({ examples: ["2100"] }),
  subtreeOf: SorId.optional().meta({ description: "Only units at or below this one" }),
  at: AskedMoment.optional(),
  limit: queryNumber(1, 1000).default(50),
  after: z.string().max(3000).optional().meta({ description: "Cursor: `next` of the previous page" }),
});

/** All pages are as of the same moment as the first. */
const Cursor = z.object({ after: RoutedGln, at: z.int() });

const Receivers = z
  .object({
    items: z.array(Receiver),
    next: z.string().nullable().meta({ description: "Cursor of the next page; null at the end" }),
    sequence: z.int(),
  })
  .meta({ id: "Receivers", description: "A page of receivers, by location number" });

const unknownType = {
  da: "Meddelelsestypen findes ikke, eller ikke i denne version.",
  en: "There is no such message type, or not in this version.",
};

const receiverExample = {
  gln: "5790000123117",
  messageType: "DIS91",
  version: "D9134L",
  format: "EDIFACT",
  validTo: null,
  units: [
    {
      sorId: "311000016009",
      name: "Klinik Eksempel",
      region: "1084",
      municipality: "0101",
      postCode: "2100",
    },
  ],
};

function catalogue(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/message-types",
      tags,
      summary: "The catalogue of message types · Kataloget over meddelelsestyper",
      request: { query: catalogueQuery },
      middleware: [requireReader(deps)] as const,
      responses: {
        ...asOf(Catalogue, "Every type in every version known here", { items: [messageTypes[0]] } as never),
        ...problemResponses("invalid", "too-many"),
      },
    }),
    (c) => {
      const { format, status } = c.req.valid("query");
      const items = messageTypes.filter(
        (type) => (!format || type.format === format) && (!status || type.status === status),
      );
      return answerAsOf(c, deps.routing.table.sequence, JSON.stringify({ items }));
    },
  );
  return app;
}

function receivers(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/message-types/{code}/receivers",
      tags,
      summary: "Who receives a type · Hvem der modtager en type",
      request: { params: z.object({ code: AskedTypeText }), query: receiversQuery },
      middleware: [requireReader(deps), carriesFilter] as const,
      responses: {
        ...asOf(Receivers, "A page of receivers", {
          items: [receiverExample],
          next: null,
          sequence: 4711,
        } as never),
        ...problemResponses("invalid", "not-found", "too-many"),
      },
    }),
    (c) => {
      const { code } = c.req.valid("param");
      const { after: cursor, at: asked, ...query } = c.req.valid("query");
      const start = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
      const at = start?.at ?? momentOf(c, asked);
      const { table } = deps.routing;
      const found = listReceivers(table, { ...query, messageType: code, at, after: start?.after });
      if (!found) return problem(c, "not-found", { detail: unknownType[c.var.language] });
      const next = found.next === null ? null : encodeCursor({ after: found.next, at });
      const { sequence } = table;
      const { page, link } = carriedPage(c, { items: found.items, next, sequence });
      return answerAsOf(c, sequence, JSON.stringify(page), {
        ...cacheOfMoment(c, found.holdsUntil),
        ...link,
      });
    },
  );
  return app;
}

/** The catalogue, how its versions are phased out, and the inverse lookup. */
export function messageTypeCatalogue(deps: Deps) {
  const app = newRouter();
  app.route("/", catalogue(deps));
  app.route("/", receivers(deps));
  app.route("/", messageTypeVersions(deps));
  return app;
}
