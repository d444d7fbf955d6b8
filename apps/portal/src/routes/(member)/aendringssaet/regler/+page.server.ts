import type { Context, DomainError } from "@sor/core";
import {
  addApprovalRule,
  approvalKinds,
  endApprovalRule,
  keepApprovalRule,
  listApprovalRules,
  NewApprovalRule,
} from "@sor/core/changesets";
import { Uuid } from "@sor/core/identifiers";
import { nameUnits } from "@sor/core/organisations";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, requireRole } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { typedUnit } from "#lib/server/typed-unit.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const Query = z.object({ gjort: z.enum(["added", "asked", "ended", "kept"]).optional() });
type Done = NonNullable<z.infer<typeof Query>["gjort"]>;

export const load: PageServerLoad = async (event) => {
  const user = requireRole(event, "authority", "region");
  const { ctx } = event.locals;
  const { gjort } = readQuery(Query, event.url);
  const rules = await listApprovalRules(ctx);
  const sorIds = rules.flatMap(({ subtreeSorId }) => subtreeSorId ?? []);
  const parts = user.grants.flatMap(({ scope }) => (scope.kind === "subtree" ? [scope.sorId] : []));
  const names = await nameUnits(ctx, { sorIds: [...sorIds, ...parts] });
  return {
    rules: rules.map(({ id, kind, subtreeSorId, endAskedName, endAskedAt, endAskedBy, mayEnd }) => ({
      ...{ id, kind, subtreeSorId, endAskedName, endAskedAt, mayEnd },
      name: subtreeSorId === null ? null : (names.get(subtreeSorId) ?? subtreeSorId),
      isOwnRequest: endAskedBy === user.id,
    })),
    kinds: [...approvalKinds],
    isAuthority: hasRole(user, ctx.now, "authority"),
    parts: parts.map((sorId) => ({ sorId, name: names.get(sorId) ?? sorId })),
    done: gjort ?? null,
  };
};

const said = ({ words }: DomainError) => words[getLanguage()];
const atUnit = (error: DomainError) =>
  error.details["field"] === "subtreeSorId" ? { field: "subtreeSorId", text: said(error) } : said(error);
const refusals = { conflict: said, "not-found": atUnit, "not-allowed": said };

// An empty field stands for the whole register.
const Rule = z.object({ kind: NewApprovalRule.shape.kind, subtreeSorId: typedUnit });

const step = (act: (ctx: Context, input: { id: string }) => Promise<Done>) => async (event: RequestEvent) => {
  requireRole(event, "authority", "region");
  return await submitForm(event.request, { schema: z.object({ id: Uuid }), refusals }, async (input) =>
    redirect(303, `/aendringssaet/regler?gjort=${await act(event.locals.ctx, input)}`),
  );
};

export const actions: Actions = {
  add: async (event) => {
    requireRole(event, "authority", "region");
    return await submitForm(event.request, { schema: Rule, refusals }, async (rule) => {
      await addApprovalRule(event.locals.ctx, rule);
      redirect(303, "/aendringssaet/regler?gjort=added");
    });
  },
  end: step(async (ctx, input) => ((await endApprovalRule(ctx, input)).isEnded ? "ended" : "asked")),
  keep: step(async (ctx, input) => {
    await keepApprovalRule(ctx, input);
    return "kept";
  }),
};
