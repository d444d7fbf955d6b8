import { type Context, DomainError } from "@sor/core";
import { type ChangeSet, saveEdit } from "@sor/core/changesets";
import type { Gln } from "@sor/core/identifiers";
import {
  getLocation,
  type HistoryLine,
  isPair,
  type Location,
  listLocationHistory,
  type Pair,
  previewRegistrations,
  type RegistrationPlan,
} from "@sor/core/message-types";
import { mayInterrupt, wantedAfterSteps } from "@sor/core/registration-steps";
import { type ActionFailure, fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { problemText } from "#lib/location/location-words.ts";
import { endText, periodText } from "#lib/period-words.ts";
import { m } from "#lib/words/index.ts";
import { type ReviewLine, reviewOf, unconfirmedGaps } from "../review.ts";
import type { Form } from "../unit-edits/form.ts";
import type { LocationEdit, ReadEdit } from "./edits.ts";

type Values = FormProblem["values"];
/** The raw values of a form about a location number. */
export const Posted = z.record(
  z.string().max(100),
  z.union([z.string().max(2000), z.array(z.string().max(100)).max(1000)]),
);

/** What is shown before it is saved; `values` are those to post again. */
export type Reviewed = {
  review: ReviewLine[];
  values: Values;
  meanwhile: HistoryLine[];
  problem?: FormProblem;
};
export type Refused = { problem: FormProblem; meanwhile: HistoryLine[] };

type Asked = { ctx: Context; gln: Gln; read: ReadEdit };

const meanwhileMax = 20;
const Seen = z.coerce.number().int().nonnegative();

/** The effect of a posted edit of a location number, or its faults; nothing is saved. */
export async function reviewEdit(asked: Asked, form: Form): Promise<Reviewed | ActionFailure<Refused>> {
  const judged = await judge(asked, form);
  return "status" in judged ? judged : judged.reviewed;
}

/**
 * Saves a posted edit, now or into a change set, and redirects to what shows it. What others saved since the form was opened is
 * reviewed first, and so is a gap that is not confirmed.
 */
export async function saveLocationEdit(
  asked: Asked,
  form: Form,
): Promise<Reviewed | ActionFailure<Refused | Reviewed>> {
  const judged = await judge(asked, form);
  if ("status" in judged) return judged;
  const { reviewed, edit, location } = judged;
  if (reviewed.meanwhile.length > 0 || reviewed.review.length === 0) return reviewed;
  const unconfirmed = unconfirmedGaps(reviewed.review, form.list("gap"));
  if (unconfirmed.length > 0) {
    const fieldFaults = Object.fromEntries(unconfirmed.map(({ field, text }) => [field, [text]]));
    return fail(400, { ...reviewed, problem: { values: form.problem.values, fieldFaults, formFaults: [] } });
  }
  const set = await unlessChanged(() => save(asked, form, { edit, etag: location.etag }));
  if (set === undefined) {
    const again = await judge(asked, form);
    return "status" in again ? again : again.reviewed;
  }
  redirect(
    303,
    set.state === "applied" ? `/lokationer/${asked.gln}?gemt=${set.id}` : `/aendringssaet/${set.id}`,
  );
}

async function save(
  { ctx, gln }: Asked,
  form: Form,
  { edit, etag }: { edit: LocationEdit; etag: string },
): Promise<ChangeSet> {
  const { set } = await saveEdit(ctx, {
    title: form.text("comment").slice(0, 120) || edit.title,
    commands: [{ kind: "registrations.edit", gln, steps: toJson(edit.steps) }],
    into: form.text("into") === "draft" ? "draft" : "now",
    seen: { gln, etag },
  });
  // The review found no error, and nothing has changed since.
  if (!set) throw new DomainError("conflict", "registrations-changed", { fault: "etag" });
  return set;
}

const toJson = (steps: LocationEdit["steps"]) => JSON.parse(JSON.stringify(steps)) as unknown;

/** The result of a step, or undefined when others have saved since the state that it is based on was read. */
async function unlessChanged<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DomainError && error.details["fault"] === "etag") return undefined;
    throw error;
  }
}

type Judged = { reviewed: Reviewed; edit: LocationEdit; location: Location };

