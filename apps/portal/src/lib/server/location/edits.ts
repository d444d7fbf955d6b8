import { Uuid } from "@sor/core/identifiers";
import {
  findMessageType,
  lastingAfter,
  type Pair,
  type PlanProblem,
  type RegistrationFact,
} from "@sor/core/message-types";
import { RegistrationStep } from "@sor/core/registration-steps";
import { addDays, dayInDenmark, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { lastDayOf } from "#lib/location/location-rows.ts";
import { rowFieldOf } from "#lib/location/location-words.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "../unit-edits/form.ts";
import { messageCode } from "./reading.ts";

/** What a form asks to be done with a location number, from what it receives and sends now or later. */
export type LocationEdit = {
  /** What is done, type by type. */
  steps: RegistrationStep[];
  /** The types that the form is about, with the place of each on it. */
  chosen: { pair: Pair; field: string }[];
  /** What the change set is called. */
  title: string;
  /** The field of the form for a problem, where there is one. */
  fieldOf: (problem: PlanProblem) => string | undefined;
};

/** Reads a posted form against the present registrations; faults are noted on the form. */
export type ReadEdit = (
  form: Form,
  gln: string,
  facts: readonly RegistrationFact[],
  now: Date,
) => LocationEdit;

/** The key of the row of a type on the page: `DIS91 receive`. */
export const rowKey = ({ messageType, version, direction }: Pair): string =>
  `${messageCode(messageType, findMessageType(messageType, version))} ${direction}`;

const pairOf = ({ messageType, version, direction }: Pair): Pair => ({ messageType, version, direction });
const textOf = ({ messageType, version, direction }: Pair) => `${messageType} ${version} ${direction}`;

function pairsIn(facts: readonly RegistrationFact[]): Pair[] {
  return [...new Map(facts.map((fact) => [textOf(fact), pairOf(fact)])).values()];
}

/** The first instant of the day in a field; null when it is empty, or has a fault. */
export function firstInstant(form: Form, field: string): Date | null {
  const day = form.text(field) === "" ? null : form.day(field);
  if (day === null) return null;
  if (day > "1900-01-01" && day < "2200-01-01") return startOfDayInDenmark(day);
  form.fault(field, m.form_fault_no_such_day());
  return null;
}

/** The end of the last day in a field: the beginning of the day after it. */
function lastInstant(form: Form, field: string): Date | null {
  const first = firstInstant(form, field);
  return first && startOfDayInDenmark(addDays(dayInDenmark(first), 1));
}

/** The endpoint in a field; null when it is empty, or has a fault. */
export function endpointIn(form: Form, field: string): string | null {
  const id = form.textOrNull(field);
  if (id === null || Uuid.safeParse(id).success) return id;
  form.fault(field, m.locations_fault_unknown_endpoint());
  return null;
}

/** What the panel does with the chosen types. */
const handlings = ["end", "move", "version", "start"] as const;
type Handling = (typeof handlings)[number];

const titles = {
  end: m.one_title_end,
  move: m.one_title_move,
  version: m.one_title_version,
  start: m.one_title_start,
} satisfies Record<Handling, (values: { gln: unknown }) => string>;

/** Steps as the forms make them, read with the schema of core. */
export const stepsOf = (raw: readonly object[]): RegistrationStep[] =>
  raw.map((step) => RegistrationStep.parse(JSON.parse(JSON.stringify(step))));

/** Reads the panel: one thing done with the ticked rows, or with all. */
export const readPanel: ReadEdit = (form, gln, facts, now) => {
  const lasting = lastingAfter(now, facts);
  const rows = new Set(form.list("valgt"));
  const isAll = form.text("alle") === "on";
  const pairs = pairsIn(lasting).filter((pair) => isAll || rows.has(rowKey(pair)));
  if (pairs.length === 0) form.fault(undefined, m.one_nothing_chosen());
  const handling = handlings.find((each) => each === form.text("handling"));
  if (!handling) form.fault("handling", m.form_choose());
  const raw = handling && pairs.length > 0 ? handlingSteps[handling](form, pairs, lasting, now) : [];
  return {
    steps: form.hasFaults ? [] : stepsOf(raw),
    chosen: pairs.map((pair) => ({ pair, field: rowFieldOf(rowKey(pair)) })),
    title: (handling ? titles[handling] : m.one_title_edit)({ gln }),
    fieldOf: ({ code }) => {
      if (/endpoint/.test(code)) return "endpoint";
      if (code === "unknown-type") return "version";
      return ["validity-reversed", "ends-in-past", "overlap", "location-closed"].includes(code)
        ? "dag"
        : undefined;
    },
  };
};

type Steps = (
  form: Form,
  pairs: readonly Pair[],
  lasting: readonly RegistrationFact[],
  now: Date,
) => object[];

const handlingSteps: Record<Handling, Steps> = {
  end: (form, pairs, _, now) => {
    const at = lastInstant(form, "dag");
    if (at !== null && at <= now) form.fault("dag", m.locations_fault_ends_in_past());
    return pairs.map((pair) => ({ step: "end", ...pair, at }));
  },
  move: (form, pairs) => {
    const [at, endpointId] = [firstInstant(form, "dag"), endpointIn(form, "endpoint")];
    if (endpointId === null) form.fault("endpoint", m.locations_fault_endpoint_missing());
    return pairs.map((pair) => ({ step: "move", ...pair, endpointId, at }));
  },
  version: (form, pairs) => {
    const at = firstInstant(form, "dag");
    const [code, version] = form.text("version").split(" ");
    // A version is of one type; the other formats of the row keep theirs.
    const own = pairs.filter(({ messageType }) => !code || messageType === code);
    if (own.length === 0) form.fault("version", m.one_other_types());
    return own.flatMap((pair) => {
      const type = findMessageType(pair.messageType, version || undefined);
      if (type?.version === undefined || type.version === pair.version) return [];
      return [{ step: "version", ...pair, to: { messageType: pair.messageType, version: type.version }, at }];
    });
  },
  start: (form, pairs, lasting, now) => {
    const at = firstInstant(form, "dag");
    if (at === null) form.fault("dag", m.form_required());
    const coming = pairsIn(lasting.filter((fact) => fact.validFrom > now));
    const own = pairs.filter((pair) => coming.some((each) => textOf(each) === textOf(pair)));
    if (own.length === 0) form.fault("dag", m.one_all_begun());
    return own.map((pair) => ({ step: "begin", ...pair, at }));
  },
};

/** The periods of an open row, in the order of its fields. */
export function openPeriods(facts: readonly RegistrationFact[], key: string): RegistrationFact[] {
  return facts.filter((fact) => rowKey(fact) === key);
}

/** Reads the fields of the open row: endpoint and days of each of its periods. */
export const readOpenRow: ReadEdit = (form, gln, facts, now) => {
  const periods = openPeriods(lastingAfter(now, facts), form.text("ret"));
  const starts = form.list("start");
  const fields = new Map(
    periods.map((fact) => [textOf(fact), String(Math.max(0, starts.indexOf(periodKey(fact))))]),
  );
  const raw = pairsIn(periods).map((pair) => ({
    ...{ step: "put", ...pair },
    periods: periods
      .filter((fact) => textOf(fact) === textOf(pair))
      .map((fact) => readPeriod(form, fact, starts.indexOf(periodKey(fact)), now)),
  }));
  return {
    steps: form.hasFaults ? [] : stepsOf(raw),
    chosen: pairsIn(periods).map((pair) => ({ pair, field: `to-${fields.get(textOf(pair)) ?? 0}` })),
    title: m.one_title_edit({ gln }),
    fieldOf: (problem) => {
      const own = periods.find(
        ({ messageType, version }) => messageType === problem.messageType && version === problem.version,
      );
      const field = /endpoint/.test(problem.code) ? "endpoint" : "to";
      return `${field}-${fields.get(own ? textOf(own) : "") ?? 0}`;
    },
  };
};

/** One period as its fields say; one that the form did not show stays as it is. */
function readPeriod(form: Form, fact: RegistrationFact, at: number, now: Date): object {
  const { endpointId, validFrom, validTo } = fact;
  if (at < 0) return { endpointId, validFrom, validTo };
  const [start, end] = [firstInstant(form, `from-${at}`), lastInstant(form, `to-${at}`)];
  const isSameEnd = sameDay(form.text(`to-${at}`), validTo === null ? "" : lastDayOf(validTo));
  const isSameStart = start === null || sameDay(form.text(`from-${at}`), dayInDenmark(validFrom));
  return {
    endpointId: endpointIn(form, `endpoint-${at}`),
    // What has begun keeps its first day.
    validFrom: validFrom <= now || isSameStart ? validFrom : start,
    validTo: isSameEnd ? validTo : end,
  };
}

/** Tells the periods of a row apart. */
export const periodKey = (fact: Pair & { validFrom: Date }): string =>
  `${textOf(fact)} ${fact.validFrom.toISOString()}`;

// A day written in another form is the same; an unchanged one keeps its instant, which may be within the day.
const sameDay = (text: string, day: string) => (WrittenDay.safeParse(text).data ?? text) === day;
