import type { Context } from "@sor/core";
import { revertEntry } from "@sor/core/changesets";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "../forms.ts";
import { setRefusals } from "./set-refusals.ts";

const Entry = z.object({ sequence: z.coerce.number().int().positive() });

/** Whether a change set can undo a journal entry. */
export const isUndoable = ({ action, outcome }: { action: string; outcome: "done" | "refused" }): boolean =>
  outcome === "done" && ["unit.edit", "location.edit", "registration.edit"].includes(action);

/** Drafts the change set that undoes the journal entry of a posted form, and redirects to it. */
export async function undoEntry({ request, locals }: { request: Request; locals: { ctx: Context } }) {
  return await submitForm(request, { schema: Entry, refusals: setRefusals }, async ({ sequence }) => {
    const { id } = await revertEntry(locals.ctx, { sequence });
    redirect(303, `/aendringssaet/${id}?gjort=undone`);
  });
}