/** Plans what a form asks, on top of what others have saved; fails with faults by field, among them what both changed. */
async function judge(asked: Asked, form: Form): Promise<Judged | ActionFailure<Refused>> {
  const { ctx, gln, read } = asked;
  const since = Seen.safeParse(form.text("seen"));
  const { items } = await listLocationHistory(ctx, { gln, since: since.data ?? 0, limit: meanwhileMax });
  const meanwhile = items.filter(({ outcome, changes }) => outcome === "done" && changes.length > 0);
  const location = await getLocation(ctx, { gln });
  const edit = read(form, gln, location.registrations, ctx.now);
  const values = { ...form.problem.values, seen: [String(meanwhile[0]?.sequence ?? since.data ?? 0)] };
  const refuse = (status: 400 | 409) => fail(status, { problem: { ...form.problem, values }, meanwhile });
  noteCollisions(form, edit, { meanwhile, location, now: ctx.now });
  if (form.hasFaults && meanwhile.length > 0) return refuse(409);
  const plan = await planOf(asked, edit, location);
  if (plan === undefined) return await judge(asked, form);
  for (const problem of plan.problems) {
    if (problem.severity === "error") form.fault(edit.fieldOf(problem), faultOf(problem));
  }
  if (form.hasFaults) return refuse(400);
  const review = reviewOf(plan, namedEndpoints(location));
  return { reviewed: { review, values, meanwhile }, edit, location };
}

const faultOf = (problem: RegistrationPlan["problems"][number]) =>
  `${problem.messageType} ${problem.version}: ${problemText(problem)}`;

async function planOf(
  { ctx, gln }: Asked,
  { steps }: LocationEdit,
  { registrations, etag }: Location,
): Promise<RegistrationPlan | undefined> {
  const wanted = wantedAfterSteps(registrations, steps, ctx.now);
  // Gaps that the steps may leave are confirmed on the review, one by one; others are errors.
  const input = { gln, registrations: wanted, etag, allowGaps: mayInterrupt(steps) };
  const outcome = await unlessChanged(() => previewRegistrations(ctx, input));
  return outcome?.plan;
}

// An endpoint that can no longer be chosen still has a name.
function namedEndpoints({ registrations, endpointChoices }: Location): { id: string; name: string }[] {
  const held = registrations.flatMap(({ endpointId, endpointName }) =>
    endpointId && endpointName ? [{ id: endpointId, name: endpointName }] : [],
  );
  return [...held, ...endpointChoices];
}

type Others = { meanwhile: readonly HistoryLine[]; location: Location; now: Date };

/** What others changed of the very types that the form is about: both sides are shown, and the form is to be sent again. */
function noteCollisions(form: Form, edit: LocationEdit, { meanwhile, location, now }: Others): void {
  const changed = meanwhile.flatMap(({ changes, who, supplierName }) =>
    changes.flatMap(({ subject }) =>
      subject.of === "registration" ? [{ pair: subject as Pair, who: who ?? supplierName }] : [],
    ),
  );
  const after = wantedAfterSteps(location.registrations, edit.steps, now);
  for (const { pair, field } of edit.chosen) {
    const theirs = changed.find((each) => isPair(each.pair, pair));
    if (!theirs) continue;
    const present = location.registrations.filter((row) => isPair(row, pair));
    const wanted = after.filter((each) => isPair(each, pair));
    const names = new Map(namedEndpoints(location).map(({ id, name }) => [id, name]));
    const said = (endpointId: string | null, period: { validFrom: Date | null; validTo: Date | null }) =>
      [
        names.get(endpointId ?? ""),
        period.validFrom === null
          ? m.one_from_now()
          : periodText({ validFrom: period.validFrom, validTo: period.validTo }, now),
        period.validFrom === null && period.validTo !== null && endText(period.validTo, now),
      ]
        .filter(Boolean)
        .join(", ");
    const sides = {
      pair: `${pair.messageType} ${pair.version}`,
      who: theirs.who ?? m.locations_unknown(),
      theirs: present.map((row) => said(row.endpointId, row)).join("; ") || m.one_ended(),
      mine: wanted.map((each) => said(each.endpointId, each)).join("; ") || m.one_ended(),
    };
    form.problem.fieldFaults[field] = [...(form.problem.fieldFaults[field] ?? []), m.one_collision(sides)];
  }
}
