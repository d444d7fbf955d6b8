import { createRoute } from "@hono/zod-openapi";
import { acceptInterchange, acceptLarge, checkInterchange } from "@sor/core/intake";
import {
  AcceptedInterchange,
  getInterchange,
  IdempotencyKey,
  InterchangeReport,
  InterchangeView,
  listReceipts,
  openInterchangePayload,
} from "@sor/core/messages";
import { countInterchanges, InterchangeFilter, listInterchanges } from "@sor/core/tracking";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { requireKey, requireSomewhere } from "../http/caller.ts";
import type { Limiter } from "../http/limits.ts";
import { newRouter } from "../http/router.ts";
import { createReceive } from "../intake/receive.ts";
import { countAcceptance, countingRefusals, countRefusal } from "../metrics/message-metrics.ts";
import { problemResponses } from "../problems/docs.ts";
import { interchangesOf, preferredWait, withFirstOutcome } from "../streams/first-outcome.ts";
import { payloadAnswer, payloadContent } from "../streams/payload-answer.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "./paging.ts";
import {
  byId,
  countAnswer,
  countQuestion,
  json,
  noStore,
  nothing,
  refusedReading,
  security,
} from "./shared.ts";

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

/** Sending: submit, check without sending, and follow what was sent. */
export function interchanges(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  const receive = createReceive(deps, limiter);
  const maySend = requireSomewhere("interchange.send", "interchange");

  app.openapi(
    createRoute({
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
    }),
    async (c) => {
      const [started, startedAt] = [performance.now(), deps.clock()];
      const accepted = await receive(c, async ({ content, read }) => {
        const request = {
          gatewayParty: deps.config.GATEWAY_PARTY,
          idempotencyKey: c.req.valid("header")["idempotency-key"],
        };
        const accepting = content.bytes
          ? acceptInterchange(c.var.ctx, { bytes: content.bytes, ...request })
          : acceptLarge(c.var.ctx, { content, read, ...request });
        return await countingRefusals(deps, accepting);
      });
      if ("refused" in accepted) return countRefusal(deps, accepted.refused);
      const { interchange, isReplay, hasWork, repeatedReceipts } = accepted;
      const seconds = (performance.now() - started) / 1000;
      countAcceptance(deps, { interchange, isReplay, repeatedReceipts, seconds });
      if (!isReplay && !interchange.duplicate) {
        for (const interchangeId of interchangesOf(interchange)) {
          deps.tracing?.takenIn({
            interchangeId,
            startedAt,
            format: interchange.format,
            sizeBytes: interchange.sizeBytes,
            messageCount: interchange.messages.length,
            requestTraceparent: c.var.traceparent,
          });
        }
      }
      if (hasWork) deps.announce();
      const wait = preferredWait(c.req.header("prefer"));
      const { shown, hasWaited } =
        wait === undefined
          ? { shown: interchange, hasWaited: false }
          : await withFirstOutcome(c, deps, interchange, wait);
      return c.json(shown, 202, {
        ...(hasWaited && { "Preference-Applied": `wait=${wait}` }),
        Location: `/v1/interchanges/${interchange.id}`,
        "Cache-Control": "no-store",
        ...(isReplay && { "Idempotent-Replayed": "true" }),
      });
    },
  );

  app.openapi(
    createRoute({
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
    }),
    async (c) => {
      const report = await receive(
        c,
        async ({ content, read, asSent }) => await checkInterchange(c.var.ctx, { content, read, asSent }),
        "everything",
      );
      if ("refused" in report) return report.refused as never;
      return c.json(report, 200, { "Cache-Control": "no-store" });
    },
  );

  app.openapi(
    createRoute({
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
    }),
    async (c) => {
      const { count, ...filter } = c.req.valid("query");
      const { page, link } = carriedPage(c, await listInterchanges(c.var.ctx, filter));
      const counted = count && (await countInterchanges(c.var.ctx, { filter, count }));
      return c.json({ ...page, ...counted }, 200, {
        "Cache-Control": "no-store",
        ...link,
      });
    },
  );

  const refused = refusedReading("not-found");
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/interchanges/{id}",
      summary: "An interchange and the states of its messages",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: json("The interchange", InterchangeView), ...refused },
    }),
    async (c) => c.json(await getInterchange(c.var.ctx, c.req.valid("param")), 200, noStore),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/interchanges/{id}/payload",
      summary: "The bytes exactly as received; reading them is recorded in the journal",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: { 200: payloadContent, ...refused, ...problemResponses("gone") },
    }),
    async (c) => {
      const which = c.req.valid("param");
      return await payloadAnswer(c, deps, {
        open: (ctx) => openInterchangePayload(ctx, which),
        require: (ctx) => getInterchange(ctx, which),
      });
    },
  );

  app.openapi(
    createRoute({
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
    }),
    async (c) => c.json({ items: await listReceipts(c.var.ctx, c.req.valid("param")) }, 200, noStore),
  );
  return app;
}
