import type { Context } from "@sor/core";
import { type RecognisedIdentifier, recogniseIdentifier } from "@sor/core/identifiers";
import { messageTypes } from "@sor/core/message-types";
import { findOrganisations, SearchQuestion, searchOrganisations } from "@sor/core/organisations";
import { AskedMoment, AskedTypeText, AskedVersion, explainLookup } from "@sor/core/routing";
import { WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { faultText } from "#lib/server/fault-text.ts";
import { m } from "#lib/words/index.ts";
import type { PageServerLoad } from "./$types";

const Lookup = z.object({
  // A number, or part of a unit's name.
  id: SearchQuestion.shape.q.unwrap().min(1),
  type: AskedTypeText.optional(),
  version: AskedVersion.optional(),
  at: z
    .string()
    .transform((text) => WrittenDay.safeParse(text).data ?? text)
    .pipe(AskedMoment)
    .optional(),
});

/** The catalogue's codes with their names, for the suggestions under the field. */
const typeCodes = new Map(
  messageTypes.flatMap(({ code, nameDa, nameEn, kind }) =>
    code === undefined || kind === "namespace" ? [] : [[code, { code, nameDa, nameEn }] as const],
  ),
);

export const load: PageServerLoad = async ({ locals, url }) => {
  const given = [...url.searchParams].filter(([name, value]) => name in Lookup.shape && value.trim() !== "");
  const values = Object.fromEntries(given.map(([name, value]) => [name, value.trim()]));
  const typeChoices = typesNamed(values.type);
  const page = { codes: [...typeCodes.values()], gatewayOrigin: locals.config.gatewayOrigin, typeChoices };
  if (given.length === 0) return { ...page, problem: null, answer: null, candidates: [] };
  const read = Lookup.safeParse(values);
  const problem = problemOf(values, read.success ? [] : read.error.issues);
  if (typeChoices.length > 0) {
    problem.fieldFaults.type = [m.lookup_type_named()];
    return { ...page, problem, answer: null, candidates: [] };
  }
  if (!read.success) return { ...page, problem, answer: null, candidates: [] };
  const identifiers = recogniseIdentifier(read.data.id);
  const candidates =
    identifiers.length > 0
      ? await locationNumbersOf(locals.ctx, identifiers)
      : await locationNumbersNamed(locals.ctx, read.data.id);
  const [only] = candidates;
  if (!only)
    problem.fieldFaults.id = [
      identifiers.length === 0 ? m.register_search_none({ q: read.data.id }) : m.lookup_id_not_found(),
    ];
  if (!read.data.type)
    problem.fieldFaults.type = Object.keys(values).includes("type") ? [m.form_invalid()] : [];
  if (!only || candidates.length > 1 || !read.data.type)
    return { ...page, problem, answer: null, candidates };
  const at = read.data.at ?? Math.floor(locals.ctx.now.getTime() / 1000);
  const question = { gln: only.gln, messageType: read.data.type, version: read.data.version, at };
  const explanation = await explainLookup(locals.ctx, question);
  const path = apiPath(question, values.at);
  return {
    ...page,
    problem,
    candidates,
    answer: { explanation, unit: only.unit, path, isLater: values.at !== undefined },
  };
};

function problemOf(values: Record<string, string>, issues: readonly z.core.$ZodIssue[]): FormProblem {
  const problem: FormProblem = { values: {}, fieldFaults: {}, formFaults: [] };
  for (const [name, value] of Object.entries(values)) problem.values[name] = [value];
  for (const issue of issues) problem.fieldFaults[String(issue.path[0])] = [faultText(issue)];
  return problem;
}

type Candidate = { gln: string; unit: { sorId: string; name: string; inherited: boolean } | null };

/** The location numbers for an identifier: itself, or those of the units with it. */
async function locationNumbersOf(
  ctx: Context,
  identifiers: readonly RecognisedIdentifier[],
): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const { kind, value } of identifiers) {
    if (kind === "gln") return [{ gln: value, unit: null }];
    for (const { gln, sorId, name, glnInherited } of await findOrganisations(ctx, {
      kind,
      value,
      limit: 20,
    })) {
      if (gln !== null && !found.has(gln))
        found.set(gln, { gln, unit: { sorId, name, inherited: glnInherited } });
    }
  }
  return [...found.values()];
}

/** The location numbers of the units that match a name, best match first. */
async function locationNumbersNamed(ctx: Context, q: string): Promise<Candidate[]> {
  const { items } = await searchOrganisations(ctx, { q, limit: 25, folded: true });
  const found = new Map<string, Candidate>();
  for (const { gln, sorId, name, glnInherited } of items) {
    if (gln !== null && !found.has(gln))
      found.set(gln, { gln, unit: { sorId, name, inherited: glnInherited } });
  }
  return [...found.values()];
}

/** The codes of types whose Danish or English name contains the input. */
function typesNamed(typed: string | undefined) {
  const asked = typed?.toLocaleLowerCase("da") ?? "";
  if (asked.length < 3 || typeCodes.has(asked.toUpperCase())) return [];
  const names = ({ nameDa, nameEn }: { nameDa: string; nameEn: string }) =>
    `${nameDa} ${nameEn}`.toLocaleLowerCase("da");
  return [...typeCodes.values()].filter((type) => names(type).includes(asked)).slice(0, 10);
}

function apiPath(
  question: { gln: string; messageType: string; version?: string | undefined },
  at?: string,
): string {
  const query = new URLSearchParams();
  if (question.version !== undefined) query.set("version", question.version);
  if (at !== undefined) query.set("at", at);
  const path = `/v1/routes/${question.gln}/${encodeURIComponent(question.messageType)}`;
  return query.size > 0 ? `${path}?${query}` : path;
}
