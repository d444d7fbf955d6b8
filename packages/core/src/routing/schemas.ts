import { z } from "zod";
import { RoutedGln, SorId, Uuid } from "../identifiers/index.ts";
import { momentText, startOfDayInDenmark } from "../validity/index.ts";
import { toSeconds } from "./moments.ts";
import { warningCodes } from "./outcome.ts";

// A union, since the description's generator loses "or null" of a schema that has a name.
const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);

const instant = z.iso.datetime().meta({ examples: ["2026-01-31T23:00:00Z"] });

/** A moment as it is asked for: an instant (RFC 3339), or a day, which means its beginning in Denmark. Seconds since 1970. */
export const AskedMoment = momentText()
  .transform((text) => toSeconds(text.length === 10 ? startOfDayInDenmark(text) : new Date(text)))
  .meta({
    description:
      "An instant (RFC 3339) or a day (from midnight in Denmark); past or future, by present knowledge",
    examples: ["2026-01-31T12:00:00Z", "2027-01-01"],
  });

/** A location number as a lookup asks for it: what has another form than 13 digits is answered as `gln-invalid`. */
export const AskedGln = z
  .string()
  .min(1)
  .max(60)
  .meta({ id: "AskedGln", description: "Location number (13 digits)", examples: ["5790000123117"] });

/** A message type as it is asked for: EDIFACT, XML or FHIR code, or URN. */
export const AskedTypeText = z
  .string()
  .min(2)
  .max(300)
  .regex(/^[\w.:#/-]+$/, "a code or a URN")
  .meta({
    id: "AskedType",
    description:
      "EDIFACT code (DIS91), XML code (XDIS91), FHIR code (FDIS91) or URN (percent-encoded in a path)",
    examples: ["DIS91", "XDIS91", "urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l"],
  });

export const AskedVersion = z
  .string()
  .regex(/^[\w.-]{1,40}$/, "a version code")
  .meta({
    id: "AskedVersion",
    description: "Version code; letter case is ignored",
    examples: ["D9134L", "XD9134L", "5.0"],
  });

export const RouteFormatName = z
  .enum(["EDIFACT", "XML", "FHIR"])
  .meta({ id: "RouteFormat", description: "Format of a message" });

/** A format as it is asked for; letter case is ignored, as in codes and versions. */
export const AskedFormat = z.preprocess(
  (value) => (typeof value === "string" ? value.toUpperCase() : value),
  RouteFormatName,
);

/** One pair of a batch, or the question of an explanation. */
export const RoutePair = z
  .strictObject({
    gln: AskedGln,
    messageType: AskedTypeText,
    version: AskedVersion.optional(),
    format: AskedFormat.optional(),
    sender: RoutedGln.optional(),
  })
  .meta({ id: "RoutePair", description: "A location number and what is to be sent to it" });
export type RoutePair = z.infer<typeof RoutePair>;

export const routePairsMax = 5000;

/** Who answers for what a location receives. */
const Party = z.object({ id: z.string(), name: z.string() });

export const ReceiptRuleView = z
  .object({
    positive: z.array(z.string()),
    negative: z.array(z.string()),
    positiveRequired: z.enum(["always", "when-requested"]),
  })
  .meta({ id: "ReceiptRule", description: "Message types that answer it, and when a positive one is owed" });

export const ResolvedBy = z
  .object({
    kind: z.enum(["gln", "sorId", "shak", "providerNumber", "cvr", "pNumber"]),
    sorId: orNull(SorId).meta({
      description: "The unit that was asked for; null when a location number was",
    }),
    inheritedFrom: orNull(SorId).meta({ description: "The unit above whose location number holds" }),
  })
  .meta({
    id: "ResolvedBy",
    description: "By which identifier the location number was found, and whose it is",
  });
export type ResolvedBy = z.infer<typeof ResolvedBy>;

/** How a sender that delivers by itself tries again, as the gateway does: full jitter below a ceiling that grows. */
export const RetryHints = z
  .object({
    firstSeconds: z.int(),
    factor: z.int(),
    longestSeconds: z.int(),
    giveUpSeconds: z.int(),
  })
  .meta({
    id: "RetryHints",
    description: "How to try again: a random wait below a ceiling that grows by the factor",
  });
export type RetryHints = z.infer<typeof RetryHints>;

/** Where a message is sent, and by which rules. */
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
        .meta({ description: "Of a webhook that is public; else null: send through the gateway" }),
      mimeTypes: z.array(z.string()),
      certificates: z.array(z.string()).meta({
        description:
          "SHA-256 of the server's certificates, hexadecimal, where the address is shown and they are known",
      }),
    }),
    retry: RetryHints,
    system: z.object({ id: z.string(), name: z.string(), version: z.string().nullable() }).nullable(),
    supplier: Party.nullable(),
    netOperator: z.object({ code: z.string(), name: z.string() }).nullable(),
    lastVerified: instant.nullable().meta({
      description:
        "The hour of the last delivery or probe that succeeded; measured beside the register, so it moves without a new sequence",
    }),
    validFrom: instant,
    validTo: instant.nullable(),
    state: z.enum(["active", "paused"]),
    until: instant
      .nullable()
      .meta({ description: "End of the pause; null for none, or until further notice" }),
    warnings: z.array(z.enum(warningCodes)),
    resolvedBy: ResolvedBy,
    sequence: z.int().meta({ description: "Journal number that the answer is as of" }),
  })
  .meta({ id: "Route", description: "Where a message of a type, version and format is sent" });
export type RouteAnswer = z.infer<typeof RouteAnswer>;

/** One row of what a location receives or sends. */
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
      .meta({ description: "At the moment that was asked for" }),
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

/** Each rule of a lookup with its outcome. */
export const RouteExplanation = z
  .object({
    question: RoutePair.extend({ at: instant }),
    found: z.boolean(),
    reason: z
      .string()
      .nullable()
      .meta({ description: "Code of the problem that the lookup answers; null when found" }),
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
    description: "Why a message can be sent, or why not, and what comes nearest",
  });
export type RouteExplanation = z.infer<typeof RouteExplanation>;
