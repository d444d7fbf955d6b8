import {
  type MergedRegistration,
  mergeEdits,
  type RegistrationEdit,
  type RegistrationFields,
} from "@sor/core/message-types";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { formatDay } from "#lib/format-time.ts";
import { carriedOf, type LocationRow, lastDayOf } from "#lib/location-rows.ts";
import { m } from "#lib/words/index.ts";
import { type MatrixValues, rowNumbers, textOf } from "./matrix-form.ts";

/** A posted matrix merged with a state that others have saved since. */
type MergedForm = {
  values: MatrixValues;
  /** Conflicts: the field, and both values in the page's language. */
  collisions: { field: string; text: string }[];
  /** Ticked types that others have added since, so their ticks are dropped. */
  added: string[];
};

type Present = {
  rows: readonly LocationRow[];
  etag: string;
  endpointName: (id: string) => string;
};

/** The form fields of a row; the first day only for registrations that have not begun. */
function fieldsOf(row: LocationRow): RegistrationFields {
  return { endpoint: row.endpointId ?? "", from: row.hasBegun ? "" : row.from, to: row.to };
}

// A day written in two ways is equal; unreadable input is kept as typed.
const dayIn = (text: string) => WrittenDay.safeParse(text).data ?? text;

function instantIn(text: string): Date | null {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

function editOf(values: MatrixValues, index: number): RegistrationEdit {
  const text = (field: string) => textOf(values, `${field}-${index}`);
  const [start, end] = [instantIn(text("start")), instantIn(text("end"))];
  const wanted = { endpoint: text("endpoint"), from: dayIn(text("from")), to: dayIn(text("to")) };
  return {
    key: `${text("type")} ${text("version")} ${text("direction")}`,
    start: text("start"),
    seen: {
      endpoint: text("was"),
      from: start && `from-${index}` in values ? dayInDenmark(start) : "",
      to: end ? lastDayOf(end) : "",
    },
    wanted: text("keep") === "on" ? wanted : null,
  };
}

const isRowField = (name: string) => /^[a-z]+-\d+$/.test(name);

/**
 * Applies the edits of a posted matrix to the current rows, as form values: the current rows in order, then the edited rows that
 * others have ended since.
 */
export function mergeForm(values: MatrixValues, now: Present): MergedForm {
  const numbers = rowNumbers(values);
  const edits = numbers.map((index) => editOf(values, index));
  const present = now.rows.map((row) => ({
    key: `${row.messageType} ${row.version} ${row.direction}`,
    start: row.start?.toISOString() ?? "",
    fields: fieldsOf(row),
  }));
  const merged = mergeEdits(edits, present);
  const rows = merged.map((each, at) => rowValues(values, each, at, now));
  const others = Object.entries(values).filter(([name]) => !isRowField(name));
  const received = new Set(now.rows.map((row) => `${row.messageType} ${row.version}`));
  const [added, ticks] = [true, false].map((is) =>
    [values["type-tick"] ?? []].flat().filter((pair) => received.has(pair) === is),
  );
  return {
    values: {
      ...Object.fromEntries(others),
      ...Object.assign({}, ...rows),
      "type-tick": ticks ?? [],
      etag: now.etag,
    },
    collisions: merged.flatMap((each, at) => collisionsOf(each, at, now)),
    added: added ?? [],
  };
}

// A row that others have ended is added again from now, or from the chosen day.
function rowValues(values: MatrixValues, each: MergedRegistration, at: number, now: Present): MatrixValues {
  const row = each.present === null ? undefined : now.rows[each.present];
  const posted = (field: string) => textOf(values, `${field}-${each.edit}`);
  const carried = row
    ? carriedOf(row)
    : {
        type: posted("type"),
        version: posted("version"),
        direction: posted("direction"),
        was: posted("was"),
      };
  const shown = each.wanted ?? (row ? fieldsOf(row) : { endpoint: "", from: "", to: "" });
  const hasStart = row ? !row.hasBegun : shown.from !== "";
  const fields = {
    ...carried,
    endpoint: shown.endpoint,
    to: shown.to,
    ...(hasStart && { from: shown.from }),
    ...(each.wanted && { keep: "on" }),
  };
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${field}-${at}`, value]));
}

function collisionsOf(each: MergedRegistration, at: number, now: Present): MergedForm["collisions"] {
  const row = each.present === null ? undefined : now.rows[each.present];
  return each.collisions.map((name) => {
    if (!row) return { field: `keep-${at}`, text: m.locations_collision_gone() };
    if (name === "end" || each.wanted === null) {
      return { field: `keep-${at}`, text: m.locations_collision_ended() };
    }
    const said = (fields: RegistrationFields) => {
      if (name !== "endpoint")
        return fields[name] ? formatDayOrText(fields[name]) : m.locations_collision_no_day();
      return fields.endpoint ? now.endpointName(fields.endpoint) : m.locations_no_endpoint();
    };
    const field = name === "from" && row.hasBegun ? "keep" : name;
    const sides = { theirs: said(fieldsOf(row)), mine: said(each.wanted) };
    return { field: `${field}-${at}`, text: m.locations_collision_field(sides) };
  });
}

const formatDayOrText = (day: string) => (WrittenDay.safeParse(day).success ? formatDay(day) : day);
