import { listSentIssues } from "@sor/core/newsletter";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { ctx } }) => ({ issues: await listSentIssues(ctx) });
