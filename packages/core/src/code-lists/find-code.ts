import type { Code, CodeLevel } from "./code.ts";
import { entityTypes } from "./entity-types.ts";
import { geographicalRelations, netOperators, regions } from "./other-lists.ts";
import { shakInstitutionKinds, shakOwners, shakSpecialities } from "./shak-lists.ts";
import { specialities } from "./specialities.ts";

const lists = {
  "entity-types": entityTypes,
  specialities,
  "geographical-relations": geographicalRelations,
  regions,
  "net-operators": netOperators,
  "shak-institution-kinds": shakInstitutionKinds,
  "shak-owners": shakOwners,
  "shak-specialities": shakSpecialities,
} satisfies Record<string, readonly Code[]>;
export type CodeListName = keyof typeof lists;

/** The names of all lists. */
export const codeListNames = Object.keys(lists) as readonly CodeListName[];

const byCode = new Map(
  Object.entries(lists).map(([name, codes]) => [name, new Map(codes.map((each) => [each.code, each]))]),
);

/** All codes of a list, in its order. */
export const listCodes = (list: CodeListName): readonly Code[] => lists[list];

/** The code of a list, also one that may no longer be chosen; undefined when the list does not have it. */
export function findCode(list: CodeListName, code: string): Code | undefined {
  return byCode.get(list)?.get(code);
}

/** The Danish name of a code; null for no code and for one that the list does not have. */
export function nameOfCode(list: CodeListName, code: string | null): string | null {
  return code === null ? null : (findCode(list, code)?.da ?? null);
}

/** Whether a unit of the level may be given the code from that day (`YYYY-MM-DD`) on. */
export function isUsable(list: CodeListName, code: string, level: CodeLevel, day: string): boolean {
  const found = findCode(list, code);
  if (!found?.for.includes(level)) return false;
  return (found.from === undefined || found.from <= day) && (found.to === undefined || day < found.to);
}
