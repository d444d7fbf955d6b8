import { SorId } from "@sor/core/identifiers";
import { dayInDenmark } from "@sor/core/validity";
import { error, type RequestEvent, redirect } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import { m } from "#lib/words/index.ts";
import { requireUser } from "../guards.ts";
import { readParam } from "../queries.ts";
import { dayField } from "./day-field.ts";
import { dayOf, followDay } from "./form-day.ts";
import { changesOf, PartKey, parts, partsOf } from "./parts.ts";
import {
  type Refused,
  readForm,
  receiptAt,
  refused,
  type Shown,
  saveWanted,
  showing,
  type Wanted,
} from "./save-form.ts";
import { type Asked, askedUnit, mayEditUnit } from "./unit.ts";

const topics = {
  navn: "name",
  numre: "numbers",
  sted: "place",
  adresse: "address",
  lokationsnummer: "location-number",
  specialer: "other",
  indikatorer: "other",
  niveau: "other",
} as const satisfies Record<PartKey, string>;

type Event = Pick<RequestEvent, "request" | "locals" | "url"> & { params: { sorId: string } };

/** The form of a part, with the day first. */
export function partForm(key: PartKey, asked: Asked) {
  return {
    key,
    title: parts[key].title(),
    etag: asked.etag,
    fields: [dayField(asked), ...parts[key].fields(asked)],
  };
}

/** The parts of a unit that may be opened, with their titles. */
export const openableParts = (asked: Pick<Asked, "unit">) =>
  partsOf(asked.unit.level).map((key) => ({ key, title: parts[key].title() }));

/** Where core's fields stand in a part's form. */
function fieldOfPart(field: string, values: object): string {
  const names: Record<string, string> = {
    glnInherited: "glnRule",
    validTo: "validFrom",
    specialities: "specialities.0",
  };
  const name = names[field] ?? field;
  return `${name}.rule` in values ? `${name}.rule` : name;
}

/** The posted form of the part `?ret=` of the unit, and what it shows on its day; 403 for those who may only propose. */
async function readPart(event: Event) {
  requireUser(event);
  const { ctx } = event.locals;
  const sorId = readParam(SorId, event.params.sorId);
  const key = readParam(PartKey, event.url.searchParams.get("ret") ?? "");
  const mayEdit = await mayEditUnit(ctx, sorId);
  const isProposal = event.url.searchParams.get("foreslaa") !== null && !mayEdit;
  if (!isProposal && !mayEdit)
    error(403, "not-allowed", { code: "not-allowed", requestId: event.locals.requestId });
  const form = await readForm(event.request);
  const asked = await askedOn(event, sorId, dayOf(form));
  const { fields } = partForm(key, asked);
  await followDay(form, asked, fields, async (day) => partForm(key, await askedOn(event, sorId, day)).fields);
  return { sorId, key, isProposal, form, asked, shown: { fields } };
}

/** Shows the part as it is on the day that was typed: what can be chosen, and which choices no longer hold. */
export async function showPartDay(event: Event): Promise<PartShown | Refused> {
  const { form, shown } = await readPart(event);
  return form.hasFaults ? showing(refused(form), shown) : { problem: form.problem, isConflict: false, shown };
}

type PartShown = { problem: FormProblem; isConflict: boolean; shown: Shown };

/** Saves the part `?ret=` of the unit: at once, or into the open change set. */
export async function savePart(event: Event): Promise<Refused> {
  const { sorId, key, isProposal, form, asked, shown } = await readPart(event);
  const attributes = changesOf(key, form, asked);
  const why = form.text("why");
  if (isProposal && why === "") form.fault("why", m.form_required());
  if (form.hasFaults) return showing(refused(form), shown);
  const wanted: Wanted = {
    title: `${asked.unit.name}: ${parts[key].title()}`.slice(0, 120),
    commands: [{ kind: "unit.change", sorId, validFrom: asked.day, attributes }],
    fieldOf: (field) => fieldOfPart(field, form.problem.values),
    ...(isProposal && { proposal: { topics: [topics[key]], text: why } }),
  };
  const saved = showing(await saveWanted(asked, form, wanted), shown);
  if ("data" in saved) return saved;
  redirect(303, receiptAt(sorId, saved));
}

async function askedOn(event: Event, sorId: string, day: string | undefined): Promise<Asked> {
  const { ctx } = event.locals;
  const today = dayInDenmark(ctx.now);
  const isLater = day !== undefined && day !== today;
  if (!isLater) return await askedUnit(ctx, sorId);
  return await askedUnit(ctx, sorId, day).catch(async () => await askedUnit(ctx, sorId));
}
