import { DomainError } from "@sor/core";
import { SecondFactorCode, type SignIn, signIn, signInWithCode } from "@sor/core/access";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { LoginForm } from "#lib/server/access-forms.ts";
import { clientAddress } from "#lib/server/client-address.ts";
import { core } from "#lib/server/core.ts";
import { submitForm } from "#lib/server/forms.ts";
import { safePath } from "#lib/server/guards.ts";
import { lockedRefusal } from "#lib/server/locked.ts";
import { setSessionCookies } from "#lib/server/session-cookies.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const said = ["ud", "klar", "forfra"] as const;

export const load: PageServerLoad = ({ locals, url, setHeaders }) => {
  const next = safePath(url.searchParams.get("next"));
  if (locals.ctx.actor.kind === "user") redirect(303, next);
  setHeaders({ "cache-control": "no-store" });
  return {
    next,
    step: url.searchParams.has("kode") ? ("code" as const) : ("password" as const),
    said: said.find((word) => url.searchParams.has(word)) ?? null,
  };
};

function proceed(event: RequestEvent, answer: SignIn, next: string | undefined): never {
  if (answer.outcome === "wrong") throw new DomainError("not-signed-in", "wrong-login");
  if (answer.outcome === "vendor-deactivated") throw new DomainError("not-allowed", "vendor-deactivated");
  if (answer.outcome === "locked") {
    throw new DomainError("too-many", "too-many-wrong-passwords", { until: answer.until.toISOString() });
  }
  const path = safePath(next);
  if (answer.outcome === "over") redirect(303, `/login?forfra&next=${encodeURIComponent(path)}`);
  setSessionCookies(event.cookies, answer.cookies);
  redirect(303, answer.outcome === "signed-in" ? path : `/login?kode&next=${encodeURIComponent(path)}`);
}

const requestOf = (event: RequestEvent) => ({
  headers: event.request.headers,
  address: clientAddress(event),
});

export const actions: Actions = {
  password: async (event) => {
    const refusals = {
      "not-signed-in": () => m.access_login_wrong(),
      "not-allowed": () => m.access_login_vendor_deactivated(),
      "too-many": lockedRefusal(event),
    };
    return await submitForm(
      event.request,
      { schema: LoginForm, refusals },
      async ({ next, ...credentials }) => {
        const { now } = event.locals.ctx;
        return proceed(event, await signIn(core().auth, credentials, requestOf(event), now), next);
      },
    );
  },
  code: async (event) =>
    await submitForm(
      event.request,
      {
        schema: z.object({ code: SecondFactorCode, next: LoginForm.shape.next }),
        faults: { code: () => m.access_code_hint() },
        refusals: {
          "not-signed-in": () => ({ field: "code", text: m.access_code_wrong() }),
          "too-many": lockedRefusal(event),
        },
      },
      async ({ code, next }) => {
        const { now } = event.locals.ctx;
        return proceed(event, await signInWithCode(core().auth, code, requestOf(event), now), next);
      },
    ),
};
