import type { Registration } from "@sor/core/message-types";
import { compareEnds } from "@sor/core/validity";

/** What happens to a type at an instant to come. */
export type ComingChange = {
  at: Date;
  kind: "begins" | "ends" | "moves";
  messageType: string;
  version: string;
  direction: Registration["direction"];
  endpointName: string | null;
};

/** The changes that registrations bring by themselves after now, in order of time: beginnings, ends, and moves between endpoints. */
export function comingChanges(registrations: readonly Registration[], now: Date): ComingChange[] {
  const same = (one: Registration, other: Registration) =>
    one.messageType === other.messageType &&
    one.version === other.version &&
    one.direction === other.direction;
  const changes = registrations.flatMap((row): ComingChange[] => {
    const { messageType, version, direction, endpointName } = row;
    const type = { messageType, version, direction };
    const before = registrations.find(
      (other) => same(row, other) && compareEnds(other.validTo, row.validFrom) === 0,
    );
    const after = registrations.some(
      (other) => same(row, other) && row.validTo !== null && compareEnds(other.validFrom, row.validTo) === 0,
    );
    return [
      ...(row.validFrom > now
        ? [
            {
              at: row.validFrom,
              kind: before ? ("moves" as const) : ("begins" as const),
              ...type,
              endpointName,
            },
          ]
        : []),
      ...(row.validTo !== null && row.validTo > now && !after
        ? [{ at: row.validTo, kind: "ends" as const, ...type, endpointName: null }]
        : []),
    ];
  });
  return changes.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
