/** Answers which how-to guides there are and what they say, rendered from the Markdown of the repository. */
export { type Guide, type Guides, openGuides } from "./open-guides.ts";
