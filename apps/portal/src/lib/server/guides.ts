import { openGuides } from "@sor/core/guides";

/** The guides of the repository for those who use the portal. */
export const guides = openGuides("guides", "/vejledninger");

/** The addresses that a guide written in the portal cannot have. */
export async function takenGuideNames(): Promise<string[]> {
  return [...(await guides.list()).map(({ name }) => name), "billeder"];
}
