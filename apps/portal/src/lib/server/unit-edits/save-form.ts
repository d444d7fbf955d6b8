import { DomainError } from "@sor/core";
import {
  type ChangeSet,
  getChangeSet,
  type NewProposal,
  type Preview,
  type Problem,
  previewEdit,
  propose,
  saveEdit,
} from "@sor/core/changesets";
import { Etag } from "@sor/core/endpoints";
import { type Fault, isFault } from "@sor/core/faults";
import { type ActionFailure, fail, isActionFailure } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import { formatNumber } from "#lib/format-number.ts";
import type { BelowView, FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { faultSentence, sentenceOf } from "../fault-text.ts";
import { formValues } from "../forms.ts";
import { nameForm } from "../repeated-forms.ts";
import { Form } from "./form.ts";
import type { Asked } from "./unit.ts";

/** What a form about a unit asks to be done, and where its problems are shown. */
export type Wanted = {
  /** What the change set is called. */
  title: string;
  commands: readonly unknown[];
  /** The form's field for the field of a command that is to blame. */
  fieldOf: (field: string, at: number, fault?: Fault) => string | undefined;
  /** The commands are proposed to those who may give them. */
  proposal?: { topics: NewProposal["topics"]; text: string };
};

/** What a form shows on its day, in place of what its page loaded. */
export type Shown = { fields: FieldView[]; below?: BelowView };

export type Refused = ActionFailure<{ problem: FormProblem; isConflict: boolean; shown?: Shown }>;

/** The refusal with what the form shows on its day; any other outcome as it is. */
export const showing = <Outcome>(outcome: Outcome | Refused, shown: Shown): Outcome | Refused =>
  isRefused(outcome) ? fail(outcome.status, { ...outcome.data, shown }) : outcome;

const isRefused = (outcome: unknown): outcome is Refused => isActionFailure(outcome);

/** The values of a posted form; changes made after this are idempotent for its id. */
export async function readForm(request: Request): Promise<Form> {
  const values = formValues(await request.formData());
  nameForm(request, values);
  return new Form(values);
}

/** The answer to a form with faults. */
export const refused = (form: Form, isConflict = false): Refused =>
  fail(400, { problem: form.problem, isConflict });

const listed = (value: unknown) => (Array.isArray(value) ? value.map(String).join(", ") : "");

/** A problem in words, with what it is about. */
function atField({ fault, details }: Pick<Problem, "fault" | "details">): string {
  const things = listed(details["glns"] ?? details["sorIds"]);
  const count = typeof details["count"] === "number" ? m.units_count({ count: details["count"] }) : "";
  return [faultSentence(fault), things && `(${things})`, count && `(${count})`].filter(Boolean).join(" ");
}

/** Notes every error at its field. */
function noteProblems(form: Form, problems: readonly Problem[], { fieldOf }: Wanted): void {
  for (const problem of problems) {
    if (problem.severity !== "error") continue;
    const field = problem.field === null ? undefined : fieldOf(problem.field, problem.at, problem.fault);
    form.fault(field, atField(problem));
  }
}

// The places of a set's step that core names, and the field that every form has for them.
function noteRefusal(form: Form, error: DomainError, { fieldOf }: Wanted): boolean {
  const { fault, field, endings, problem } = error.details;
  if (fault === "etag") {
    form.fault(undefined, m.units_changed_meanwhile());
    return true;
  }
  if (fault === "endings-not-confirmed") {
    form.fault("endings", m.units_endings_wrong({ shown: formatNumber(Number(endings)) }));
  } else if (fault === "malformed") {
    const name = String(field)
      .split(".")
      .filter((step) => step !== "attributes")
      .slice(0, 2)
      .join(".");
    const at = fieldOf(name, Number(error.details.at));
    form.fault(at, at !== undefined && form.text(at) === "" ? m.form_required() : m.form_invalid());
  } else {
    const isNamed = typeof problem === "string" && isFault(problem);
    form.fault(undefined, isNamed ? faultSentence(problem) : sentenceOf(error.words));
  }
  return false;
}

/** The effect of what is wanted, or the refusal with every problem at its field. */
export async function previewWanted(asked: Asked, form: Form, wanted: Wanted): Promise<Preview | Refused> {
  try {
    const preview = await previewEdit(asked.ctx, wanted.commands);
    noteProblems(form, preview.problems, wanted);
    return form.hasFaults ? refused(form) : preview;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return refused(form, noteRefusal(form, error, wanted));
  }
}

/** The set that holds what was saved, or the refusal; nothing is saved over a change that the form did not show. */
export async function saveWanted(asked: Asked, form: Form, wanted: Wanted): Promise<ChangeSet | Refused> {
  const etag = Etag.safeParse(form.text("etag"));
  const typed = form.text("endings");
  try {
    if (wanted.proposal) return await proposeWanted(asked, form, wanted, wanted.proposal);
    const { set, problems } = await saveEdit(asked.ctx, {
      title: wanted.title,
      commands: wanted.commands,
      into: form.text("into") === "draft" ? "draft" : "now",
      seen: { sorId: asked.unit.sorId, etag: etag.success ? etag.data : "" },
      endings: /^\d{1,6}$/.test(typed) ? Number(typed) : undefined,
    });
    if (set) return set;
    noteProblems(form, problems, wanted);
    return refused(form);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return refused(form, noteRefusal(form, error, wanted));
  }
}

async function proposeWanted(
  { ctx, unit }: Asked,
  form: Form,
  wanted: Wanted,
  proposal: NonNullable<Wanted["proposal"]>,
): Promise<ChangeSet | Refused> {
  const about = { subjectType: "unit", subjectId: unit.sorId, address: null } as const;
  const { set, problems } = await propose(ctx, { ...about, ...proposal, commands: wanted.commands });
  if (set !== null) return await getChangeSet(ctx, { id: set });
  noteProblems(form, problems, wanted);
  return refused(form);
}

/** The address of the unit's page with the receipt of the saved set. */
export const receiptAt = (sorId: string, set: ChangeSet): string => `/enhed/${sorId}?gemt=${set.id}`;
