import { nameOfCode } from "../../code-lists/index.ts";
import { danishOrder, foldDanish } from "../fold.ts";
import { effectiveValues, type Inheriting } from "../inherit.ts";

/** What people call a kind of unit beside its name in the list, by type code. */
const everydayNames: Readonly<Record<string, string>> = {
  "394761003": "alment praktiserende læge egen læge lægehus",
  "547011000005103": "fysioterapeut",
  "550861000005106": "fysioterapeut ergoterapeut",
  "546821000005103": "ergoterapeut",
  "550641000005106": "kiropraktor",
  "550631000005103": "jordemoder",
  "554061000005105": "fodterapeut",
  "22232009": "sygehus",
  "550711000005101": "psykolog",
};

type Searchable = {
  name: string;
  typeCode: string | null;
  /** Name of the unit above it; null for an owner. */
  parentName: string | null;
  telephone?: string | null | undefined;
  addresses: readonly ({ postCode?: string | undefined; district?: string | undefined } | null)[];
};

/**
 * The text that is searched: the unit's name, post code and town of its effective addresses, its kind as people call it, the name
 * of the unit above it, and its telephone number. It begins with the name, by which results are ordered.
 */
export function searchTextOf({ name, typeCode, parentName, telephone, addresses }: Searchable): string {
  const places = addresses.flatMap((address) => [address?.postCode ?? "", address?.district ?? ""]);
  const kind = `${nameOfCode("entity-types", typeCode) ?? ""} ${everydayNames[typeCode ?? ""] ?? ""}`;
  const digits = (telephone ?? "").replace(/^\s*(?:\+|00)45/, "").replace(/\D/g, "");
  const others = [...places, kind, parentName ?? "", digits].map(foldDanish);
  return [foldDanish(name), ...new Set(others)].filter((part) => part !== "").join(" ");
}

/** What a search reads of a unit, derived from it and the units above it: see `organisationVersions`. */
export type SearchFields = {
  searchText: string;
  searchOrder: string;
  searchKey: string;
  searchKind: string | null;
};

/** The search fields of a unit with its ancestors: the unit first, then its parent, and so on. */
export function searchFieldsOfPath(
  path: readonly (Inheriting & { typeCode: string | null })[],
): SearchFields {
  const [unit, parent] = path;
  if (!unit) return { searchText: "", searchOrder: "", searchKey: "", searchKind: null };
  const { postalAddress, visitingAddress, activityAddress, virtualAddress, gln } = effectiveValues(path);
  const searchText = searchTextOf({
    name: unit.name,
    typeCode: unit.typeCode,
    parentName: parent?.name ?? null,
    telephone: virtualAddress?.value.telephone,
    addresses: [postalAddress, visitingAddress, activityAddress].map((each) => each?.value ?? null),
  });
  const head = headOf(path, gln?.from.sorId ?? unit.sorId);
  const institution = path.find((each) => each.level === "institution") ?? unit;
  return {
    searchText,
    searchOrder: danishOrder(head.name),
    searchKey: gln?.value ?? unit.sorId,
    searchKind: institution.typeCode,
  };
}

/** The unit that people look for when a number is that of `holder`: an institution rather than the firm that owns it. */
function headOf<Unit extends Inheriting>(path: readonly Unit[], holder: string): { name: string } {
  const at = path.findIndex((each) => each.sorId === holder);
  return (path[at]?.level === "owner" ? path[at - 1] : path[at]) ?? path[0] ?? { name: "" };
}
