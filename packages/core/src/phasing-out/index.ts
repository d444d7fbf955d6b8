/** Answers which versions of message types are phased out, who still receives them, and how they are moved to the next. */
export { draftMove } from "./draft-move.ts";
export { importPhases, type PhaseFault, phaseColumns } from "./import-phases.ts";
export { countOutdated, listOutdated, type OutdatedLine, reportOutdated } from "./outdated.ts";
export { listVersions, setPhase, type TypeVersion } from "./phases.ts";
export { MoveToSuccessor, PhaseStatus, VersionPhase, VersionPhaseFields } from "./schemas.ts";
