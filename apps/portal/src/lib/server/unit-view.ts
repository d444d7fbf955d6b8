import { nameOfType, type OrganisationLevel, regions } from "@sor/core/organisations";

/** The unit with the names of its type and region, from code lists on the server. */
export function withNames<
  Unit extends { level: OrganisationLevel; typeCode: string | null; regionCode: string | null },
>(unit: Unit): Unit & { typeName: string | null; regionName: string | null } {
  return {
    ...unit,
    typeName: nameOfType(unit.level, unit.typeCode),
    regionName: unit.regionCode === null ? null : (regions.get(unit.regionCode) ?? null),
  };
}
