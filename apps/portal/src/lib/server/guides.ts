import { openGuides } from "@sor/core/guides";

/** The guides for those who use the portal. */
export const guides = openGuides("guides", "/vejledninger");
