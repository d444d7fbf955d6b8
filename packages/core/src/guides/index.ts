/** Answers which how-to guides there are and what they say, and renders Markdown. */
export { isTooNested, type Picture, writtenHtml } from "./markdown.ts";
export { type Guide, type Guides, openGuides } from "./open-guides.ts";
