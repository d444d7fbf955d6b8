import { SorId } from "@sor/core/identifiers";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { error, type RequestEvent, redirect } from "@sveltejs/kit";
import { m } from "#lib/words/index.ts";
import { requireUser } from "../guards.ts";
import { readParam } from "../queries.ts";
import { dayField } from "./day-field.ts";
import { changesOf, PartKey, parts, partsOf } from "./parts.ts";
import { type Refused, readForm, receiptAt, refused, saveWanted, type Wanted } from "./save-form.ts";
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

/** Saves the part `?ret=` of the unit: at once, or into the open change set. */
export async function savePart(event: Event): Promise<Refused> {
  requireUser(event);
  const { ctx } = event.locals;
  const sorId = readParam(SorId, event.params.sorId);
  const key = readParam(PartKey, event.url.searchParams.get("ret") ?? "");
  const isProposal = event.url.searchParams.get("foreslaa") !== null && !(await mayEditUnit(ctx, sorId));
  if (!isProposal && !(await mayEditUnit(ctx, sorId)))
    error(403, "not-allowed", { code: "not-allowed", requestId: event.locals.requestId });
  const form = await readForm(event.request);
  const day = WrittenDay.safeParse(form.text("validFrom"));
  const validFrom = form.day("validFrom");
  const asked = await askedOn(event, sorId, day.data);
  const attributes = changesOf(key, form, asked);
  const why = form.text("why");
  if (isProposal && why === "") form.fault("why", m.form_required());
  if (form.hasFaults || validFrom === null) return refused(form);
  const wanted: Wanted = {
    title: `${asked.unit.name}: ${parts[key].title()}`.slice(0, 120),
    commands: [{ kind: "unit.change", sorId, validFrom, attributes }],
    fieldOf: (field) => fieldOfPart(field, form.problem.values),
    ...(isProposal && { proposal: { topics: [topics[key]], text: why } }),
  };
  const saved = await saveWanted(asked, form, wanted);
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
