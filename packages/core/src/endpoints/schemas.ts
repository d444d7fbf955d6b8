import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { Gln, MailAddress, SorCode, SorId, singleLine, Uuid } from "../identifiers/index.ts";
import { dayText } from "../validity/index.ts";

const line = singleLine;
const Id = Uuid;
const day = dayText();

/** The ETag an edit was based on; a different present ETag means a concurrent change. */
export const Etag = z
  .string()
  .regex(/^[\w-]{16,64}$/)
  .meta({ id: "Etag", description: "ETag of the state that a change was based on" });

const hostName = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?$/u;
const isHost = (host: string) => hostName.test(host) && URL.canParse(`https://${host}`);

/** Hosts (name or name:port) separated by commas, spaces or line breaks, as in a setting. */
export const PrivateHosts = z
  .string()
  .default("")
  .transform((text) =>
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  )
  .refine((hosts) => hosts.every(isHost), "hosts-form" satisfies Fault);

/** The data of a system supplier. */
export const SupplierFields = z
  .object({
    name: line(100),
    sorCode: SorCode.nullable().default(null),
    email: MailAddress.nullable().default(null),
    telephone: line(20).nullable().default(null),
  })
  .meta({ id: "SupplierFields", description: "A system supplier" });
export type SupplierFields = z.infer<typeof SupplierFields>;

/** A net operator (VANS): SOR's code and its name. */
export const NetOperator = z
  .object({ code: SorCode, name: line(100) })
  .meta({ id: "NetOperator", description: "A net operator (VANS)" });
export type NetOperator = z.infer<typeof NetOperator>;

/** A supplier's product. */
export const SystemFields = z
  .object({
    supplierId: Id,
    name: line(100),
    version: line(40).nullable().default(null),
    sorCode: SorCode.nullable().default(null),
  })
  .meta({ id: "SystemFields", description: "A supplier's product that receives messages" });
export type SystemFields = z.infer<typeof SystemFields>;

/** Approval of a version of a product for a message type; first and last day in Denmark. */
export const SystemApproval = z
  .strictObject({
    productVersion: line(40),
    messageType: z.string().regex(/^[A-Z0-9]{2,20}$/),
    version: z.string().regex(/^[A-Za-z0-9.]{1,20}$/),
    direction: z.enum(["receive", "send"]),
    approvedOn: day,
    expiresOn: day.nullable().default(null).meta({ description: "First day on which it is no longer valid" }),
    reference: line(100).nullable().default(null).meta({ description: "Number of the test or certificate" }),
  })
  .meta({ id: "SystemApproval", description: "A message type that a product is approved for" });
export type SystemApproval = z.infer<typeof SystemApproval>;

/** All approvals of a product. */
export const SystemApprovals = z.array(SystemApproval).max(1000);

/** How messages reach an endpoint: posted to an address, stored until they are fetched, or written to a directory. */
export const Transport = z.enum(["webhook", "mailbox", "folder"]).meta({
  id: "Transport",
  description: "webhook (posted to an address), mailbox (fetched) or folder (files written to a directory)",
});
export type Transport = z.infer<typeof Transport>;

/** A content type without parameters (RFC 9110, 8.3.1). */
export const MimeType = z
  .string()
  .regex(/^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/, "content-type-form" satisfies Fault);

/** How a webhook is probed at regular intervals: from a TLS handshake only to a signed test event. */
export const ProbeChoice = z
  .enum(["handshake", "head", "options", "test-event", "nothing"])
  .meta({ id: "ProbeChoice", description: "How a webhook is probed at regular intervals" });
export type ProbeChoice = z.infer<typeof ProbeChoice>;

/** Retry settings: maximum of the first wait, growth factor, maximum wait, and when to give up. */
export const RetryRule = z
  .strictObject({
    firstSeconds: z.int().min(1).max(3600),
    factor: z.int().min(1).max(10),
    longestSeconds: z.int().min(1).max(86_400),
    giveUpSeconds: z.int().min(60).max(432_000).meta({ description: "Five days at most" }),
  })
  .refine(({ firstSeconds, longestSeconds }) => firstSeconds <= longestSeconds, {
    path: ["longestSeconds"],
    message: "longest-wait" satisfies Fault,
  })
  .meta({ id: "RetryRule", description: "How deliveries are retried, and when they are given up" });
export type RetryRule = z.infer<typeof RetryRule>;

const isOrdered = z.boolean().optional();
const signsText = z.boolean().optional();
const retry = RetryRule.nullable().optional();

