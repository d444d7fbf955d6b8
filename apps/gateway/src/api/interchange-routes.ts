import { createRoute } from "@hono/zod-openapi";
import { AcceptedInterchange, IdempotencyKey, InterchangeReport, InterchangeView } from "@sor/core/messages";
import { InterchangeFilter } from "@sor/core/tracking";
import { z } from "zod";
import { requireKey, requireSomewhere } from "../http/caller.ts";
import { problemResponses } from "../problems/docs.ts";
import { payloadContent } from "../streams/payload-answer.ts";
import { carriesFilter, nextLinkHeader } from "./paging.ts";
import { byId, countAnswer, countQuestion, json, nothing, refusedReading, security } from "./shared.ts";

const tags = ["interchanges"];
const binary = (description: string) => z.string().meta({ format: "binary", description });
const delivery = {
  required: true,
  content: {
    "application/EDIFACT": {
      schema: binary("UNA…UNZ, in the character set of UNB"),
      example:
        "UNA:+.? 'UNB+UNOC:3+5790000120420:14+5790000128686:14+260301:1201+K000123++++0'UNH+L000129+MEDDIS:D:93A:UN:D9134L+DIS91'BGM+DIS91+1+9'UNT+3+L000129'UNZ+1+K000123'",
    },
    "application/xml": {
      schema: binary(
        "MedCom XML (Emessage), VANSEnvelope 1.0.4 or EHMI envelope (SBDH), in its declared encoding",
      ),
    },
    "application/fhir+xml": { schema: binary("FHIR R4 message Bundle, in XML or JSON") },
  },
};
const maySend = requireSomewhere("interchange.send", "interchange");
export const sendRoute = createRoute({
  method: "post",
  path: "/v1/interchanges",
  summary: "Send an interchange",
  description:
    "EDIFACT, MedCom XML, VANSEnvelope, SBDH or a FHIR message, recognised by the content. The interchange is durably stored when 202 is answered. Messages that cannot be routed on are answered by a negative receipt in the same form in the sender's mailbox.",
  tags,
  security,
  middleware: [requireKey, maySend] as const,
  request: {
    query: nothing,
    headers: z.object({
      "idempotency-key": IdempotencyKey.optional(),
      "content-digest": z
        .string()
        .max(1000)
        .optional()
        .meta({ description: "RFC 9530; verified when present" }),
      prefer: z
        .string()
        .max(500)
        .optional()
        .meta({
          description:
            "wait=n (RFC 7240): answer when every message has its first outcome, or after n seconds, at most 30",
          examples: ["wait=10"],
        }),
    }),
    body: delivery,
  },
  responses: {
    202: {
      description: "Accepted: the gateway is now responsible for it",
      content: { "application/json": { schema: AcceptedInterchange } },
      headers: {
        Location: { schema: { type: "string" }, description: "The interchange and its states" },
        "Idempotent-Replayed": {
          schema: { type: "string" },
          description: "true: this answer was given before",
        },
        "Preference-Applied": {
          schema: { type: "string" },
          description: "wait=n, if it was requested",
        },
      },
    },
    ...problemResponses(
      "invalid",
      "envelope-unreadable",
      "digest-mismatch",
      "malformed",
      "not-signed-in",
      "not-allowed",
      "envelope-reused",
      "idempotency-key-in-flight",
      "idempotency-key-reused",
      "too-large",
      "unsupported-media-type",
      "too-many",
      "unavailable",
    ),
  },
});

export const checkRoute = createRoute({
  method: "post",
  path: "/v1/interchanges/$validate",
  summary: "Check what sending it would do; nothing is stored",
  tags,
  security,
  middleware: [requireKey, maySend] as const,
  request: { query: nothing, body: delivery },
  responses: {
    200: {
      description: "Findings and routes",
      content: { "application/json": { schema: InterchangeReport } },
    },
    ...problemResponses(
      "invalid",
      "digest-mismatch",
      "malformed",
      "not-signed-in",
      "not-allowed",
      "too-large",
      "unsupported-media-type",
      "too-many",
      "unavailable",
    ),
  },
});

export const listRoute = createRoute({
  method: "get",
  path: "/v1/interchanges",
  summary: "Interchanges of the caller's own side, newest first",
  tags,
  security,
  middleware: [requireKey, carriesFilter] as const,
  request: { query: InterchangeFilter.extend(countQuestion) },
  responses: {
    200: {
      description: "One page",
      content: {
        "application/json": {
          schema: z.object({
            items: z.array(InterchangeView),
            next: z.string().nullable(),
            ...countAnswer,
          }),
        },
      },
      headers: nextLinkHeader,
    },
    ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
  },
});

const refused = refusedReading("not-found");

export const getRoute = createRoute({
  method: "get",
  path: "/v1/interchanges/{id}",
  summary: "An interchange and the states of its messages",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: { 200: json("The interchange", InterchangeView), ...refused },
});

export const payloadRoute = createRoute({
  method: "get",
  path: "/v1/interchanges/{id}/payload",
  summary: "The bytes exactly as received; reading them is recorded in the journal",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: { 200: payloadContent, ...refused, ...problemResponses("gone") },
});

export const receiptsRoute = createRoute({
  method: "get",
  path: "/v1/interchanges/{id}/receipts",
  summary: "The receipts that answered an interchange",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("Receipts, oldest first", z.object({ items: z.array(InterchangeView) })),
    ...refused,
  },
});
