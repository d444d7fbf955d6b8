/** Answers which types location numbers of a kind are to have: named profiles, what has them, and what deviates. */
export { assignProfile, unassignProfile } from "./assign-profile.ts";
export { type Deviation, draftAlignment, findDeviation } from "./deviations.ts";
export { getProfile, listProfiles, removeProfile, saveProfile, type TypeProfile } from "./profiles.ts";
export { ProfileAssignment, ProfileFields } from "./schemas.ts";
