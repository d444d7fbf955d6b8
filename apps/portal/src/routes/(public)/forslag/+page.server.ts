import { readProposalFigures } from "@sor/core/changesets";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals }) => ({
  figures: await readProposalFigures(locals.ctx),
});
