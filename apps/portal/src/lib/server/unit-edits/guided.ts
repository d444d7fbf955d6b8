import { type Context, DomainError } from "@sor/core";
import { SorId } from "@sor/core/identifiers";
import { allocateNumber, listRanges, NumberAllocation } from "@sor/core/location-numbers";
import { WrittenDay } from "@sor/core/validity";
import { error, type RequestEvent, redirect } from "@sveltejs/kit";
import type { FormProblem } from "#lib/form-problem.ts";
import type { BelowView, EffectView, FieldView } from "#lib/unit-edits/field-view.ts";
import { sentenceOf } from "../fault-text.ts";
import { requireUser } from "../guards.ts";
import { readParam } from "../queries.ts";
import { effectView } from "./effect-view.ts";
import type { Form } from "./form.ts";
import { dayOf, followDay } from "./form-day.ts";
import {
  previewWanted,
  type Refused,
  readForm,
  receiptAt,
  refused,
  type Shown,
  saveWanted,
  showing,
  type Wanted,
} from "./save-form.ts";
import { ownNumbers, unitsBelow } from "./subtree.ts";
import { type Asked, askedUnit, mayEditUnit } from "./unit.ts";

/** A form of one screen about a unit: its fields, and what they ask to be done. */
export type Guided = {
  fields: (asked: Asked) => Promise<FieldView[]> | FieldView[];
  /** Faults are noted in the form. */
  wanted: (asked: Asked, form: Form) => Promise<Wanted>;
  /** Whether it has a field for a new location number. */
  asksNumber?: true;
  /** The unit whose page shows the receipt, from the SOR ids of the saved commands; the form's unit by default. */
  shownAfter?: (sorIds: readonly string[]) => string | undefined;
};

type Event = Pick<RequestEvent, "request" | "locals" | "url"> & { params: { sorId: string } };

/** The unit of the form, for users who may edit it; 403 for others. */
async function askedOf(event: Event, day?: string | null): Promise<Asked> {
  requireUser(event);
  const { ctx } = event.locals;
  const sorId = readParam(SorId, event.params.sorId);
  const asked = await askedUnit(ctx, sorId, day);
  if (await mayEditUnit(ctx, sorId)) return asked;
  error(403, "not-allowed", { code: "not-allowed", requestId: event.locals.requestId });
}

/** What the page of a guided form shows before anything is sent; `?dag=` is the form's day. */
export async function loadGuided(event: Event, guided: Guided) {
  const day = WrittenDay.safeParse(event.url.searchParams.get("dag"));
  const asked = await askedOf(event, day.data);
  const { unit, etag } = asked;
  return {
    unit: { sorId: unit.sorId, name: unit.name, level: unit.level, path: unit.path },
    etag,
    fields: await guided.fields(asked),
    below: await belowOf(asked),
    givesNumbers: guided.asksNumber === true && (await givesNumbers(asked.ctx)),
  };
}

const namedMax = 50;

/** The units below, which the form affects too, and the location numbers in use there. */
async function belowOf({ ctx, unit, day }: Asked): Promise<BelowView> {
  const below = await unitsBelow(ctx, unit.sorId, day);
  const numbers = await ownNumbers(ctx, [unit, ...below], day);
  return {
    count: below.length,
    inheriting: below.filter(({ glnInherited }) => glnInherited).length,
    first: below.slice(0, namedMax).map(({ sorId, name, depth }) => ({ sorId, name, depth })),
    numbers: numbers
      .slice(0, namedMax)
      .map(({ gln, unitName, lasting }) => ({ gln, unitName, count: lasting.length })),
  };
}

/** Whether this installation has location numbers to give out. */
async function givesNumbers(ctx: Context): Promise<boolean> {
  return (await listRanges(ctx)).some(({ isOpen, next, to }) => isOpen && next <= to);
}

/** Allocates the next free location number for the unit or one below it, and puts it in the form. */
export async function takeNumber(event: Event, guided: Guided): Promise<Filled | Refused> {
  const { asked, form, shown } = await readGuided(event, guided);
  const { unit, ctx } = asked;
  try {
    const { gln } = await allocateNumber(
      ctx,
      NumberAllocation.parse({ holder: unit.name, unitSorId: unit.sorId }),
    );
    form.set("newGln", gln);
    if (form.text("glnRule") !== "") form.set("glnRule", "own");
    return { problem: form.problem, shown };
  } catch (thrown) {
    if (!(thrown instanceof DomainError)) throw thrown;
    form.fault("newGln", sentenceOf(thrown.words));
    return showing(refused(form), shown);
  }
}

type Filled = { problem: FormProblem; shown: Shown };
type Previewed = Filled & { effect: EffectView };

/** Shows a guided form as it is on the day that was typed: what can be chosen, and which choices no longer hold. */
export async function showGuidedDay(event: Event, guided: Guided): Promise<Filled | Refused> {
  const { form, shown } = await readGuided(event, guided);
  return form.hasFaults ? showing(refused(form), shown) : { problem: form.problem, shown };
}

/** Shows the effect of a guided form; its page offers to save just that. */
export async function previewGuided(event: Event, guided: Guided): Promise<Previewed | Refused> {
  const { asked, form, shown } = await readGuided(event, guided);
  const wanted = await guided.wanted(asked, form);
  if (form.hasFaults) return showing(refused(form), shown);
  const preview = showing(await previewWanted(asked, form, wanted), shown);
  if ("data" in preview) return preview;
  return { problem: form.problem, shown, effect: await effectView(asked.ctx, preview) };
}

/** Saves a guided form. */
export async function saveGuided(event: Event, guided: Guided): Promise<Refused> {
  const { asked, form, shown } = await readGuided(event, guided);
  const wanted = await guided.wanted(asked, form);
  if (form.hasFaults) return showing(refused(form), shown);
  const saved = showing(await saveWanted(asked, form, wanted), shown);
  if ("data" in saved) return saved;
  const sorIds = saved.items.flatMap(({ command }) => ("sorId" in command ? command.sorId : []));
  const isThere = saved.state === "applied";
  redirect(303, receiptAt((isThere && guided.shownAfter?.(sorIds)) || asked.unit.sorId, saved));
}

/** The posted form, and what it shows on its day. */
async function readGuided(event: Event, guided: Guided) {
  requireUser(event);
  const form = await readForm(event.request);
  const asked = await onDay(event, dayOf(form));
  const fields = await guided.fields(asked);
  await followDay(form, asked, fields, async (day) => await guided.fields(await onDay(event, day)));
  return { asked, form, shown: { fields, below: await belowOf(asked) } };
}

// A day on which the unit does not hold is a problem of the form, not of the page.
async function onDay(event: Event, day: string | undefined): Promise<Asked> {
  try {
    return await askedOf(event, day);
  } catch (thrown) {
    if (day === undefined || !isAbsence(thrown)) throw thrown;
    return await askedOf(event);
  }
}

const isAbsence = (thrown: unknown) =>
  thrown instanceof Error && "code" in thrown && (thrown.code === "gone" || thrown.code === "not-found");
