import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { findMessageType, Instant, MessageTypeCode, VersionCode } from "../message-types/index.ts";
import { dayText } from "../validity/index.ts";

const pair = { messageType: MessageTypeCode, version: VersionCode };

/** A type and a version of it. */
type Pair = { messageType: string; version: string };

// Whether the catalogue has the type in this version.
const isKnown = ({ messageType, version }: Pair): boolean => {
  const found = findMessageType(messageType, version);
  return found?.code === messageType && found.version === version;
};

const isOther = (phase: Pair & { successor: Pair | null }) =>
  phase.successor === null ||
  phase.successor.messageType !== phase.messageType ||
  phase.successor.version !== phase.version;

/** When a version is phased out, and what follows it; `phase` null for a version that is in use. */
export const VersionPhase = z
  .strictObject({
    phasedOutFrom: dayText().meta({ description: "First day on which it is being phased out" }),
    endsOn: dayText()
      .nullable()
      .default(null)
      .meta({ description: "First day on which it is not to be used any more; null until that is decided" }),
    successor: z
      .strictObject(pair)
      .refine(isKnown, { error: "no-such-type" satisfies Fault, path: ["version"] })
      .nullable()
      .default(null)
      .meta({ description: "The type and version that follow it" }),
  })
  .refine(({ phasedOutFrom, endsOn }) => endsOn === null || phasedOutFrom < endsOn, {
    error: "phase-reversed" satisfies Fault,
    path: ["endsOn"],
  })
  .meta({ id: "VersionPhase", description: "How a version of a message type is phased out" });
export type VersionPhase = z.infer<typeof VersionPhase>;

/** A version and how it is phased out. */
export const VersionPhaseFields = z
  .strictObject({ ...pair, phase: VersionPhase.nullable() })
  .refine(isKnown, { error: "no-such-type" satisfies Fault, path: ["version"] })
  .refine(
    ({ messageType, version, phase }) => phase === null || isOther({ messageType, version, ...phase }),
    {
      error: "own-successor" satisfies Fault,
      path: ["phase"],
    },
  )
  .meta({ id: "VersionPhaseInput", description: "A version of a message type, and how it is phased out" });
export type VersionPhaseFields = z.infer<typeof VersionPhaseFields>;

/** `in-use` with a phase: it is announced. */
export const PhaseStatus = z.enum(["in-use", "phasing-out", "ended"]).meta({ id: "PhaseStatus" });
export type PhaseStatus = z.infer<typeof PhaseStatus>;

/** The move of what still receives a version to the version that follows it; `at` null for now. */
export const MoveToSuccessor = z.object({ ...pair, at: Instant.nullable().default(null) });
export type MoveToSuccessor = z.infer<typeof MoveToSuccessor>;
