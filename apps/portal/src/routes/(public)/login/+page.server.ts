import { DomainError } from "@sor/core";
import { SecondFactorCode, type SignIn, signIn, signInWithCode } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { formatInstant } from "#lib/format-time.ts";
import { m } from "#lib/paraglide/messages.js";
import { LoginForm } from "#lib/server/access-forms.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { safePath } from "#lib/server/guards.ts";
import { setSessionCookies } from "#lib/server/session-cookies.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

export const load: PageServerLoad = ({ locals, url, setHeaders }) => {
  const next = safePath(url.searchParams.get("next"));
  if (locals.ctx.actor.kind === "user") redirect(303, next);
  setHeaders({ "cache-control": "no-store" });
  return {
    next,
    step: url.searchParams.has("kode") ? ("code" as const) : ("password" as const),
    said: url.searchParams.has("ud")
      ? ("signed-out" as const)
      : url.searchParams.has("klar")
        ? ("account-ready" as const)
        : null,
  };
};

const refusals = {
  "not-signed-in": () => m.access_login_wrong(),
  "too-many": (error: DomainError) =>
    m.access_login_locked({ until: formatInstant(new Date(String(error.details.until))) }),
};

function proceed(event: RequestEvent, answer: SignIn, next: string | undefined): never {
  if (answer.outcome === "wrong") throw new DomainError("not-signed-in", "Wrong user name or password.");
  if (answer.outcome === "locked") {
    throw new DomainError("too-many", "Too many wrong passwords.", { until: answer.until.toISOString() });
  }
  setSessionCookies(event.cookies, answer.cookies);
  const path = safePath(next);
  redirect(303, answer.outcome === "signed-in" ? path : `/login?kode&next=${encodeURIComponent(path)}`);
}

const requestOf = (event: RequestEvent) => ({
  headers: event.request.headers,
  address: event.getClientAddress(),
});

export const actions: Actions = {
  password: async (event) =>
    await submitForm(event.request, { schema: LoginForm, refusals }, async ({ next, ...credentials }) => {
      const { now } = event.locals.ctx;
      return proceed(event, await signIn(core().auth, credentials, requestOf(event), now), next);
    }),
  code: async (event) =>
    await submitForm(
      event.request,
      {
        schema: z.object({ code: SecondFactorCode, next: LoginForm.shape.next }),
        refusals: { ...refusals, "not-signed-in": () => ({ field: "code", text: m.access_code_wrong() }) },
      },
      async ({ code, next }) => {
        const { now } = event.locals.ctx;
        return proceed(event, await signInWithCode(core().auth, code, requestOf(event), now), next);
      },
    ),
};
