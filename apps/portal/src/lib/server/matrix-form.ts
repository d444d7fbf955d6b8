import { DomainError } from "@sor/core";
import { findMessageType, type PlanProblem, WantedRegistration } from "@sor/core/message-types";
import { addDays, dayInDenmark, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { lastDayOf } from "#lib/location-rows.ts";

export type MatrixValues = Record<string, string | string[]>;

/** The wanted registrations of a matrix form, and the form row of each. */
export type MatrixForm = {
  wanted: WantedRegistration[];
  /** The suffix of the field names of each wanted registration, in the same order: "3", "new-0" or "tick". */
  rows: string[];
  /** Invalid fields: the field, the fault, and for a checkbox the posted pair. */
  faults: { field: string; code: PlanProblem["code"] | DayFault; pair?: string }[];
  /** The field names of the form. */
  fields: ReadonlySet<string>;
};

/** The fault of a day. */
type DayFault = "not-a-day" | "no-such-day";

const rowsMax = 500;
const pairLengthMax = 80;
/** Empty rows for new types under the matrix. */
export const newRows = 3;

/** A value of a posted form, trimmed; empty if it is missing. */
export const textOf = (values: MatrixValues, name: string): string =>
  [values[name] ?? ""].flat()[0]?.trim() ?? "";

/** The row numbers of existing registrations in a form. */
export function rowNumbers(values: MatrixValues): number[] {
  const numbers: number[] = [];
  for (let index = 0; index < rowsMax && `type-${index}` in values; index += 1) numbers.push(index);
  return numbers;
}

/** Reads the matrix of a location number from a posted form. Rows whose checkbox is cleared are omitted: they end. */
export function readMatrixForm(values: MatrixValues): MatrixForm {
  const form: MatrixForm = { wanted: [], rows: [], faults: [], fields: new Set(Object.keys(values)) };
  for (const index of rowNumbers(values)) {
    if (textOf(values, `keep-${index}`) !== "on") continue;
    const row = String(index);
    takeRow(form, values, row, {
      messageType: textOf(values, `type-${row}`),
      version: textOf(values, `version-${row}`),
    });
  }
  for (let index = 0; index < newRows; index += 1) {
    const row = `new-${index}`;
    const [messageType, version] = textOf(values, `type-${row}`).split(/[\s,]+/);
    if (!messageType) continue;
    const known = version ?? findMessageType(messageType)?.version;
    if (known === undefined) form.faults.push({ field: `type-${row}`, code: "unknown-type" });
    else takeRow(form, values, row, { messageType, version: known });
  }
  takeTicks(form, values);
  return form;
}

/** The ticked pairs "DIS05 D0533L" of one field, all with the same endpoint and first day. */
function takeTicks(form: MatrixForm, values: MatrixValues): void {
  const pairs = new Set([values["type-tick"] ?? []].flat());
  if (pairs.size > rowsMax) throw new DomainError("too-large", "too-many-fields");
  for (const pair of pairs) {
    const [messageType = "", version = ""] = pair.slice(0, pairLengthMax).split(" ");
    takeRow(form, values, "tick", { messageType, version });
  }
}

const fieldOfPath: Readonly<Record<string, string>> = {
  messageType: "type",
  version: "type",
  direction: "direction",
  endpointId: "endpoint",
};

function takeRow(
  form: MatrixForm,
  values: MatrixValues,
  row: string,
  pair: { messageType: string; version: string },
) {
  const validFrom = firstInstant(form, values, row);
  const validTo = lastInstant(form, values, row);
  const read = WantedRegistration.safeParse({
    ...pair,
    direction: textOf(values, `direction-${row}`) || "receive",
    endpointId: textOf(values, `endpoint-${row}`) || null,
    validFrom,
    validTo,
  });
  if (read.success) {
    form.wanted.push(read.data);
    form.rows.push(row);
    return;
  }
  for (const issue of read.error.issues) {
    const field = fieldOfPath[String(issue.path[0])] ?? "type";
    form.faults.push({
      field: `${field}-${row}`,
      code: field === "endpoint" ? "unknown-endpoint" : "unknown-type",
      pair: `${pair.messageType} ${pair.version}`,
    });
  }
}

// A registration that has begun has no first-day field and keeps its start. An unchanged day keeps the instant that it
// represents, which may be within the day.
function firstInstant(form: MatrixForm, values: MatrixValues, row: string): string | null {
  const start = Instant.safeParse(textOf(values, `start-${row}`)).data;
  if (!form.fields.has(`from-${row}`)) return start?.toISOString() ?? null;
  const day = dayOf(form, values, `from-${row}`);
  if (day === null) return null;
  return start && dayInDenmark(start) === day ? start.toISOString() : startOfDayInDenmark(day).toISOString();
}

function lastInstant(form: MatrixForm, values: MatrixValues, row: string): string | null {
  const day = dayOf(form, values, `to-${row}`);
  if (day === null) return null;
  const end = Instant.safeParse(textOf(values, `end-${row}`)).data;
  return end && lastDayOf(end) === day
    ? end.toISOString()
    : startOfDayInDenmark(addDays(day, 1)).toISOString();
}

const Instant = z.iso.datetime().transform((text) => new Date(text));

function dayOf(form: MatrixForm, values: MatrixValues, field: string): string | null {
  const text = textOf(values, field);
  if (text === "") return null;
  const { data, error } = WrittenDay.safeParse(text);
  if (data && data > "1900-01-01" && data < "2200-01-01") return data;
  const [issue] = error?.issues ?? [];
  const isNone = issue?.code === "custom" && issue.params?.["fault"] === "no-such-day";
  form.faults.push({ field, code: isNone || data ? "no-such-day" : "not-a-day" });
  return null;
}

const fieldOfCode: Partial<Record<PlanProblem["code"], string>> = {
  "endpoint-missing": "endpoint",
  "unknown-endpoint": "endpoint",
  "foreign-endpoint": "endpoint",
  "endpoint-closed": "endpoint",
  "location-closed": "from",
  "validity-reversed": "to",
  "ends-in-past": "to",
  overlap: "from",
};

/** The field of a problem of the plan. Existing rows have no type field: their checkbox is used instead. */
export function fieldOfProblem({ rows, fields }: MatrixForm, { at, code }: PlanProblem): string {
  const row = rows[at] ?? "0";
  if (row === "tick" && code === "overlap") return "type-tick";
  const kind = fieldOfCode[code];
  if (kind && fields.has(`${kind}-${row}`)) return `${kind}-${row}`;
  return `${/^\d/.test(row) ? "keep" : "type"}-${row}`;
}

/** The posted values and field faults, for the page to show. */
export function problemOfForm(
  values: MatrixValues,
  faults: readonly { field: string; text: string }[],
): FormProblem {
  const problem: FormProblem = { values: {}, fieldFaults: {}, formFaults: [] };
  for (const [name, value] of Object.entries(values)) problem.values[name] = [value].flat();
  for (const { field, text } of faults) {
    problem.fieldFaults[field] = [...new Set([...(problem.fieldFaults[field] ?? []), text])];
  }
  return problem;
}
