import { compareEnds, holdsAt, subtract, type Validity } from "../validity/index.ts";
import { keyOf, type PlannedChange } from "./registration-plan.ts";

/** A period in which something received (or sent) now would not be, before it resumes. */
type RegistrationGap = {
  /** Key of the registration that is interrupted. */
  key: string;
  /** Key of the registration that resumes: the same, or another version of the type. */
  resumedBy: string;
  from: Date;
  to: Date;
};

/**
 * The gaps that a change creates: a type in one version that resumes later, or a version that ends before the next one begins. An
 * end with nothing after it is no gap, and neither is one that existed before.
 */
export function findGaps(changes: readonly PlannedChange[], now: Date): RegistrationGap[] {
  const gaps = changes
    .filter((change) => change.kind !== "unchanged")
    .flatMap((change) => {
      const key = keyOf(change);
      const versions = changes.filter(
        (other) => other.messageType === change.messageType && other.direction === change.direction,
      );
      const others = versions.filter((other) => keyOf(other) !== key);
      // A future registration that is postponed interrupts nothing.
      const stops = (from: Date) =>
        from <= now ||
        versions.some(({ after }) => after.some((fact) => compareEnds(fact.validTo, from) === 0));
      return lostOf(change, now)
        .filter(stops)
        .flatMap((from): RegistrationGap[] => {
          const resumed = nextStart([change], from);
          if (resumed) return [{ key, ...resumed, from }];
          const isCovered = others.some((other) => other.after.some((fact) => holdsAt<Date>(fact, from)));
          const next = isCovered ? undefined : nextStart(others, from);
          return next ? [{ key, ...next, from }] : [];
        });
    });
  // Several interrupted pieces before it resumes are one gap, from its first moment.
  return [...Map.groupBy(gaps, ({ key, to }) => `${key} ${to.toISOString()}`).values()].flatMap((same) =>
    same.toSorted((a, b) => compareEnds(a.from, b.from)).slice(0, 1),
  );
}

/** The starts of the periods from now on in which something was registered and no longer is. */
function lostOf({ before, after }: PlannedChange, now: Date): Date[] {
  return before
    .map((fact): Validity<Date> => ({ ...fact, validFrom: fact.validFrom > now ? fact.validFrom : now }))
    .flatMap((piece) => subtract<Date>(piece, after))
    .map((piece) => piece.validFrom);
}

function nextStart(lines: readonly PlannedChange[], from: Date): { to: Date; resumedBy: string } | undefined {
  const starts = lines.flatMap((line) =>
    line.after
      .filter((fact) => fact.validFrom > from)
      .map((fact) => ({ to: fact.validFrom, resumedBy: keyOf(line) })),
  );
  return starts.toSorted((a, b) => compareEnds(a.to, b.to))[0];
}
