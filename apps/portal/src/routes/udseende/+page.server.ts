import { redirect } from "@sveltejs/kit";
import { safePath } from "#lib/server/guards.ts";
import { readTheme } from "#lib/theme.ts";
import type { Actions, PageServerLoad } from "./$types";

const yearSeconds = 365 * 24 * 3600;

// Only for POST; a GET has no form to show.
export const load: PageServerLoad = () => redirect(303, "/");

export const actions: Actions = {
  default: async ({ request, cookies, locals }) => {
    const form = await request.formData();
    const next = form.get("next");
    cookies.set("tema", readTheme(form.get("theme")), {
      path: "/",
      maxAge: yearSeconds,
      sameSite: "lax",
      secure: locals.config.origin.startsWith("https:"),
    });
    redirect(303, typeof next === "string" ? safePath(next) : "/");
  },
};
