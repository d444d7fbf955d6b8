import { z } from "zod";
import { endpointConditions } from "../endpoints/index.ts";
import { Uuid } from "../identifiers/index.ts";

/** The method of a probe: how far it goes. */
export const ProbeMethod = z
  .enum(["handshake", "head", "options", "test-event", "mailbox", "folder"])
  .meta({ id: "ProbeMethod", description: "Method of a probe" });
export type ProbeMethod = z.infer<typeof ProbeMethod>;

/** Why an endpoint failed a probe. */
export const ProbeFault = z
  .enum([
    "address-not-allowed",
    "name-not-found",
    "address-not-public",
    "connection-refused",
    "connection-broken",
    "unreachable",
    "timeout",
    "tls-failed",
    "certificate-expired",
    "certificate-of-another",
    "certificate-not-trusted",
    "not-http",
    "redirect",
    "server-error",
    "signature-refused",
    "event-refused",
    "store",
    "folder",
  ])
  .meta({ id: "ProbeFault", description: "Why an endpoint failed a probe" });
export type ProbeFault = z.infer<typeof ProbeFault>;

const instant = z.iso.datetime();
const milliseconds = z.int().min(0).nullable();

/** One certificate of the chain that a server sent. */
export const CertificateView = z
  .object({
    subject: z.string(),
    issuer: z.string(),
    sha256: z.string().meta({ description: "Fingerprint, hexadecimal" }),
    validFrom: instant,
    validTo: instant,
  })
  .meta({ id: "Certificate", description: "A certificate that a server sent" });
export type CertificateView = z.infer<typeof CertificateView>;

/** The result of a probe, step by step; null for steps that were not reached. */
export const ProbeDetail = z
  .object({
    method: ProbeMethod,
    fault: ProbeFault.nullable(),
    address: z.string().nullable().meta({ description: "Numeric address that was connected to" }),
    addresses: z.int().min(0).meta({ description: "Number of addresses of the name; all were checked" }),
    milliseconds: z.object({
      name: milliseconds,
      connection: milliseconds,
      handshake: milliseconds,
      answer: milliseconds,
    }),
    tls: z
      .object({
        version: z.string(),
        cipher: z.string(),
        isTrusted: z.boolean(),
        certificates: z.array(CertificateView).meta({ description: "The server's own first" }),
      })
      .nullable(),
    status: z.int().nullable(),
    signature: z
      .enum(["accepted", "refused", "unknown"])
      .nullable()
      .meta({ description: "Whether the receiver accepted the signature of a test event" }),
    excerpt: z.string().nullable().meta({ description: "The beginning of the answer to a test" }),
  })
  .meta({ id: "ProbeDetail", description: "The result of a probe in detail" });
export type ProbeDetail = z.infer<typeof ProbeDetail>;

/** What a test on demand does: a complete delivery of an event marked as a test, or less. */
export const EndpointTest = z
  .strictObject({
    method: z
      .enum(["handshake", "head", "options", "test-event"])
      .default("test-event")
      .meta({ description: "For a webhook; a mailbox is tested in one way only" }),
  })
  .meta({ id: "EndpointTest", description: "How an endpoint is to be tested" });
export type EndpointTest = z.infer<typeof EndpointTest>;

/** One probe of an endpoint. */
export const EndpointProbe = z
  .object({
    at: instant,
    origin: z.enum(["clock", "test"]),
    isUp: z.boolean(),
    latencyMilliseconds: z.int(),
    detail: ProbeDetail,
  })
  .meta({ id: "EndpointProbe", description: "One probe of an endpoint and its result" });
export type EndpointProbe = z.infer<typeof EndpointProbe>;

const instantOrNull = instant.nullable();

const AttemptCounts = z
  .object({
    attempts: z.int(),
    delivered: z.int(),
    refused: z.int(),
    failed: z.int(),
    successRate: z.number().min(0).max(1).nullable().meta({ description: "Null without attempts" }),
  })
  .meta({ id: "AttemptCounts", description: "Attempts of a period by outcome" });

/** The health of an endpoint. */
export const EndpointHealth = z
  .object({
    endpointId: Uuid,
    state: z.enum(endpointConditions),
    lastVerifiedAt: instantOrNull.meta({ description: "As shown in lookups: the hour of the last success" }),
    lastSuccessAt: instantOrNull.meta({ description: "Of a delivery or a probe, whichever is later" }),
    lastFailureAt: instantOrNull,
    deliveries: z.object({
      lastSuccessAt: instantOrNull,
      lastFailureAt: instantOrNull,
      day: AttemptCounts,
      week: AttemptCounts,
    }),
    breaker: z.object({
      state: z.enum(["closed", "probing", "open"]),
      failuresInRow: z.int(),
      firstFailureAt: instantOrNull,
      openUntil: instantOrNull,
    }),
    queue: z.object({
      waiting: z.int(),
      held: z.int(),
      oldestAt: instantOrNull,
      oldestSeconds: z.int().nullable(),
    }),
    probes: z.object({
      lastSuccessAt: instantOrNull,
      lastFailureAt: instantOrNull,
      failuresInRow: z.int(),
      nextAt: instantOrNull,
      folderWantedAt: instantOrNull.meta({
        description: "Since when a test of its folder is waiting for a gateway; null when none is",
      }),
      latest: z.array(EndpointProbe).meta({ description: "Newest first" }),
    }),
    certificate: z
      .object({ sha256: z.string(), validTo: instant, daysLeft: z.int() })
      .nullable()
      .meta({ description: "The server's certificate as of the last probe that trusted it" }),
  })
  .meta({ id: "EndpointHealth", description: "The health of an endpoint" });
export type EndpointHealth = z.infer<typeof EndpointHealth>;
