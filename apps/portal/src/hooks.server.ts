import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { DomainError, type ErrorCode } from "@sor/core";
import type { RequestEvent } from "@sveltejs/kit";
import type { Handle, HandleServerError, ServerInit } from "@sveltejs/kit/hooks";
import { chooseLanguage, followLanguage, type Language } from "#lib/language.ts";
import { compress } from "#lib/server/compress.ts";
import { contextFor, core, startCore } from "#lib/server/core.ts";
import { isUnanswered } from "#lib/server/last-good.ts";
import { contextOfForm } from "#lib/server/repeated-forms.ts";
import { readTheme } from "#lib/theme.ts";
import { placeForPage } from "./long-reads.ts";

const yearSeconds = 365 * 24 * 3600;
const languageOfRequest = new AsyncLocalStorage<Language>();

export const init: ServerInit = () => {
  startCore();
  followLanguage(() => languageOfRequest.getStore());
};

async function prepare(event: RequestEvent): Promise<void> {
  const { config } = core();
  const asked = event.url.searchParams.get("lang");
  const language = chooseLanguage(asked, event.cookies.get("sprog"));
  if (asked === language) {
    event.cookies.set("sprog", language, {
      path: "/",
      maxAge: yearSeconds,
      sameSite: "lax",
      secure: config.origin.startsWith("https:"),
    });
  }
  event.locals.config = config;
  event.locals.language = language;
  event.locals.theme = readTheme(event.cookies.get("tema"));
  const { ctx, isAway } = await contextFor(event.request.headers);
  event.locals.isAway = isAway;
  event.locals.ctx = event.request.method === "POST" ? contextOfForm(event.request, ctx) : ctx;
}

const schemes = { auto: "light dark", light: "light", dark: "dark" };

async function render(event: RequestEvent, resolve: Parameters<Handle>[0]["resolve"]): Promise<Response> {
  const { language, theme } = event.locals;
  return await languageOfRequest.run(language, () =>
    resolve(event, {
      transformPageChunk: ({ html }) =>
        html
          .replace('<html lang="da" data-theme="auto">', `<html lang="${language}" data-theme="${theme}">`)
          .replace('content="light dark"', `content="${schemes[theme]}"`),
    }),
  );
}

export const handle: Handle = async ({ event, resolve }) => {
  const started = performance.now();
  event.locals.requestId = randomUUID();
  await prepare(event);
  const place = await placeForPage(core().reads, event.route.id, event.locals.ctx.actor);
  event.locals.isBusy = place !== undefined && "noRoom" in place;
  const response = await render(event, resolve).finally(() => {
    if (place && "held" in place) place.held.giveBack();
  });
  const { requestId, isBusy } = event.locals;
  const answer = compress(event.request, response);
  if (isBusy) answer.headers.set("retry-after", "5");
  answer.headers.set("x-request-id", requestId);
  if (!answer.headers.has("cache-control")) answer.headers.set("cache-control", "private, no-cache");
  observe(event, answer.status, performance.now() - started);
  return answer;
};

/** Logs and measures each request by its route, never its URL, which contains location numbers. */
function observe(event: RequestEvent, status: number, milliseconds: number): void {
  const { log, metrics } = core();
  const route = event.route.id ?? "none";
  const { method } = event.request;
  metrics.requestSeconds.observe({ method, route, status }, milliseconds / 1000);
  log.info({
    requestId: event.locals.requestId,
    method,
    route,
    status,
    durationMs: Math.round(milliseconds),
  });
}

const statuses = {
  "not-found": 404,
  "not-allowed": 403,
  "not-signed-in": 401,
  conflict: 409,
  invalid: 400,
  gone: 410,
  "too-many": 429,
  "too-large": 413,
  unavailable: 503,
} satisfies Record<ErrorCode, number>;

export const handleError: HandleServerError = ({ error, event, kind }) => {
  const requestId = event.locals.requestId ?? randomUUID();
  if (error instanceof DomainError) {
    const why = error.code === "gone" ? String(error.details.why) : undefined;
    return { status: statuses[error.code], message: error.code, code: error.code, requestId, why };
  }
  if (isUnanswered(error)) {
    core().log.warn({ requestId, route: event.route.id, err: error }, "the database did not answer");
    return { status: 503, message: "unavailable", code: "unavailable", requestId };
  }
  if (kind === "unknown") {
    core().metrics.errors.inc();
    core().log.error({ requestId, route: event.route.id, err: error }, "unexpected error");
  }
  return { code: "unexpected", requestId };
};
