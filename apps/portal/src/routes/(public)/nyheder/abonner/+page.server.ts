import { signUpByForm } from "#lib/server/publications/news-sign-up.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals, url }) => ({
  isAsked: url.searchParams.has("sendt"),
  showsMail: locals.config.showsMail,
});

export const actions: Actions = {
  default: async (event) => await signUpByForm(event, "news", "/nyheder/abonner"),
};
