import type { Context } from "@sor/core";
import { contextOfForm } from "#lib/server/repeated-forms.ts";
import { type Config, readConfig } from "../config.ts";

type Asked = {
  ctx: Context;
  path?: string;
  params?: Record<string, string>;
  form?: Record<string, string | string[]>;
  config?: Partial<Config>;
};

/** Settings for calling `load` and actions as functions. */
const testConfig: Config = readConfig({
  DATABASE_URL: "postgres://nowhere/none",
  SOR_SECRET: "only-for-tests-and-long-enough-to-be-taken",
  DEMO: "1",
});

/** The event that SvelteKit passes to a `load` or an action, as far as ours use it; cast it to the route's event type. */
export function testEvent({ ctx, path = "/", params = {}, form, config }: Asked) {
  const url = new URL(path, testConfig.origin);
  const body = new FormData();
  for (const [name, values] of Object.entries(form ?? {})) {
    for (const value of [values].flat()) body.append(name, value);
  }
  const request = form ? new Request(url, { method: "POST", body }) : new Request(url);
  const cookies = new Map<string, string>();
  return {
    url,
    params,
    request,
    route: { id: null },
    locals: {
      isAway: false,
      isBusy: false,
      ctx: form ? contextOfForm(request, ctx) : ctx,
      config: { ...testConfig, ...config },
      requestId: "00000000-0000-4000-8000-000000000000",
      language: "da" as const,
      theme: "auto" as const,
    },
    cookies: {
      get: (name: string) => cookies.get(name),
      set: (name: string, value: string) => void cookies.set(name, value),
      delete: (name: string) => void cookies.delete(name),
    },
    setHeaders: () => undefined,
    depends: () => undefined,
    parent: async () => ({}),
    getClientAddress: () => "127.0.0.1",
  };
}
