import { isDeepStrictEqual } from "node:util";
import { isPair, keyOf, type RegistrationFact } from "../message-types/index.ts";
import { RegistrationStep, wantedAfterSteps } from "../registration-steps/index.ts";
import { addDays, compareEnds, dayInDenmark, holdsAt, startOfDayInDenmark } from "../validity/index.ts";
import type { FileRow, RowEffect, RowFault } from "./file-rows.ts";

/** What the rows of one location number do. */
export type FileEdit = {
  steps: RegistrationStep[];
  effects: [row: number, effect: RowEffect][];
  faults: RowFault[];
};

type Known = {
  held: readonly RegistrationFact[];
  /** Ids of endpoints by name, of the location number's supplier. */
  endpoints: ReadonlyMap<string, string>;
  /** Whether types that the file does not mention end. */
  isWhole: boolean;
  now: Date;
};
type Period = Extract<RegistrationStep, { step: "put" }>["periods"][number];

/** The last day of a period; null for none. */
export const lastDayOf = (validTo: Date | null): string | null =>
  validTo === null ? null : dayInDenmark(new Date(validTo.getTime() - 1));

/**
 * The steps that the rows of one location number ask for. A row stands for the period that begins on its first day; what it leaves
 * as shown keeps its instant, so that an unchanged file changes nothing.
 */
export function editOfRows(rows: readonly FileRow[], known: Known): FileEdit {
  const edit: FileEdit = { steps: [], effects: [], faults: [] };
  const now = wantedAfterSteps(known.held, [], known.now);
  for (const group of Map.groupBy(rows, keyOf).values()) {
    const [first] = group;
    if (!first) continue;
    const faults = group.flatMap((row, at) => faultsOf(row, group.slice(0, at), known));
    edit.faults.push(...faults);
    if (faults.length > 0) continue;
    const { messageType, version, direction } = first;
    const step = { step: "put" as const, messageType, version, direction, periods: periodsOf(group, known) };
    const before = now.filter((piece) => isPair(piece, first));
    const after = wantedAfterSteps(known.held, [step], known.now).filter((piece) => isPair(piece, first));
    const isSame = isDeepStrictEqual(before, after);
    if (!isSame) edit.steps.push(step);
    for (const row of group)
      edit.effects.push([row.row, isSame ? "unchanged" : effectOf(row, before.length > 0)]);
  }
  if (known.isWhole) edit.steps.push(...endingsOf(rows, known));
  return edit;
}

const effectOf = (row: FileRow, wasHeld: boolean): RowEffect =>
  row.ends ? "ended" : wasHeld ? "changed" : "created";

function faultsOf(row: FileRow, earlier: readonly FileRow[], { endpoints }: Known): RowFault[] {
  const at = { row: row.row };
  const isTwice = earlier.some((other) => (other.firstDay ?? "") === (row.firstDay ?? ""));
  return [
    ...(isTwice
      ? [{ ...at, column: "messageType" as const, value: row.messageType, rule: "file-row-twice" as const }]
      : []),
    ...(row.endpoint && !endpoints.has(row.endpoint)
      ? [{ ...at, column: "endpoint" as const, value: row.endpoint, rule: "unknown-endpoint" as const }]
      : []),
  ];
}

// The period that the row shows: by its first day, or where none is given the present one, or the only one.
function shownBy(row: FileRow, held: readonly RegistrationFact[], now: Date): RegistrationFact | undefined {
  if (row.firstDay) return held.find((fact) => dayInDenmark(fact.validFrom) === row.firstDay);
  return held.find((fact) => holdsAt<Date>(fact, now)) ?? (held.length === 1 ? held[0] : undefined);
}

function periodsOf(rows: readonly FileRow[], { held, endpoints, isWhole, now }: Known): Period[] {
  const ofKey = held.filter((fact) => rows[0] && isPair(fact, rows[0]));
  const shown = rows.map((row) => shownBy(row, ofKey, now));
  const wanted = rows.flatMap((row, at): Period[] => {
    if (row.ends) return [];
    const fact = shown[at];
    const { firstDay, lastDay, endpoint } = row;
    return [
      {
        endpointId: (endpoint === undefined ? fact?.endpointId : endpoints.get(endpoint ?? "")) ?? null,
        validFrom: fact?.validFrom ?? (firstDay ? startOfDayInDenmark(firstDay) : null),
        validTo:
          lastDay === undefined || lastDay === lastDayOf(fact?.validTo ?? null)
            ? (fact?.validTo ?? null)
            : dayAfter(lastDay),
      } as Period,
    ];
  });
  // Periods that the file does not show stay; what has begun and is ended leaves its past by the planner.
  const others = isWhole ? [] : ofKey.filter((fact) => !shown.includes(fact));
  const kept = others.map(
    ({ endpointId, validFrom, validTo }) => ({ endpointId, validFrom, validTo }) as Period,
  );
  return [...wanted, ...kept].toSorted((a, b) => compareEnds(a.validFrom ?? now, b.validFrom ?? now));
}

const dayAfter = (day: string | null) => (day === null ? null : startOfDayInDenmark(addDays(day, 1)));

function endingsOf(rows: readonly FileRow[], { held }: Known): RegistrationStep[] {
  const mentioned = new Set(rows.map(keyOf));
  const left = new Map(held.filter((fact) => !mentioned.has(keyOf(fact))).map((fact) => [keyOf(fact), fact]));
  return [...left.values()].map(({ messageType, version, direction }) =>
    RegistrationStep.parse({ step: "put", messageType, version, direction, periods: [] }),
  );
}
