import { compareEnds } from "../validity/index.ts";
import type { RegistrationFact } from "./registration-plan.ts";
import type { WantedRegistration } from "./schemas.ts";

type Pair = Pick<RegistrationFact, "messageType" | "version" | "direction">;

/** A registration as something wanted. */
export const asWanted = ({
  messageType,
  version,
  direction,
  endpointId,
  validFrom,
  validTo,
}: RegistrationFact): WantedRegistration => ({
  messageType,
  version,
  direction,
  endpointId,
  validFrom,
  validTo,
});

/** Whether two are of one type in one version and direction. */
export const isPair = (one: Pair, other: Pair): boolean =>
  one.messageType === other.messageType && one.version === other.version && one.direction === other.direction;

/** What is wanted when one type in one version ends, now (`at` null) or at a later instant. */
export function wantedAfterEnd(
  lasting: readonly RegistrationFact[],
  ended: Pair,
  at: Date | null,
): WantedRegistration[] {
  return lasting.flatMap((fact) => {
    if (!isPair(fact, ended)) return [asWanted(fact)];
    if (at === null || fact.validFrom >= at) return [];
    return [{ ...asWanted(fact), validTo: compareEnds(fact.validTo, at) < 0 ? fact.validTo : at }];
  });
}

/** What is wanted when all that is received at one endpoint moves to another at an instant. */
export function wantedAfterMove(
  lasting: readonly RegistrationFact[],
  { from, to, at }: { from: string; to: string; at: Date },
): WantedRegistration[] {
  return lasting.flatMap((fact): WantedRegistration[] => {
    const same = asWanted(fact);
    if (fact.endpointId !== from || compareEnds(fact.validTo, at) <= 0) return [same];
    if (fact.validFrom >= at) return [{ ...same, endpointId: to }];
    return [
      { ...same, validTo: at },
      { ...same, endpointId: to, validFrom: at },
    ];
  });
}
