/** Answers which units exist, where they are, what was true on a day, and what we knew on a day. */
export {
  Day,
  OrganisationAttributes,
  OrganisationLevel,
  PostalAddress,
  Speciality,
  VirtualAddress,
} from "./schemas.ts";
