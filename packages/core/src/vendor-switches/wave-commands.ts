import type { Command } from "../changesets/index.ts";
import { Gln } from "../identifiers/index.ts";
import type { RegistrationStep } from "../registration-steps/index.ts";
import { dayInDenmark, startOfDayInDenmark } from "../validity/index.ts";
import type { SwitchMapping } from "./schemas.ts";

/** A wave to be applied: which location numbers, to whom, and from which day on. */
type WaveToApply = {
  glns: readonly string[];
  day: string;
  toSupplierId: string;
  mapping: SwitchMapping;
};

/**
 * The commands that move location numbers to their new vendor, its system and its endpoints, from a day on, or from now on when
 * that day has begun. What is received moves in the instant in which it stops being received elsewhere.
 */
export function waveCommands({ glns, day, toSupplierId, mapping }: WaveToApply, now: Date): Command[] {
  const today = dayInDenmark(now);
  const isToCome = day > today;
  const at = isToCome ? startOfDayInDenmark(day) : null;
  const { systemId, endpointId, types } = mapping;
  const any = { messageType: null, version: null, direction: null };
  const move = { step: "move", fromEndpointId: null, at } as const;
  const steps: RegistrationStep[] = [
    { ...move, ...any, endpointId },
    ...types.map((type) => ({ ...move, ...type })),
  ];
  return glns.flatMap((text): Command[] => {
    const gln = Gln.parse(text);
    const fields = { supplierId: toSupplierId, systemId };
    return [
      { kind: "location.change", gln, validFrom: isToCome ? day : today, validTo: null, fields },
      { kind: "registrations.edit", gln, steps },
    ];
  });
}
