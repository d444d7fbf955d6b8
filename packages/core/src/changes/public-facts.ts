import { OrganisationAttributes } from "../organisations/index.ts";

/** Values that everybody may see: what the files and the pages of units and location numbers show. */
const shown = new Set([
  ...Object.keys(OrganisationAttributes.shape),
  ...["validFrom", "validTo", "firstFrom", "level", "sorId", "gln"],
  ...["onlyInternal", "nonActive", "netOperatorCode", "regionCode", "successorGln"],
  ...["messageType", "version", "format", "direction"],
  ...["day", "at", "began", "ended", "addedSuccessor", "replacedBy", "closed"],
  ...["code", "lastChanged", "kind", "name", "groups", "mark"],
]);
/** Lists of periods and registrations, each of which is shown by the same rule. */
const lists = new Set(["versions", "registrations"]);

/** The part of an entry's before or after that everybody may see. Names that are not known to be public are left out. Pure. */
export function publicFacts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publicFacts);
  if (value === null || typeof value !== "object") return null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (lists.has(name)) return [[name, publicFacts(inner)]];
      return shown.has(name) ? [[name, inner]] : [];
    }),
  );
}
