import { type Endpoint, isPaused, RetryRule, requireVisibleEndpoint } from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../app-env.ts";
import { byId } from "../shared.ts";

export const tags = ["endpoints"];
export const bodyBytesMax = 20_000;

const instant = z.iso.datetime().nullable();

/** An endpoint as its own supplier sees it. */
export const EndpointView = z
  .object({
    id: Uuid,
    supplierId: Uuid,
    supplierName: z.string(),
    systemId: Uuid.nullable(),
    systemName: z.string().nullable(),
    name: z.string(),
    transport: z.string(),
    address: z.string().nullable(),
    mimeTypes: z.array(z.string()),
    technicalContact: z.string().nullable(),
    probeWith: z.enum(["handshake", "head", "options", "test-event", "nothing"]),
    isOrdered: z
      .boolean()
      .meta({ description: "One sender's messages of one type are delivered in order, one at a time" }),
    retry: RetryRule.nullable().meta({ description: "Its own retry rule; null: the gateway's" }),
    state: z.enum(["active", "paused", "draining", "closed"]),
    pausedUntil: instant.meta({ description: "Also null for a pause without an end" }),
    pauseReason: z.string().nullable(),
    drain: z.object({ since: z.iso.datetime(), endsAs: z.enum(["paused", "closed"]) }).nullable(),
    signsText: z
      .boolean()
      .meta({ description: "Messages that are not UTF-8 get a second signature, over their text" }),
    signingSecrets: z
      .array(z.object({ madeAt: instant, endsAt: instant.meta({ description: "It signs until then" }) }))
      .meta({ description: "Newest first; all of them sign" }),
    certificate: z
      .object({ sha256: z.string(), validTo: z.iso.datetime() })
      .nullable()
      .meta({ description: "The server certificate that the last probe trusted" }),
    lastVerifiedAt: instant.meta({ description: "The hour of the last successful delivery or probe" }),
  })
  .meta({ id: "Endpoint", description: "Where a system receives messages" });

/** Endpoint fields whose names or forms differ in the API. */
export function endpointView(endpoint: Endpoint, now: Date): z.infer<typeof EndpointView> {
  const { id, supplierId, supplierName, systemId, systemName, name, transport, address } = endpoint;
  const { mimeTypes, technicalContact, probeWith, isOrdered, retry, pauseReason, drainingSince, drainThen } =
    endpoint;
  const { certificateSha256, certificateExpiresAt, signingSecrets, signsText } = endpoint;
  const text = (at: Date | null) => at?.toISOString() ?? null;
  const isOver = endpoint.state === "paused" && !isPaused(endpoint, now);
  return {
    ...{ id, supplierId, supplierName, systemId, systemName, name, transport, address },
    ...{ mimeTypes, technicalContact, probeWith, isOrdered, retry },
    state: isOver ? "active" : drainingSince === null ? endpoint.state : "draining",
    pausedUntil: isOver ? null : text(endpoint.pausedUntil),
    pauseReason: isOver ? null : pauseReason,
    drain:
      drainingSince === null ? null : { since: drainingSince.toISOString(), endsAs: drainThen ?? "paused" },
    signsText,
    signingSecrets: signingSecrets.filter(({ endsAt }) => endsAt === null || new Date(endsAt) > now),
    certificate:
      certificateSha256 === null || certificateExpiresAt === null
        ? null
        : { sha256: certificateSha256, validTo: certificateExpiresAt.toISOString() },
    lastVerifiedAt: text(endpoint.lastVerifiedAt),
  };
}

export const endpointExample: z.infer<typeof EndpointView> = {
  id: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34",
  supplierId: "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a01",
  supplierName: "Leverandør A/S",
  systemId: null,
  systemName: null,
  name: "Produktion",
  transport: "webhook",
  address: "https://edi.example.dk/in",
  mimeTypes: ["application/edifact"],
  technicalContact: "drift@example.dk",
  probeWith: "options",
  isOrdered: false,
  retry: null,
  state: "active",
  pausedUntil: null,
  pauseReason: null,
  drain: null,
  signsText: false,
  signingSecrets: [{ madeAt: "2026-01-12T09:00:00.000Z", endsAt: null }],
  certificate: {
    sha256: "34380452f60dcbcb26a40e2ae08824b7f23affb5fb1e6f4138d98c8fe7d41995",
    validTo: "2026-12-22T04:50:35.000Z",
  },
  lastVerifiedAt: "2026-03-01T10:00:00.000Z",
};

/** Answers 404 for another supplier's endpoint. Runs after `requireKey` and before the body is validated. */
export const onlyVisible: MiddlewareHandler<AppEnv> = async (c, next) => {
  const asked = byId.safeParse({ id: c.req.param("id") });
  if (asked.success) await requireVisibleEndpoint(c.var.ctx, asked.data);
  return await next();
};
