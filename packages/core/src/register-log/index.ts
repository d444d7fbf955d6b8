/** Answers what was known of each unit, location number, SHAK code and system after every sequence, and what came after another. */
export {
  type Condition,
  countSubjects,
  type Found,
  findSubjects,
  type SearchOrder,
  type SubjectKind,
} from "./find-subjects.ts";
export { type DeviceFacts, type DeviceVersion, listDevices } from "./list-devices.ts";
export { listVersions, type VersionKey, type VersionPlace } from "./list-versions.ts";
export {
  hasOffset,
  type LoggedRow,
  type LoggedSource,
  type LoggedUnit,
  type LogOffset,
  readLoggedRows,
  type UnitChoice,
} from "./read-logged-rows.ts";
export { type Reading, readRegister } from "./reading.ts";
export {
  type LocationState,
  loadLocationVersions,
  loadUnitVersions,
  type UnitState,
} from "./subject-versions.ts";
export { type SubjectVersion, versionsOf } from "./versions-of.ts";
