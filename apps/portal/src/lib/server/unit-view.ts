import { nameOfCode } from "@sor/core/code-lists";

/** The unit with the names of its type and region, from code lists on the server. */
export function withNames<Unit extends { typeCode: string | null; regionCode: string | null }>(
  unit: Unit,
): Unit & { typeName: string | null; regionName: string | null } {
  return {
    ...unit,
    typeName: nameOfCode("entity-types", unit.typeCode),
    regionName: nameOfCode("regions", unit.regionCode),
  };
}
