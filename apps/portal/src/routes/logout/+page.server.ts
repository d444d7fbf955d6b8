import { signOut } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { core } from "#lib/server/core.ts";
import { setSessionCookies } from "#lib/server/session-cookies.ts";
import type { Actions, PageServerLoad } from "./$types";

// Logging out is a POST: a GET link could be planted in any page or message (CSRF).
export const load: PageServerLoad = () => redirect(303, "/");

export const actions: Actions = {
  default: async ({ request, cookies }) => {
    setSessionCookies(cookies, await signOut(core().auth, request.headers));
    redirect(303, "/login?ud");
  },
};
