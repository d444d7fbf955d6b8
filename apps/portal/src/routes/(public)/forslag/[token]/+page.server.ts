import { confirmProposalAddress, getProposal } from "@sor/core/changesets";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { readParam } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Token = z.string().regex(/^[\w-]{32}$/);

export const load: PageServerLoad = async ({ locals, params, url, setHeaders }) => {
  setHeaders({ "cache-control": "no-store", "x-robots-tag": "noindex" });
  const { ctx } = locals;
  const found = await getProposal(ctx, { token: readParam(Token, params.token) });
  const { subjectType, subjectId, mail, ...proposal } = found;
  const isUnit = subjectType === "unit";
  const names = isUnit
    ? await nameUnits(ctx, { sorIds: [subjectId] })
    : await nameGlns(ctx, { glns: [subjectId] });
  const href = isUnit ? `/enhed/${subjectId}` : `/lokation/${subjectId}`;
  return {
    proposal: { ...proposal, subject: { name: names.get(subjectId) ?? subjectId, href } },
    mail,
    said: (["sendt", "bekraeftet"] as const).find((word) => url.searchParams.has(word)) ?? null,
  };
};

export const actions: Actions = {
  confirm: async ({ request, locals, params }) =>
    await submitForm(request, { schema: z.object({}) }, async () => {
      const token = readParam(Token, params.token);
      await confirmProposalAddress(locals.ctx, { token });
      redirect(303, `/forslag/${token}?bekraeftet`);
    }),
};
