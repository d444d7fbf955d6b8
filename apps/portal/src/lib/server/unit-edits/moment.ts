import type { Context } from "@sor/core";
import type { Difference } from "@sor/core/changesets";
import {
  type Attributes,
  BelowQuestion,
  findOrganisation,
  getOrganisation,
  type Organisation,
  OrganisationAttributes,
  type OrganisationVersion,
} from "@sor/core/organisations";
import {
  addDays,
  dayInDenmark,
  holdsAt,
  instantsOnDanishClock,
  instantText,
  startOfDayInDenmark,
  WrittenDay,
  WrittenTime,
} from "@sor/core/validity";
import { z } from "zod";
import { fieldsOf } from "../changes/lines.ts";
import { namesFor } from "../changes/names.ts";

/** An instant, a time on the Danish clock, or a day, which stands for its end. */
const Known = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const instant = instantText({ offset: true }).safeParse(text);
    if (instant.success) return new Date(instant.data);
    const day = WrittenDay.safeParse(text);
    if (day.success) return startOfDayInDenmark(addDays(day.data, 1));
    const time = WrittenTime.safeParse(text);
    const [at] = instantsOnDanishClock(time.data ?? "");
    if (at) return at;
    ctx.addIssue({ code: "custom", params: { fault: "not-a-time" } });
    return z.NEVER;
  });

/** The moment of a unit's page (`dag`, `kendt`), the one compared with it (`mod`, `modkendt`), and the page of units below. */
export const UnitQuery = z.object({
  dag: WrittenDay.optional(),
  kendt: Known.optional(),
  mod: WrittenDay.optional(),
  modkendt: Known.optional(),
  after: BelowQuestion.shape.after,
  ret: z.string().max(40).optional(),
  gemt: z.string().max(40).optional(),
  /** The part is opened to propose a change, by somebody who may not make it. */
  foreslaa: z.literal("1").optional(),
});
export const typedInQuery = ["dag", "kendt", "mod", "modkendt"] as const;

/** Past, now or coming, as seen from a day. */
type PeriodState = "past" | "now" | "coming";
/** A period of a unit as known at an instant. */
export type UnitPeriod = {
  validFrom: string;
  validTo: string | null;
  name: string;
  gln: string | null;
  recordedAt: Date;
  state: PeriodState;
};

function stateOf(period: { validFrom: string; validTo: string | null }, today: string): PeriodState {
  if (holdsAt<string>(period, today)) return "now";
  return period.validFrom > today ? "coming" : "past";
}

const isKnownAt = (version: OrganisationVersion, knownAt: Date | undefined) =>
  knownAt === undefined
    ? version.supersededAt === null
    : version.recordedAt <= knownAt && (version.supersededAt === null || version.supersededAt > knownAt);

/** The periods of a unit as known at an instant, in order of time. */
export function periodsOf(
  history: readonly OrganisationVersion[],
  { knownAt, now }: { knownAt: Date | undefined; now: Date },
): UnitPeriod[] {
  const today = dayInDenmark(now);
  return history
    .filter((version) => isKnownAt(version, knownAt))
    .map(({ validFrom, validTo, name, gln, recordedAt }) => ({
      validFrom,
      validTo,
      name,
      gln,
      recordedAt,
      state: stateOf({ validFrom, validTo }, today),
    }));
}

type Asked = { sorId: string; validAt: string | undefined; knownAt: Date | undefined };

/**
 * The unit on the day. On a day on which it does not hold: as it last was, or else as it will be first. Throws `not-found` when
 * nothing was known of it.
 */
export async function shownUnit(
  ctx: Context,
  { sorId, validAt, knownAt }: Asked,
  periods: readonly UnitPeriod[],
): Promise<{ organisation: Organisation; state: "open" | "closed" | "coming"; day: string }> {
  const day = validAt ?? dayInDenmark(ctx.now);
  const held = await findOrganisation(ctx, { sorId, validAt: day, knownAt });
  if (held) return { organisation: held, state: "open", day };
  const last = periods.findLast((period) => period.validFrom < day);
  const nearest = last ?? periods[0];
  const asked = { sorId, validAt: nearest?.validFrom ?? day, knownAt };
  const state = last ? "closed" : "coming";
  return { organisation: await getOrganisation(ctx, asked), state, day: asked.validAt };
}

/** A line of a comparison: what stood at each of the two moments. */
export type ComparedLine = { label: string; one: string | null; other: string | null; isSame: boolean };

/** Two states of a unit, line by line; lines that are empty in both are left out. Undefined: it does not hold at that moment. */
export async function compareStates(
  ctx: Context,
  one: Organisation,
  other: Organisation | undefined,
): Promise<ComparedLine[]> {
  const [left, right] = [contentOf(one), contentOf(other)];
  const periods = [left, right].map((content) => ({ validFrom: "0001-01-01", validTo: null, content }));
  const difference = { type: "unit", id: one.sorId, removed: [], added: periods } as unknown as Difference;
  const names = await namesFor(ctx, { commands: [], differences: [difference], problems: [] }, new Map());
  const [was, is] = [fieldsOf({}, left, names), fieldsOf({}, right, names)];
  const labels = new Set([...was, ...is].map(({ label }) => label));
  const valueIn = (lines: typeof was, label: string) =>
    lines.find((line) => line.label === label)?.to ?? null;
  return [...labels].map((label) => {
    const line = { label, one: valueIn(was, label), other: valueIn(is, label) };
    return { ...line, isSame: line.one === line.other };
  });
}

const attributeNames = Object.keys(OrganisationAttributes.shape) as (keyof Attributes)[];

const contentOf = (unit: Organisation | undefined): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributeNames.map((name) => [name, unit?.[name] ?? null]));
