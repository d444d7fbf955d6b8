import { z } from "zod";
import { Etag } from "../endpoints/index.ts";
import type { Fault } from "../faults/index.ts";
import { Gln, Uuid } from "../identifiers/index.ts";
import { Day, SearchQuestion } from "../organisations/index.ts";
import { instantText } from "../validity/index.ts";

/** Maximum number of registrations of one location number; far above real numbers. */
export const registrationsMax = 500;

/** A message type's code in its format: DIS91, XDIS91, FDIS91. */
export const MessageTypeCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{1,39}$/, "type-form" satisfies Fault)
  .meta({ id: "MessageTypeCode", description: "Code of a message type", examples: ["DIS91"] });

/** A version's code: D9134L, XD9134L, 5.0. */
export const VersionCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$/, "version-form" satisfies Fault)
  .meta({ id: "VersionCode", description: "Code of a message type's version", examples: ["D9134L"] });

/** Whether the location number receives or sends the type. */
export const Direction = z
  .enum(["receive", "send"])
  .meta({ id: "Direction", description: "Whether a location number receives or sends the type" });
export type Direction = z.infer<typeof Direction>;

/** An instant with its offset (RFC 3339); parsed to a Date. */
export const Instant = instantText({ offset: true })
  .transform((text) => new Date(text))
  .meta({ id: "Instant", description: "Instant (RFC 3339)", examples: ["2026-03-01T00:00:00+01:00"] });

/** A registration wanted for a location number: one type in one version, where, and for how long. */
export const WantedRegistration = z
  .strictObject({
    messageType: MessageTypeCode,
    version: VersionCode,
    direction: Direction.default("receive"),
    endpointId: Uuid.nullable().default(null).meta({ description: "Required for registrations to receive" }),
    validFrom: Instant.nullable().default(null).meta({ description: "Start; null for now" }),
    validTo: Instant.nullable().default(null).meta({ description: "End (exclusive); null for none" }),
  })
  .meta({
    id: "WantedRegistration",
    description: "A message type that a location number shall receive or send",
  });
export type WantedRegistration = z.infer<typeof WantedRegistration>;

const comment = z.string().trim().min(1).max(500);

/** All registrations wanted for a location number from now on, and the ETag they are based on. */
export const RegistrationSet = z
  .object({
    gln: Gln,
    registrations: z.array(WantedRegistration).max(registrationsMax),
    etag: Etag,
    allowGaps: z.boolean().default(false).meta({
      description: "Whether a current registration may be interrupted and resume later",
    }),
    comment: comment.optional(),
  })
  .meta({
    id: "RegistrationSet",
    description: "All message types that a location number shall receive and send",
  });
export type RegistrationSet = z.infer<typeof RegistrationSet>;

/** One more registration for a location number. */
export const NewRegistration = WantedRegistration.extend({ gln: Gln, comment: comment.optional() });
export type NewRegistration = z.infer<typeof NewRegistration>;

/** The end of one registration: now, or at a later instant. */
export const RegistrationEnd = z.object({
  gln: Gln,
  messageType: MessageTypeCode,
  version: VersionCode,
  direction: Direction.default("receive"),
  at: Instant.nullable().default(null),
  comment: comment.optional(),
});
export type RegistrationEnd = z.infer<typeof RegistrationEnd>;

const ClosingShape = {
  moveTo: Uuid.nullable().default(null).meta({
    description: "The endpoint that registrations are moved to; null for none",
  }),
  reason: comment,
};

/** The closing of an endpoint, and the endpoint that its registrations are moved to. */
export const EndpointClosing = z
  .strictObject(ClosingShape)
  .meta({ id: "EndpointClosing", description: "The closing of an endpoint" });
export type EndpointClosing = z.infer<typeof EndpointClosing>;

/** The draining of an endpoint: its state when it is empty, and, if it closes, where its registrations are moved to. */
export const EndpointDrain = z
  .strictObject({ endsAs: z.enum(["paused", "closed"]).default("paused"), ...ClosingShape })
  .meta({ id: "EndpointDrain", description: "How an endpoint is drained" });
export type EndpointDrain = z.infer<typeof EndpointDrain>;

/** Sort order of location numbers. */
export const LocationSort = z.enum(["gln", "-gln", "name", "-name", "system", "-system"]);
export type LocationSort = z.infer<typeof LocationSort>;

/** Filter of "my location numbers". Text is a prefix of a number, or words of a unit's name or town. */
export const LocationFilter = z
  .object({
    text: z.string().trim().max(100).optional(),
    systemId: Uuid.optional(),
    endpointId: Uuid.optional().meta({ description: "Receives or sends something there, now or later" }),
    operator: z.string().trim().max(20).optional().meta({ description: "Code of the net operator (VANS)" }),
    region: SearchQuestion.shape.region,
    municipality: SearchQuestion.shape.municipality,
    unitType: SearchQuestion.shape.typeCode.meta({
      description: "Type of a unit that has the number as its own",
    }),
    messageType: MessageTypeCode.optional(),
    version: VersionCode.optional(),
    received: z
      .enum(["yes", "no"])
      .default("yes")
      .meta({ description: "Whether the type is received, or missing" }),
    phasingOut: z
      .literal("yes")
      .optional()
      .meta({ description: "Receives a version that is being phased out, without an end in time" }),
    profileId: Uuid.optional().meta({ description: "Has this profile" }),
    deviates: z
      .literal("yes")
      .optional()
      .meta({ description: "Lacks what its profile has, or has more, without an end" }),
    changedSince: Day.optional().meta({ description: "The number or what it receives was changed since" }),
    status: z
      .enum(["current", "active", "inactive", "coming", "closing", "closed"])
      .default("current")
      .meta({ description: "`closing`: valid now, with an end" }),
    sort: LocationSort.default("gln"),
    after: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(200).default(50),
  })
  .meta({ id: "LocationFilter", description: "Filter, order and page of a list of location numbers" });
export type LocationFilter = z.infer<typeof LocationFilter>;

/** Cursor of the list of location numbers: sort key and location number of the last item. */
export const LocationCursor = z.object({ key: z.string().nullable(), gln: z.string() });

/** Cursor of a list of journal entries: the sequence number of the last item. */
export const JournalCursor = z.number().int();

/** An id that can be compared with uuid columns; a journal may hold ids of an older kind. */
export const RowId = Uuid;

/** A registration as a journal entry stores it. */
export const JournalPeriod = z.object({
  messageType: z.string(),
  version: z.string(),
  direction: z.enum(["receive", "send"]),
  /** Absent when it follows from the catalogue. */
  format: z.enum(["EDIFACT", "XML", "FHIR"]).optional(),
  endpointId: z.string().nullable(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
});
export type JournalPeriod = z.infer<typeof JournalPeriod>;

/** The registrations in a journal entry, before and after a change. */
export const JournalRegistrations = z.object({
  registrations: z.array(JournalPeriod),
  /** The sequence number of the entry that the change undid. */
  undoes: z.number().int().optional(),
});

/** The change of a location number to undo: its journal sequence number. */
export const RegistrationUndo = z.object({
  gln: Gln,
  sequence: z.number().int().positive(),
  etag: Etag,
  allowGaps: z.boolean().default(false),
});
export type RegistrationUndo = z.infer<typeof RegistrationUndo>;

/** The versions of a location number in a journal entry, before and after a change. */
export const JournalVersions = z.object({ versions: z.array(z.record(z.string(), z.unknown())) });
