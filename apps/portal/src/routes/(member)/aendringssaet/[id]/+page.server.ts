import type { Context } from "@sor/core";
import {
  addRemark,
  answerProposal,
  applyChangeSet,
  approveChangeSet,
  type ChangeSet,
  declineChangeSet,
  getChangeSet,
  keepCommand,
  listSteps,
  NewRemark,
  nameSets,
  ProposalAnswer,
  removeCommand,
  revertChangeSet,
  StepComment,
  submitChangeSet,
  takeUpSet,
  withdrawChangeSet,
} from "@sor/core/changesets";
import { queryNumber, Uuid } from "@sor/core/identifiers";
import { type RequestEvent, redirect } from "@sveltejs/kit";
import { z } from "zod";
import { setRefusals } from "#lib/server/changes/set-refusals.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { readParam, readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";
import { viewOf } from "./view.ts";

const pagesMax = 100;
const Query = z.object({
  side: queryNumber(1, pagesMax).default(1),
  vis: z.literal("fejl").optional(),
  gjort: z
    .enum([
      "removed",
      "kept",
      "submitted",
      "withdrawn",
      "approved",
      "declined",
      "applied",
      "undone",
      "remarked",
      "taken",
      "answered",
      "proposed",
    ])
    .optional(),
});
type Done = NonNullable<z.infer<typeof Query>["gjort"]>;

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { side, vis, gjort } = readQuery(Query, event.url);
  const set = await getChangeSet(ctx, { id: readParam(Uuid, event.params.id) });
  const [view, steps, reverted] = await Promise.all([
    viewOf(ctx, user, set, { page: side, faultsOnly: vis === "fejl" }),
    listSteps(ctx, { id: set.id }),
    set.revertsId === null ? new Map<string, string>() : nameSets(ctx, { ids: [set.revertsId] }),
  ]);
  const {
    items,
    decisions: _,
    sorIds: __,
    supplierIds: ___,
    submittedHash: ____,
    remarks: _____,
    editorIds: ______,
    ...facts
  } = set;
  const query = new URLSearchParams({ ...(vis && { vis }) });
  const pageHref = (page: number) => `?${new URLSearchParams([...query, ["side", String(page)]])}`;
  return {
    set: {
      ...facts,
      itemCount: items.length,
      revertsTitle: reverted.get(set.revertsId ?? "") ?? null,
    },
    view,
    steps,
    done: gjort ?? null,
    faultsOnly: vis === "fejl",
    previous: side > 1 ? pageHref(side - 1) : null,
    next: view.hasNext ? pageHref(side + 1) : null,
  };
};

const Version = z.coerce.number().int().min(1);
const Item = z.object({ version: Version, position: z.coerce.number().int().min(1) });
const Step = z.object({ version: Version });
const Submission = Step.extend({
  endings: z
    .string()
    .trim()
    .regex(/^[\d.]{0,9}$/)
    .transform((text) => (text === "" ? undefined : Number(text.replaceAll(".", ""))))
    .optional(),
});
const comment = z
  .string()
  .transform((text) => text.trim() || null)
  .pipe(StepComment.shape.comment.unwrap());
const Remark = NewRemark.extend({
  position: z.coerce.number().int().min(1),
  field: z
    .string()
    .max(60)
    .transform((text) => text || null),
});
const Approval = z.object({ hash: z.string().max(100), comment });
const Refusal = z.object({ hash: z.string().max(100), reason: StepComment.shape.comment.unwrap().unwrap() });

/** Reads the form of a step, takes the step, and shows the set again. */
async function take<Schema extends z.ZodType>(
  event: RequestEvent<{ id: string }>,
  schema: Schema,
  step: (
    ctx: Context,
    input: z.output<Schema> & { id: string },
  ) => Promise<Done | { set: ChangeSet; done: Done }>,
) {
  requireUser(event);
  const id = readParam(Uuid, event.params.id);
  return await submitForm(event.request, { schema, refusals: setRefusals }, async (input) => {
    const taken = await step(event.locals.ctx, { ...(input as object), id } as z.output<Schema> & {
      id: string;
    });
    const { done, to } =
      typeof taken === "string" ? { done: taken, to: id } : { done: taken.done, to: taken.set.id };
    const query = new URLSearchParams({ gjort: done });
    const side = event.url.searchParams.get("side");
    if (side !== null && to === id) query.set("side", side);
    redirect(303, `/aendringssaet/${to}?${query}`);
  });
}

export const actions: Actions = {
  remove: (event) =>
    take(event, Item, async (ctx, input) => {
      await removeCommand(ctx, input);
      return "removed";
    }),
  keep: (event) =>
    take(event, Item, async (ctx, input) => {
      await keepCommand(ctx, input);
      return "kept";
    }),
  submit: (event) =>
    take(event, Submission, async (ctx, input) => {
      const { state } = await submitChangeSet(ctx, input);
      if (state !== "approved") return "submitted";
      await applyChangeSet(ctx, { id: input.id });
      return "applied";
    }),
  withdraw: (event) =>
    take(event, Step, async (ctx, input) => {
      await withdrawChangeSet(ctx, input);
      return "withdrawn";
    }),
  approve: (event) =>
    take(event, Approval, async (ctx, input) => {
      await approveChangeSet(ctx, input);
      return "approved";
    }),
  decline: (event) =>
    take(event, Refusal, async (ctx, { id, hash, reason }) => {
      await declineChangeSet(ctx, { id, hash, comment: reason });
      return "declined";
    }),
  remark: (event) =>
    take(event, Remark, async (ctx, input) => {
      await addRemark(ctx, input);
      return "remarked";
    }),
  takeUp: (event) =>
    take(event, Step, async (ctx, input) => {
      await takeUpSet(ctx, input);
      return "taken";
    }),
  answer: (event) =>
    take(event, ProposalAnswer, async (ctx, input) => {
      await answerProposal(ctx, input);
      return "answered";
    }),
  apply: (event) =>
    take(event, Step, async (ctx, input) => {
      await applyChangeSet(ctx, input);
      return "applied";
    }),
  undo: (event) =>
    take(event, z.object({}), async (ctx, { id }) => {
      return { set: await revertChangeSet(ctx, { id }), done: "undone" };
    }),
};
