import type { UnitKind } from "@sor/core/organisations";
import { m } from "./words/index.ts";

type Level = "owner" | "institution" | "unit";

/** The name of the level in the page's language. */
export function levelName(level: Level): string {
  switch (level) {
    case "owner":
      return m.register_level_owner();
    case "institution":
      return m.register_level_institution();
    case "unit":
      return m.register_level_unit();
  }
}

/** The last valid day; `validTo` is stored as the first day on which it is no longer valid. */
export function lastDay(validTo: string): string {
  const day = new Date(`${validTo}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/** The name of the kind of an identifier. */
export function identifierName(kind: string): string {
  const names: Record<string, () => string> = {
    gln: m.register_gln,
    sorId: m.register_sor_id,
    shak: m.register_shak,
    providerNumber: m.register_provider_number,
    cvr: m.register_cvr,
    pNumber: m.register_p_number,
  };
  return names[kind]?.() ?? kind;
}

/** The names of the kinds of place, in the order in which a search offers them. */
export const kindNames = {
  "general-practice": m.search_kind_general_practice,
  "specialist-practice": m.search_kind_specialist_practice,
  dentist: m.search_kind_dentist,
  pharmacy: m.search_kind_pharmacy,
  hospital: m.search_kind_hospital,
  physiotherapy: m.search_kind_physiotherapy,
  psychologist: m.search_kind_psychologist,
  "home-care": m.search_kind_home_care,
  municipality: m.search_kind_municipality,
  region: m.search_kind_region,
} satisfies Record<UnitKind, () => string>;
