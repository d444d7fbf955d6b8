import type { Context } from "@sor/core";
import { type Difference, endingsBrake, type Period, type Preview } from "@sor/core/changesets";
import type { LocationFields } from "@sor/core/endpoints";
import { type Attributes, nameUnits } from "@sor/core/organisations";
import { addDays, overlaps } from "@sor/core/validity";
import { formatDay, formatInstant } from "#lib/format-time.ts";
import type { EffectOnOne, EffectView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { problemText } from "./save-form.ts";
import { changedLines } from "./unit-lines.ts";

const shownMax = 100;
type Names = ReadonlyMap<string, string>;
type One<Type extends Difference["type"]> = Extract<Difference, { type: Type }>;

/** A preview in words, one item for each unit and location number. */
export async function effectView(ctx: Context, preview: Preview): Promise<EffectView> {
  const { differences, problems, effects } = preview;
  const shown = [...Map.groupBy(differences, ({ type, id }) => `${kindOf(type)} ${id}`).values()];
  const names = await namesIn(ctx, shown.slice(0, shownMax).flat());
  return {
    items: shown.slice(0, shownMax).map((group) => onOne(group, names)),
    more: Math.max(0, shown.length - shownMax),
    warnings: [...new Set(problems.filter(({ severity }) => severity === "warning").map(problemText))],
    needsApproval: effects.approvals.length > 0,
    endings: effects.endings,
    asksEndings: effects.endings >= endingsBrake,
  };
}

const kindOf = (type: Difference["type"]) => (type === "unit" || type === "successors" ? "unit" : "location");

async function namesIn(ctx: Context, differences: readonly Difference[]): Promise<Names> {
  const added = differences.flatMap((each) =>
    each.type === "unit"
      ? [...each.added, ...each.removed].map((period) => ({ id: each.id, ...period }))
      : [],
  );
  const sorIds = [
    ...differences.flatMap(({ type, id }) => (kindOf(type) === "unit" ? [id] : [])),
    ...differences.flatMap((each) => (each.type === "successors" ? [...each.added, ...each.removed] : [])),
    ...added.flatMap(({ content }) =>
      [content.parentSorId ?? [], content.geographicalParentSorId ?? []].flat(),
    ),
  ];
  const names = await nameUnits(ctx, { sorIds });
  const coming = added
    .filter(({ id }) => !names.has(id))
    .map(({ id, content }) => [id, content.name] as const);
  return new Map([...coming, ...names]);
}

function onOne(group: readonly Difference[], names: Names): EffectOnOne {
  const [first] = group;
  const id = first?.id ?? "";
  const isUnit = first !== undefined && kindOf(first.type) === "unit";
  const isNew = group.some((each) => each.type === "unit" && each.removed.length === 0);
  const parts = group.map((each) => onDifference(each, names));
  return {
    id,
    name: isUnit ? (names.get(id) ?? id) : `${m.register_gln()} ${id}`,
    href: isUnit && !isNew ? `/enhed/${id}` : null,
    happens: parts.flatMap(({ happens }) => happens),
    changes: parts.flatMap(({ changes }) => changes),
  };
}

type Told = Pick<EffectOnOne, "happens" | "changes">;

function onDifference(difference: Difference, names: Names): Told {
  switch (difference.type) {
    case "unit":
      return onPeriods<Attributes>(difference, (before, after) => changedLines(before, after, names));
    case "location":
      return onPeriods<LocationFields>(difference, locationLines);
    case "successors":
      return { happens: [successorText(difference, names)], changes: [] };
    case "registrations":
      return { happens: registrationTexts(difference), changes: [] };
  }
}

type Lines<Content> = (
  before: Content | null,
  after: Content | null,
) => EffectOnOne["changes"][number]["lines"];

/** What changes between the periods that go and those that come; the same content for a shorter time is an end. */
function onPeriods<Content>(
  { removed, added }: { removed: readonly Period<Content>[]; added: readonly Period<Content>[] },
  linesOf: Lines<Content>,
): Told {
  const changes = added.flatMap((period) => {
    const before = removed.find((each) => overlaps<string>(each, period))?.content ?? null;
    const lines = linesOf(before, period.content);
    return lines.length > 0 ? [{ when: periodText(period), lines }] : [];
  });
  const [was, is] = [removed.at(-1), added.at(-1)];
  const happens: string[] = [];
  if (!was && added[0]) happens.push(m.units_begins({ when: formatDay(added[0].validFrom) }));
  if (was && !is) happens.push(m.units_removed());
  if (was && is && was.validTo !== is.validTo)
    happens.push(
      is.validTo === null ? m.units_lasts() : m.units_ends({ when: formatDay(addDays(is.validTo, -1)) }),
    );
  return { happens, changes };
}

const periodText = ({ validFrom, validTo }: { validFrom: string; validTo: string | null }) =>
  validTo === null
    ? m.units_from({ when: formatDay(validFrom) })
    : m.units_from_to({ from: formatDay(validFrom), to: formatDay(addDays(validTo, -1)) });

function locationLines(before: LocationFields | null, after: LocationFields | null) {
  const texts = (fields: LocationFields | null) =>
    [
      [m.locations_field_netOperatorCode(), fields?.netOperatorCode ?? null],
      [m.locations_field_regionCode(), fields?.regionCode ?? null],
      [m.locations_field_ediAdministrator(), fields?.ediAdministrator ?? null],
      [m.locations_field_note(), fields?.note ?? null],
      [m.locations_field_successorGln(), fields?.successorGln ?? null],
    ] as const;
  const from = texts(before);
  return texts(after).flatMap(([label, to], at) => {
    const was = from[at]?.[1] ?? null;
    return was === to ? [] : [{ label, from: was, to }];
  });
}

function successorText({ added }: One<"successors">, names: Names): string {
  if (added.length === 0) return m.units_without_successor();
  return m.units_replaced_by({ name: added.map((sorId) => names.get(sorId) ?? sorId).join(", ") });
}

function registrationTexts({ removed, added }: One<"registrations">): string[] {
  const textOf = ({ messageType, version }: { messageType: string; version: string }) =>
    `${messageType} ${version}`;
  const ended = added.filter(({ validTo }) => validTo !== null);
  const last = ended[0]?.validTo;
  const gone = removed.filter((fact) => !added.some((each) => textOf(each) === textOf(fact)));
  return [
    ...(last
      ? [
          m.units_registrations_end({
            when: formatInstant(last),
            what: [...new Set(ended.map(textOf))].join(", "),
          }),
        ]
      : []),
    ...(gone.length > 0
      ? [m.units_registrations_gone({ what: [...new Set(gone.map(textOf))].join(", ") })]
      : []),
  ];
}
