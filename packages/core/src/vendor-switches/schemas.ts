import { z } from "zod";
import { commandsMax } from "../changesets/index.ts";
import { Gln, Uuid } from "../identifiers/index.ts";
import { Direction, LocationFilter, MessageTypeCode, VersionCode } from "../message-types/index.ts";
import { Day } from "../organisations/index.ts";

/** Most location numbers of one wave: each takes two commands of its change set. */
export const waveMax = commandsMax / 2;
/** Most location numbers of one switch. */
export const switchMax = 20_000;
const wavesMax = 20;

const note = z.string().trim().min(1).max(1000).nullable().default(null);

/** A wave: from which day on, and which location numbers. */
export const NewWave = z
  .strictObject({
    day: Day,
    percent: z.int().min(1).max(100).nullable().default(null).meta({
      description: "Share of the location numbers that are in no list; null in the last wave: the rest",
    }),
    glns: z
      .array(Gln)
      .min(1)
      .max(waveMax)
      .nullable()
      .default(null)
      .meta({ description: "Instead of a share" }),
  })
  .meta({ id: "NewWave", description: "A wave of a vendor switch" });
export type NewWave = z.infer<typeof NewWave>;

/** The switch of a list of location numbers, or of all that a filter finds, to another vendor. */
export const NewVendorSwitch = z
  .strictObject({
    toSupplierId: Uuid.meta({ description: "The new vendor" }),
    filter: LocationFilter.omit({ sort: true, after: true, limit: true }).optional(),
    glns: z.array(Gln).min(1).max(switchMax).optional().meta({ description: "Instead of a filter" }),
    waves: z
      .array(NewWave)
      .min(1)
      .max(wavesMax)
      .meta({ description: "One, or several in order of their days" }),
    limitPercent: z.int().min(1).max(100).default(5).meta({
      description: "A wave begins only while at most so many of a hundred deliveries of those before it fail",
    }),
    note: note.meta({ description: "For your own side; the new vendor is not shown it" }),
  })
  .meta({ id: "NewVendorSwitch", description: "A vendor switch to begin" });
export type NewVendorSwitch = z.infer<typeof NewVendorSwitch>;

/** A one-time key as it is typed: letter case, spaces and hyphens do not matter. */
export const SwitchKey = z
  .string()
  .max(100)
  .transform((text) => text.replaceAll(/[\s-]/g, "").toUpperCase());

/** What the new vendor enters to see what it is offered. */
export const SwitchAcceptance = z
  .strictObject({ key: SwitchKey, note })
  .meta({ id: "SwitchAcceptance", description: "The one-time key of a vendor switch" });
export type SwitchAcceptance = z.infer<typeof SwitchAcceptance>;

const pair = { messageType: MessageTypeCode, version: VersionCode, direction: Direction };

/** Where the new vendor receives: its system, the endpoint for everything, and others for single types. */
export const SwitchMapping = z
  .strictObject({
    systemId: Uuid,
    endpointId: Uuid.meta({ description: "For every type that is not listed" }),
    types: z
      .array(z.strictObject({ ...pair, endpointId: Uuid }))
      .max(500)
      .default([]),
  })
  .meta({ id: "SwitchMapping", description: "At which endpoints the new vendor receives and sends" });
export type SwitchMapping = z.infer<typeof SwitchMapping>;

const count = z.int();

/** What the location numbers of a switch hold of one type in one version. */
export const SwitchType = z
  .object({
    ...pair,
    locations: count,
    endpointId: Uuid.nullable().meta({ description: "As mapped; null before" }),
    isApproved: z.boolean().nullable().meta({
      description: "Whether the new system is approved for it; null before a system is chosen",
    }),
  })
  .meta({ id: "SwitchType", description: "A type that the location numbers of a switch receive or send" });
export type SwitchType = z.infer<typeof SwitchType>;

/** What a mapping would do. */
export const SwitchPreview = z
  .object({
    locations: count,
    registrations: count.meta({ description: "Registrations that move" }),
    errors: count.meta({ description: "With errors nothing begins" }),
    warnings: count,
    problems: z
      .array(
        z.object({
          severity: z.enum(["error", "warning"]),
          gln: z.string(),
          code: z.string(),
          messageType: z.string().nullable(),
          version: z.string().nullable(),
        }),
      )
      .meta({ description: "The first hundred, errors first" }),
    unapproved: z.array(SwitchType).meta({ description: "Types that the new system is not approved for" }),
  })
  .meta({ id: "SwitchPreview", description: "What the mapping of a vendor switch would do" });
export type SwitchPreview = z.infer<typeof SwitchPreview>;

export const switchSteps = ["renew-key", "map", "stop", "return", "continue"] as const;

const Party = z.object({ id: z.string(), name: z.string() });
const time = z.iso.datetime();

/** A wave as both sides see it. */
const SwitchWave = z
  .object({
    number: count,
    day: z.string(),
    locations: count,
    state: z.enum(["waiting", "applied", "returning", "returned", "dropped"]),
    appliedAt: time.nullable(),
    changeSetId: z.string().nullable().meta({ description: "Its change set, for those who may see it" }),
  })
  .meta({ id: "SwitchWave", description: "A wave of a vendor switch" });

/** A vendor switch as the asker may see it. */
export const VendorSwitch = z
  .object({
    id: z.string(),
    state: z.enum(["offered", "accepted", "running", "halted", "done", "stopped", "returned"]),
    from: Party.nullable(),
    to: Party,
    locations: count,
    waves: z.array(SwitchWave),
    limitPercent: count,
    begunAt: time,
    acceptedAt: time.nullable(),
    endedAt: time.nullable(),
    haltedAt: time.nullable(),
    fault: z.string().nullable().meta({ description: "Why it is halted" }),
    deliveries: z.object({ attempted: count, failed: count }).nullable().meta({
      description: "At the new endpoints since the first day; not for the present vendor",
    }),
    sides: z.array(z.enum(["giver", "taker", "owner"])).meta({ description: "Whose side the asker is on" }),
    note: z.string().nullable().meta({ description: "What your own side wrote" }),
    keyExpiresAt: time.nullable().meta({ description: "For the side that gave the key" }),
    mapping: SwitchMapping.nullable().meta({ description: "For the new vendor" }),
    steps: z.array(z.enum(switchSteps)).meta({ description: "What the asker may do now" }),
  })
  .meta({ id: "VendorSwitch", description: "Location numbers that pass from one vendor to another" });
export type VendorSwitch = z.infer<typeof VendorSwitch>;
