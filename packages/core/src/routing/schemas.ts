import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { RoutedGln, SorId, Uuid } from "../identifiers/index.ts";
import { momentText, startOfDayInDenmark } from "../validity/index.ts";
import { toSeconds } from "./moments.ts";
import { warningCodes } from "./outcome.ts";

// A union, since the OpenAPI generator loses "or null" on a named schema.
const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);

const instant = z.iso.datetime().meta({ examples: ["2026-01-31T23:00:00Z"] });

/** A moment in a lookup: an instant (RFC 3339), or a day, which means its start in Denmark. Seconds since 1970. */
export const AskedMoment = momentText()
  .transform((text) => toSeconds(text.length === 10 ? startOfDayInDenmark(text) : new Date(text)))
  .meta({
    description: "An instant (RFC 3339) or a day (from midnight in Denmark); past or future, as known now",
    examples: ["2026-01-31T12:00:00Z", "2027-01-01"],
  });

/** A location number in a lookup: anything but 13 digits is answered with `gln-invalid`. */
export const AskedGln = z
  .string()
  .min(1)
  .max(60)
  .meta({ id: "AskedGln", description: "Location number (13 digits)", examples: ["5790000123117"] });

/** A message type in a lookup: EDIFACT, XML or FHIR code, or URN. */
export const AskedTypeText = z
  .string()
  .min(2)
  .max(300)
  .regex(/^[\w.:#/-]+$/, "type-text-form" satisfies Fault)
  .meta({
    id: "AskedType",
    description:
      "EDIFACT code (DIS91), XML code (XDIS91), FHIR code (FDIS91) or URN (percent-encoded in a path)",
    examples: ["DIS91", "XDIS91", "urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l"],
  });

export const AskedVersion = z
  .string()
  .regex(/^[\w.-]{1,40}$/, "version-text-form" satisfies Fault)
  .meta({
    id: "AskedVersion",
    description: "Version code; letter case is ignored",
    examples: ["D9134L", "XD9134L", "5.0"],
  });

export const RouteFormatName = z
  .enum(["EDIFACT", "XML", "FHIR"])
  .meta({ id: "RouteFormat", description: "Format of a message" });

/** A format in a lookup; letter case is ignored, as in codes and versions. */
export const AskedFormat = z.preprocess(
  (value) => (typeof value === "string" ? value.toUpperCase() : value),
  RouteFormatName,
);

/** One pair of a batch, or the lookup to explain. */
export const RoutePair = z
  .strictObject({
    gln: AskedGln,
    messageType: AskedTypeText,
    version: AskedVersion.optional(),
    format: AskedFormat.optional(),
    sender: RoutedGln.optional(),
  })
  .meta({ id: "RoutePair", description: "A location number and the message type to send to it" });
export type RoutePair = z.infer<typeof RoutePair>;

export const routePairsMax = 5000;

/** A party responsible for what a location receives. */
const Party = z.object({ id: z.string(), name: z.string() });

const ReceiptRuleView = z
  .object({
    positive: z.array(z.string()),
    negative: z.array(z.string()),
    positiveRequired: z.enum(["always", "when-requested"]),
  })
  .meta({
    id: "ReceiptRule",
    description: "Message types of its receipts, and when a positive one is required",
  });

export const ResolvedBy = z
  .object({
    kind: z.enum(["gln", "sorId", "shak", "providerNumber", "cvr", "pNumber"]),
    sorId: orNull(SorId).meta({
      description: "The unit that was looked up; null for a lookup by location number",
    }),
    inheritedFrom: orNull(SorId).meta({ description: "The ancestor unit whose location number is used" }),
  })
  .meta({
    id: "ResolvedBy",
    description: "The identifier by which the location number was found, and the unit it belongs to",
  });
export type ResolvedBy = z.infer<typeof ResolvedBy>;

/** Retry settings for a sender that delivers directly, the same as the gateway's: exponential backoff with full jitter. */
export const RetryHints = z
  .object({
    firstSeconds: z.int(),
    factor: z.int(),
    longestSeconds: z.int(),
    giveUpSeconds: z.int(),
  })
  .meta({
    id: "RetryHints",
    description: "How to retry: a random wait below an upper limit that grows by the factor",
  });
export type RetryHints = z.infer<typeof RetryHints>;

/** Where a message is sent, and how to send it there. */
export const RouteAnswer = z
  .object({
    gln: RoutedGln,
    messageType: z.string(),
    version: z.string(),
    format: RouteFormatName,
    urn: z.string().nullable(),
    receiptRule: orNull(ReceiptRuleView),
    endpoint: z.object({
      id: Uuid,
      name: z.string(),
      transport: z.enum(["webhook", "mailbox", "folder"]),
      address: z
        .url()
        .nullable()
        .meta({ description: "Set for a webhook with a public address; null: send through the gateway" }),
      mimeTypes: z.array(z.string()),
      certificates: z.array(z.string()).meta({
        description:
          "SHA-256 of the server's certificates, hexadecimal; empty if unknown or the address is not shown",
      }),
    }),
    retry: RetryHints,
    system: z.object({ id: z.string(), name: z.string(), version: z.string().nullable() }).nullable(),
    supplier: Party.nullable(),
    netOperator: z.object({ code: z.string(), name: z.string() }).nullable(),
    lastVerified: instant.nullable().meta({
      description:
        "The hour of the last successful delivery or probe; it changes without a new sequence number",
    }),
    validFrom: instant,
    validTo: instant.nullable(),
    state: z.enum(["active", "paused"]),
    until: instant
      .nullable()
      .meta({ description: "End of the pause; null if not paused or paused until further notice" }),
    warnings: z.array(z.enum(warningCodes)),
    resolvedBy: ResolvedBy,
    sequence: z.int().meta({ description: "Journal sequence number of the answer" }),
  })
  .meta({ id: "Route", description: "Where a message of a type, version and format is sent" });
export type RouteAnswer = z.infer<typeof RouteAnswer>;

/** One type a location receives or sends. */
export const LocationPair = z
  .object({
    direction: z.enum(["receive", "send"]),
    messageType: z.string(),
    version: z.string(),
    format: RouteFormatName,
    urn: z.string().nullable(),
    endpointId: Uuid.nullable(),
    validFrom: instant,
    validTo: instant.nullable(),
    state: z
      .enum(["active", "paused", "closed", "planned", "ended"])
      .meta({ description: "At the requested time" }),
  })
  .meta({ id: "LocationPair", description: "One type in one version that a location receives or sends" });
export type LocationPair = z.infer<typeof LocationPair>;

/** All that a location receives and sends at a moment. */
export const LocationRoutes = z
  .object({
    gln: RoutedGln,
    validFrom: instant.nullable(),
    validTo: instant.nullable(),
    onlyInternal: z.boolean(),
    system: z.object({ id: z.string(), name: z.string(), version: z.string().nullable() }).nullable(),
    supplier: Party.nullable(),
    netOperator: z.object({ code: z.string(), name: z.string() }).nullable(),
    units: z.array(z.object({ sorId: SorId, name: z.string() })),
    routes: z.array(LocationPair),
    warnings: z.array(z.enum(warningCodes)),
    sequence: z.int(),
  })
  .meta({ id: "LocationRoutes", description: "All that a location receives and sends at a moment" });
export type LocationRoutes = z.infer<typeof LocationRoutes>;

export const RouteTimeline = z
  .object({
    gln: RoutedGln,
    messageType: z.string(),
    location: z.array(
      z.object({
        validFrom: instant,
        validTo: instant.nullable(),
        state: z.enum(["active", "inactive"]),
        successor: orNull(RoutedGln),
      }),
    ),
    routes: z.array(LocationPair),
    sequence: z.int(),
  })
  .meta({ id: "RouteTimeline", description: "Past, present and planned routes of a type, oldest first" });
export type RouteTimeline = z.infer<typeof RouteTimeline>;

export const Receiver = z
  .object({
    gln: RoutedGln,
    messageType: z.string(),
    version: z.string(),
    format: RouteFormatName,
    validTo: instant.nullable(),
    units: z.array(
      z.object({
        sorId: SorId,
        name: z.string(),
        region: z.string().nullable(),
        municipality: z.string().nullable(),
        postCode: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Receiver", description: "A location that receives a message type" });
export type Receiver = z.infer<typeof Receiver>;

const bilingual = { da: z.string(), en: z.string() };

/** Each rule of a lookup with its result. */
export const RouteExplanation = z
  .object({
    question: RoutePair.extend({ at: instant }),
    found: z.boolean(),
    reason: z
      .string()
      .nullable()
      .meta({ description: "Error code of the lookup; null when a route was found" }),
    rules: z.array(
      z.object({
        rule: z.string(),
        outcome: z.enum(["passed", "failed", "warning", "not-reached"]),
        ...bilingual,
      }),
    ),
    alternatives: z.array(
      z.object({
        kind: z.enum(["version", "format", "successor", "parent"]),
        gln: RoutedGln,
        messageType: z.string(),
        version: z.string(),
        ...bilingual,
      }),
    ),
    route: orNull(RouteAnswer),
    sequence: z.int(),
  })
  .meta({
    id: "RouteExplanation",
    description: "Why a message can or cannot be sent, and the nearest alternatives",
  });
export type RouteExplanation = z.infer<typeof RouteExplanation>;
