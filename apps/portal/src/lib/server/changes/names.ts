import type { Context } from "@sor/core";
import type { Command, Difference, Problem } from "@sor/core/changesets";
import { findCode } from "@sor/core/code-lists";
import { listNetOperators, listSystems } from "@sor/core/endpoints";
import { SorId } from "@sor/core/identifiers";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { getLanguage } from "#lib/language.ts";
import { endpointNames } from "#lib/server/message-views.ts";
import { vendorNames } from "#lib/server/vendors.ts";
import { m } from "#lib/words/index.ts";

/** The names of what a set mentions. */
export type Names = {
  unit: (sorId: string) => string;
  /** Whether the register has the unit; one that the set creates has no page yet. */
  hasUnit: (sorId: string) => boolean;
  gln: (gln: string) => string | null;
  vendor: (id: string) => string;
  system: (id: string) => string;
  operator: (code: string) => string;
  endpoint: (id: string) => string | null;
};

type Mentioning = {
  commands: readonly Command[];
  differences: readonly Difference[];
  problems: readonly Problem[];
};

/** Every text in a value that may be a SOR id, an id or a location number. */
function textsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === "string") found.add(value);
  else if (typeof value === "object" && value !== null)
    for (const each of Object.values(value)) textsIn(each, found);
  return found;
}

/** Reads the names of what these commands, differences and problems mention. `created` names units that only the set knows. */
export async function namesFor(
  ctx: Context,
  mentioning: Mentioning,
  created: ReadonlyMap<string, string>,
): Promise<Names> {
  const texts = [...textsIn(mentioning)];
  const endpointIds = mentioning.differences
    .filter(({ type }) => type === "registrations")
    .flatMap(({ removed, added }) => [...removed, ...added])
    .map((fact) => (fact as { endpointId?: string | null }).endpointId);
  const [units, glns, vendors, systems, operators, endpoints] = await Promise.all([
    nameUnits(ctx, { sorIds: texts.filter((text) => SorId.safeParse(text).success) }),
    nameGlns(ctx, { glns: texts.filter((text) => text.length === 13) }),
    vendorNames(ctx),
    listSystems(ctx, {}),
    listNetOperators(ctx),
    endpointNames(ctx, endpointIds),
  ]);
  const systemNames = new Map(systems.map(({ id, name }) => [id, name]));
  const operatorNames = new Map(operators.map(({ code, name }) => [code, name]));
  return {
    unit: (sorId) => units.get(sorId) ?? created.get(sorId) ?? sorId,
    hasUnit: (sorId) => units.has(sorId),
    gln: (gln) => glns.get(gln) ?? null,
    vendor: (id) => vendors[id] ?? id,
    system: (id) => systemNames.get(id) ?? id,
    operator: (code) => operatorNames.get(code) ?? code,
    endpoint: (id) => endpoints.get(id) ?? null,
  };
}

type List = Parameters<typeof findCode>[0];

/** The name of a code in the page's language, with the code where the list does not have it. */
export function codeText(list: List, code: string): string {
  return findCode(list, code)?.[getLanguage()] ?? code;
}

const listedMost = 5;

/** Some names as one text, the rest counted. */
export function listText(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, listedMost).join(", ");
  const left = count - Math.min(names.length, listedMost);
  return left > 0 ? `${shown} ${m.changes_more({ count: left })}` : shown;
}