/** An endpoint of a system. A webhook has an address, a folder a path below its supplier's directory, a mailbox none. */
export const EndpointFields = z
  .object({
    supplierId: Id,
    systemId: Id.nullable().default(null),
    name: line(100),
    transport: Transport,
    address: z.string().trim().min(1).max(2000).nullable().default(null),
    mimeTypes: z.array(MimeType).max(10).default([]),
    technicalContact: line(254).nullable().default(null),
    probeWith: ProbeChoice.optional().meta({
      description: "If left out: unchanged, or `options` for a new endpoint",
    }),
    isOrdered: isOrdered.meta({
      description:
        "Deliver messages of one sender, receiver and type in order. If left out: unchanged, or false for a new endpoint",
    }),
    signsText: signsText.meta({
      description:
        "A second signature over text, for libraries that cannot verify bytes. If left out: unchanged, or false for a new endpoint",
    }),
    retry: retry.meta({ description: "null: the gateway's default. If left out: unchanged" }),
  })
  .meta({ id: "EndpointFields", description: "An endpoint at which a system receives messages" });
export type EndpointFields = z.infer<typeof EndpointFields>;

/** Some fields of an endpoint; fields left out are unchanged. */
export const EndpointPatch = z
  .strictObject({
    systemId: EndpointFields.shape.systemId.unwrap().optional(),
    name: EndpointFields.shape.name.optional(),
    transport: EndpointFields.shape.transport.optional(),
    address: EndpointFields.shape.address.unwrap().optional(),
    mimeTypes: EndpointFields.shape.mimeTypes.unwrap().optional(),
    technicalContact: EndpointFields.shape.technicalContact.unwrap().optional(),
    probeWith: ProbeChoice.optional(),
    isOrdered,
    signsText,
    retry,
  })
  .meta({ id: "EndpointPatch", description: "Fields of an endpoint to change" });
export type EndpointPatch = z.infer<typeof EndpointPatch>;

/** A pause of an endpoint: until an instant, or until it is resumed manually. */
export const EndpointPause = z
  .object({ id: Id, until: z.date().nullable().default(null), reason: line(254).nullable().default(null) })
  .meta({ id: "EndpointPause", description: "A pause of an endpoint" });
export type EndpointPause = z.infer<typeof EndpointPause>;

/** A new signing secret: for how long the previous one stays valid; 0 ends all previous ones. */
export const SecretRotation = z.object({ overlapHours: z.number().int().min(0).max(720).default(168) }).meta({
  id: "SecretRotation",
  description: "How many hours the previous secret stays valid beside the new one; 0 ends all previous ones",
});
export type SecretRotation = z.infer<typeof SecretRotation>;

const locationShape = {
  onlyInternal: z.boolean(),
  nonActive: z.boolean(),
  systemId: Id.nullable(),
  supplierId: Id.nullable(),
  netOperatorCode: SorCode.nullable(),
  regionCode: z
    .string()
    .regex(/^\d{4}$/)
    .nullable(),
  ediAdministrator: line(20).nullable(),
  note: line(254).nullable(),
  successorGln: Gln.nullable(),
};

/** The data of a location number in one period of validity (SOR XML v1, EanLocationCodeEntity). */
export const LocationFields = z
  .object({
    onlyInternal: locationShape.onlyInternal.default(false),
    nonActive: locationShape.nonActive.default(false),
    systemId: locationShape.systemId.default(null),
    supplierId: locationShape.supplierId.default(null),
    netOperatorCode: locationShape.netOperatorCode.default(null),
    regionCode: locationShape.regionCode.default(null),
    ediAdministrator: locationShape.ediAdministrator.default(null),
    note: locationShape.note.default(null),
    successorGln: locationShape.successorGln.default(null),
  })
  .meta({ id: "LocationFields", description: "The data of a location number in one period of validity" });
export type LocationFields = z.infer<typeof LocationFields>;

/** A new location number, from a day (Denmark) on, and its unit if known. */
export const NewLocation = z
  .object({
    gln: Gln,
    validFrom: day,
    validTo: day.nullable().default(null),
    unitSorId: SorId.optional(),
    fields: LocationFields,
  })
  .meta({ id: "NewLocation", description: "A location number to register" });
export type NewLocation = z.infer<typeof NewLocation>;

/** A change of some fields from a day on, or between two days. Fields left out are unchanged. */
export const LocationChange = z
  .object({
    gln: Gln,
    validFrom: day,
    validTo: day.nullable().default(null),
    fields: z.object(locationShape).partial(),
    etag: Etag.optional(),
  })
  .meta({ id: "LocationChange", description: "A change of a location number from a day on" });
export type LocationChange = z.infer<typeof LocationChange>;

/** The closing of a location number: the first day on which it is no longer valid, and its successor. */
export const LocationClosing = z
  .object({ gln: Gln, validFrom: day, successorGln: Gln.nullable().default(null), etag: Etag.optional() })
  .meta({ id: "LocationClosing", description: "The closing of a location number" });
export type LocationClosing = z.infer<typeof LocationClosing>;
