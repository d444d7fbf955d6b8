import { SorId } from "@sor/core/identifiers";
import { WrittenDay } from "@sor/core/validity";
import type { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { m } from "#lib/words/index.ts";
import { faultText } from "../fault-text.ts";

type Posted = Record<string, string | string[]>;

/** The values of a posted form, and the faults found in them by field. */
export class Form {
  readonly problem: FormProblem;
  readonly #values: Posted;

  constructor(values: Readonly<Posted>) {
    this.#values = { ...values };
    const shown = Object.entries(values).map(([name, value]) => [name, [value].flat()] as const);
    this.problem = { values: Object.fromEntries(shown), fieldFaults: {}, formFaults: [] };
  }

  get hasFaults(): boolean {
    return this.problem.formFaults.length > 0 || Object.keys(this.problem.fieldFaults).length > 0;
  }

  /** Notes a fault at a field of the form, or at the form where it has no such field. */
  fault(field: string | undefined, text: string): void {
    const { fieldFaults, formFaults, values } = this.problem;
    if (field !== undefined && field in values) {
      fieldFaults[field] = [...new Set([...(fieldFaults[field] ?? []), text])];
    } else if (!formFaults.includes(text)) formFaults.push(text);
  }

  /** Gives a field another value than the one that was posted. */
  set(field: string, value: string): void {
    this.#values[field] = value;
    this.problem.values[field] = [value];
  }

  /** The text of a field, without blanks around it; empty when it is absent. */
  text(field: string): string {
    const value = this.#values[field];
    return (typeof value === "string" ? value : (value?.[0] ?? "")).trim();
  }

  /** All values of a field that may stand several times. */
  list(field: string): string[] {
    return [this.#values[field] ?? []].flat();
  }

  textOrNull(field: string): string | null {
    return this.text(field) || null;
  }

  /** A value of a core schema; null, with a fault at the field, when it is not one. */
  read<Schema extends z.ZodType>(field: string, schema: Schema): z.output<Schema> | null {
    const read = schema.safeParse(this.text(field));
    if (read.success) return read.data;
    this.issue(field, read.error.issues[0]);
    return null;
  }

  /** Notes what a core schema says about a value at the field. */
  issue(field: string, issue: z.core.$ZodIssue | undefined): void {
    if (issue) this.fault(field, this.text(field) === "" ? m.form_required() : faultText(issue));
  }

  day(field: string): string | null {
    return this.read(field, WrittenDay);
  }

  /** The SOR id in a unit's field, written alone or after the unit's name; null when there is none. */
  sorId(field: string): string | null {
    const text = this.text(field);
    if (text === "") return null;
    const [digits = text.replaceAll(/\s/g, "")] = text.match(/\d{6,18}$/) ?? [];
    const read = SorId.safeParse(digits);
    if (read.success) return read.data;
    this.fault(field, m.units_fault_not_a_unit());
    return null;
  }
}
