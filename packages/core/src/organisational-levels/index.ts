/** Answers which clinical-administrative levels (ID27) a unit can have, and in which order they stand. */
export {
  createOrganisationalLevel,
  getOrganisationalLevel,
  listOrganisationalLevels,
  type OrganisationalLevel,
  updateOrganisationalLevel,
} from "./organisational-levels.ts";
export { OrganisationalLevelFields } from "./schemas.ts";
