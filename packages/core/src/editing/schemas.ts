import { z } from "zod";
import { LocationChange, LocationClosing, NewLocation } from "../endpoints/index.ts";
import { Gln, SorId, Uuid } from "../identifiers/index.ts";
import {
  Direction,
  Instant,
  MessageTypeCode,
  NewRegistration,
  RegistrationSet,
  VersionCode,
} from "../message-types/index.ts";
import {
  Day,
  NewOrganisation,
  NewSuccessors,
  OrganisationAttributes,
  OrganisationClosing,
  OrganisationReplacement,
  OrganisationUpdate,
  SuccessorShare,
  Withdrawal,
  WithdrawalReason,
} from "../organisations/index.ts";
import { RegistrationStep, stepsMax } from "../registration-steps/index.ts";

/** Most commands of one change set. */
export const commandsMax = 5000;

const UnitPeriod = z.object({ validFrom: Day, validTo: Day.nullable(), content: OrganisationAttributes });

/** A move of a unit to another parent from a day on. */
export const OrganisationMove = z
  .object({ sorId: SorId, validFrom: Day, parentSorId: SorId })
  .meta({ id: "OrganisationMove", description: "A unit's new parent from a day on" });
export type OrganisationMove = z.infer<typeof OrganisationMove>;

/**
 * The closing of a unit in a change set: `validTo` is the first day on which it is no longer valid. `replaced` names the
 * successors, `ended` says that there are none, and `registered-in-error` that the unit should never have been there, with the
 * `reason` and, where there is one, the right unit as successor.
 */
export const UnitClosing = OrganisationClosing.extend({
  closing: z.enum(["replaced", "ended", "registered-in-error"]).default("ended"),
  successors: NewSuccessors.default([]),
  reason: WithdrawalReason.nullable().default(null),
}).meta({ id: "UnitClosing", description: "The closing of a unit, and its successors" });
export type UnitClosing = z.infer<typeof UnitClosing>;

const RegistrationPeriod = z.object({
  messageType: z.string().max(60),
  version: z.string().max(40),
  format: z.enum(["EDIFACT", "XML", "FHIR"]),
  direction: Direction,
  endpointId: Uuid.nullable(),
  validFrom: Instant,
  validTo: Instant.nullable(),
});

const commands = {
  "unit.create": NewOrganisation.extend({ sorId: SorId }),
  "unit.change": OrganisationUpdate,
  "unit.move": OrganisationMove,
  "unit.close": UnitClosing,
  "unit.replace": OrganisationReplacement,
  "unit.restore": z.object({
    sorId: SorId,
    /** Periods that go, exactly as they stand, and those that come back. */
    removed: z.array(UnitPeriod).max(500),
    added: z.array(UnitPeriod).max(500),
    /** The withdrawal as it was before, none or one; absent: it stays. */
    withdrawal: z.array(Withdrawal).max(1).optional(),
    /** The successors as they were before; absent: they stay. */
    successors: z
      .array(z.object({ sorId: SorId, share: SuccessorShare.nullable() }))
      .max(100)
      .optional(),
    /** The journal entry that is undone. */
    sequence: z.number().int().positive(),
  }),
  "location.create": NewLocation,
  "location.change": LocationChange.omit({ etag: true }),
  "location.close": LocationClosing.omit({ etag: true }),
  "location.restore": z.object({
    gln: Gln,
    removed: z.array(
      z.object({ validFrom: Day, validTo: Day.nullable(), content: NewLocation.shape.fields }),
    ),
    added: z.array(z.object({ validFrom: Day, validTo: Day.nullable(), content: NewLocation.shape.fields })),
    sequence: z.number().int().positive(),
  }),
  "registrations.set": RegistrationSet.omit({ etag: true, comment: true }),
  "registrations.add": NewRegistration.omit({ comment: true }),
  "registrations.end": z.object({
    gln: Gln,
    messageType: MessageTypeCode,
    version: VersionCode,
    direction: Direction.default("receive"),
    at: Instant.nullable().default(null),
  }),
  "registrations.move": z.object({
    gln: Gln,
    fromEndpointId: Uuid,
    toEndpointId: Uuid,
    /** From when on; null for now. */
    at: Instant.nullable().default(null),
  }),
  "registrations.edit": z.object({ gln: Gln, steps: z.array(RegistrationStep).min(1).max(stepsMax) }),
  "registrations.restore": z.object({
    gln: Gln,
    recordedAt: Instant,
    before: z.array(RegistrationPeriod).max(1000),
    after: z.array(RegistrationPeriod).max(1000),
    sequence: z.number().int().positive(),
  }),
} as const;
export type CommandKind = keyof typeof commands;
export const commandKinds = Object.keys(commands) as CommandKind[];
export type CommandOf<Kind extends CommandKind> = { kind: Kind } & z.infer<(typeof commands)[Kind]>;

type Union = { [Kind in CommandKind]: CommandOf<Kind> }[CommandKind];

/** One command of a change set: the input of one edit of the register, and which edit it is. */
export const Command = z
  .discriminatedUnion(
    "kind",
    Object.entries(commands).map(([kind, schema]) => schema.extend({ kind: z.literal(kind) })) as unknown as [
      z.ZodObject<{ kind: z.ZodLiteral<string> }>,
    ],
  )
  .meta({
    id: "Command",
    description: "One edit of the register: its kind and its input",
  }) as unknown as z.ZodType<Union, unknown>;
export type Command = Union;
