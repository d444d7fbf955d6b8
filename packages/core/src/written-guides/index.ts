/** Answers what the guides say that the authority writes, in each version that readers have seen. */
export {
  createGuide,
  findPublicGuide,
  getWrittenGuide,
  listPublicGuides,
  listWrittenGuides,
  saveGuide,
} from "./guides.ts";
export { GuideForm, GuideSearch, GuideVersion } from "./schemas.ts";
