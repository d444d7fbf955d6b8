import { redirect } from "@sveltejs/kit";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  const published = locals.config.accessibilityStatementUrl;
  if (published) redirect(302, published);
};
