import { type Context, DomainError } from "@sor/core";
import { NewProposal, proposalTopics, propose } from "@sor/core/changesets";
import { MailAddress, RoutedGln, SorId } from "@sor/core/identifiers";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { clientAddress } from "#lib/server/client-address.ts";
import { submitForm } from "#lib/server/forms.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ enhed: SorId.optional(), lokation: RoutedGln.optional() });

/** What the page is about: a unit or a location number of the register. */
async function subjectIn(ctx: Context, url: URL) {
  const { enhed, lokation } = readQuery(Query, url);
  if (enhed !== undefined) {
    const name = (await nameUnits(ctx, { sorIds: [enhed] })).get(enhed);
    if (name !== undefined) return { type: "unit", id: enhed, name, href: `/enhed/${enhed}` } as const;
  }
  if (lokation !== undefined) {
    const name = (await nameGlns(ctx, { glns: [lokation] })).get(lokation) ?? lokation;
    return { type: "location", id: lokation, name, href: `/lokation/${lokation}` } as const;
  }
  throw new DomainError("not-found", "no-such-unit");
}

export const load: PageServerLoad = async ({ locals, url }) => {
  const subject = await subjectIn(locals.ctx, url);
  return { subject, topics: [...proposalTopics], isSignedIn: locals.ctx.actor.kind === "user" };
};

const { topics, text } = NewProposal.shape;
const Report = z.object({
  topics: z.preprocess((value) => (value === undefined ? [] : [value].flat()), topics),
  text,
  mail: z
    .string()
    .trim()
    .optional()
    .transform((typed) => typed || null)
    .pipe(MailAddress.nullable()),
});

export const actions: Actions = {
  default: async (event) => {
    const { ctx } = event.locals;
    const subject = await subjectIn(ctx, event.url);
    const refusals = {
      "too-many": ({ words, details }: DomainError) => {
        event.setHeaders({ "retry-after": String(details["retryAfterSeconds"]) });
        return words[getLanguage()];
      },
      "not-found": ({ words }: DomainError) => words[getLanguage()],
    };
    return await submitForm(event.request, { schema: Report, refusals }, async (report) => {
      const about = { subjectType: subject.type, subjectId: subject.id } as const;
      const { topics: ticked, text: said, mail: address } = report;
      const made = await propose(ctx, {
        ...about,
        topics: ticked,
        text: said,
        address,
        client: clientAddress(event),
      });
      if (made.set === null) throw new Error("a proposal without commands has no errors");
      redirect(
        303,
        ctx.actor.kind === "user"
          ? `/aendringssaet/${made.set}?gjort=proposed`
          : `/forslag/${made.token}?sendt`,
      );
    });
  },
};
