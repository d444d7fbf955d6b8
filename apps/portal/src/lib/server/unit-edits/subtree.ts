import type { Context } from "@sor/core";
import { lastingAfter, listRegistrations, type RegistrationFact } from "@sor/core/message-types";
import { listSubtree, type UnitBelow } from "@sor/core/organisations";
import { later, startOfDayInDenmark } from "@sor/core/validity";

/** As many commands as one set can hold. */
const belowMax = 5000;

/** Every unit below one on the day or later: all of them are affected by what happens to it. */
export const unitsBelow = async (ctx: Context, sorId: string, day: string): Promise<UnitBelow[]> =>
  await listSubtree(ctx, { sorId, day, limit: belowMax });

/** Those directly below the unit. */
export const childrenOf = (below: readonly UnitBelow[]): UnitBelow[] =>
  below.filter(({ depth }) => depth === 1);

/** A location number of a unit itself, and what it receives and sends on or after a day. */
type OwnNumber = { gln: string; unitName: string; lasting: RegistrationFact[] };

/** The own location numbers of units. */
export async function ownNumbers(
  ctx: Context,
  units: readonly Pick<UnitBelow, "name" | "gln">[],
  day: string,
): Promise<OwnNumber[]> {
  const from = startOfDayInDenmark(day);
  const own = units.flatMap(({ name, gln }) => (gln === null ? [] : [{ gln, unitName: name }]));
  return await Promise.all(
    own.map(async (each) => {
      const rows = await listRegistrations(ctx, { gln: each.gln });
      return { ...each, lasting: lastingAfter(from, rows) };
    }),
  );
}

const pairOf = ({ messageType, version, direction }: RegistrationFact) =>
  `${messageType} ${version} ${direction}`;

/** The commands that let one location number receive and send from the day what the others do, and it does not yet. */
export function followingOf(numbers: readonly OwnNumber[], kept: string | null, day: string): unknown[] {
  const from = startOfDayInDenmark(day);
  const held = numbers.find(({ gln }) => gln === kept)?.lasting ?? [];
  const there = new Set(held.map(pairOf));
  const others = numbers.filter(({ gln }) => gln !== kept).flatMap(({ lasting }) => lasting);
  const wanted = new Map(others.map((fact) => [pairOf(fact), fact]));
  return [...wanted]
    .filter(([pair]) => kept !== null && !there.has(pair))
    .map(([, { messageType, version, direction, endpointId, validFrom, validTo }]) => ({
      kind: "registrations.add",
      gln: kept,
      messageType,
      version,
      direction,
      endpointId,
      validFrom: later(validFrom, from).toISOString(),
      validTo: validTo?.toISOString() ?? null,
    }));
}

/** The commands that close a location number on the day and let what it receives and sends end with it. */
export function numberEnds(
  { gln, lasting }: OwnNumber,
  day: string,
  successorGln: string | null = null,
): unknown[] {
  const at = startOfDayInDenmark(day).toISOString();
  const pairs = new Map(lasting.map((row) => [pairOf(row), row]));
  return [
    ...[...pairs.values()].map(({ messageType, version, direction }) => ({
      kind: "registrations.end",
      gln,
      messageType,
      version,
      direction,
      at,
    })),
    { kind: "location.close", gln, validFrom: day, successorGln },
  ];
}
