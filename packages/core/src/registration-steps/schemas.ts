import { z } from "zod";
import { Uuid } from "../identifiers/index.ts";
import {
  Direction,
  Instant,
  MessageTypeCode,
  registrationsMax,
  VersionCode,
  WantedRegistration,
} from "../message-types/index.ts";

/** Most steps of one edit. */
export const stepsMax = registrationsMax;

const at = Instant.nullable().default(null).meta({ description: "From when on; null for now" });

/** Which registrations a step is about; null for any. */
const which = {
  messageType: MessageTypeCode.nullable().default(null),
  version: VersionCode.nullable().default(null),
  direction: Direction.nullable().default(null),
};

const pair = { messageType: MessageTypeCode, version: VersionCode };
const period = WantedRegistration.pick({ endpointId: true, validFrom: true, validTo: true });

/**
 * One step of an edit of what a location number receives and sends: `end`, `add` (at this endpoint from then on, wherever it was
 * before), `move` to another endpoint, `version` (each becomes another type or version), `begin` (another first day for what is to
 * come), `replace` (exactly these from then on), or `put` (exactly these periods of one type).
 */
export const RegistrationStep = z
  .discriminatedUnion("step", [
    z.strictObject({ step: z.literal("end"), ...which, at }),
    z.strictObject({
      step: z.literal("add"),
      ...pair,
      direction: Direction.default("receive"),
      endpointId: WantedRegistration.shape.endpointId,
      at,
      validTo: WantedRegistration.shape.validTo,
    }),
    z.strictObject({
      step: z.literal("move"),
      ...which,
      fromEndpointId: Uuid.nullable().default(null).meta({ description: "Null for any endpoint" }),
      endpointId: Uuid,
      at,
    }),
    z.strictObject({ step: z.literal("version"), ...which, to: z.strictObject(pair), at }),
    z.strictObject({ step: z.literal("begin"), ...which, at: Instant }),
    z.strictObject({
      step: z.literal("replace"),
      registrations: z.array(WantedRegistration).max(registrationsMax),
      at,
    }),
    z.strictObject({
      step: z.literal("put"),
      ...pair,
      direction: Direction,
      periods: z.array(period).max(50),
    }),
  ])
  .meta({
    id: "RegistrationStep",
    description: "One step of an edit of what a location number receives and sends",
  });
export type RegistrationStep = z.infer<typeof RegistrationStep>;
