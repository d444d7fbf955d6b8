import { createRoute } from "@hono/zod-openapi";
import {
  applyChangeSet,
  approveChangeSet,
  declineChangeSet,
  getChangeSet,
  previewChangeSet,
  revertChangeSet,
  StepComment,
  submitChangeSet,
  withdrawChangeSet,
} from "@sor/core/changesets";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { Answer, AppEnv } from "../../app-env.ts";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  noStore,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "../shared.ts";
import { answerSet, onVersion, refusedOnVersion } from "./shared.ts";
import {
  ChangeSetView,
  PreviewView,
  previewExample,
  previewParts,
  previewView,
  setExample,
  tags,
} from "./views.ts";

const middleware: MiddlewareHandler<AppEnv>[] = [requireKey, limitBody(10_000), idempotent];
const common = { method: "post" as const, tags, security, middleware };
const ofSet = { params: byId, query: nothing, headers: idempotencyHeader };

/** The number of facts that end, when they are many. */
export const Submission = z
  .strictObject({
    endings: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "How many facts end, as the preview says; needed when it is 50 or more" }),
  })
  .meta({ id: "ChangeSetSubmission", description: "The number of facts that end" });
const Decision = StepComment.extend({
  hash: z.string().max(100).meta({ description: "`hash` of the set: what was seen" }),
})
  .strict()
  .meta({ id: "ChangeSetDecision", description: "What was seen, and why" });

const previewRoute = createRoute({
  ...common,
  middleware: [requireKey] as const,
  path: "/v1/change-sets/{id}/$preview",
  summary: "What the set would do now · Forhåndsvisning",
  description:
    "Nothing is written and nobody waits for it. JSON, or NDJSON by Accept: a line for every `difference` and `problem`, then one `summary`.",
  request: { params: byId, query: nothing },
  responses: {
    200: {
      description: "The preview",
      content: {
        "application/json": {
          schema: PreviewView,
          examples: { one: { value: previewExample as never } },
        },
        "application/x-ndjson": { schema: z.string() },
      },
    },
    ...refusedReading("not-found"),
  },
});

const submitRoute = createRoute({
  ...common,
  path: "/v1/change-sets/{id}/$submit",
  summary: "Submit a draft · Send til godkendelse",
  description:
    "Its preview must be without errors. Where no rule asks a second person it is `approved` at once and can be applied; else `submitted`, and a person approves it in the portal. If-Match is required.",
  request: { ...ofSet, body: { ...jsonBody(Submission, {}), required: false } },
  responses: { 200: json("Submitted", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

const decideRoute = (step: "approve" | "decline") =>
  createRoute({
    ...common,
    path: `/v1/change-sets/{id}/$${step}`,
    summary:
      step === "approve" ? "Approve a submitted set · Godkend" : "Send a submitted set back · Send tilbage",
    description:
      "A person other than the author decides, in the portal. A key is refused with 403, whatever its rights.",
    request: { ...ofSet, body: jsonBody(Decision, { hash: previewExample.hash, comment: "Set igennem" }) },
    responses: {
      200: json("Decided", ChangeSetView, setExample as never),
      ...refusedWriting("not-found", "conflict", "wrong-state"),
    },
  });

const withdrawRoute = createRoute({
  ...common,
  path: "/v1/change-sets/{id}/$withdraw",
  summary: "Withdraw a set that is not applied · Træk tilbage",
  description: "It stays in the list. If-Match is required.",
  request: ofSet,
  responses: { 200: json("Withdrawn", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

const applyRoute = createRoute({
  ...common,
  path: "/v1/change-sets/{id}/$apply",
  summary: "Apply an approved set, as a whole or not at all · Gennemfør",
  description:
    "What it does must be what was submitted (409 `preview-changed` otherwise: submit it again). Its facts hold from their own days on. If-Match is required.",
  request: ofSet,
  responses: { 200: json("Applied", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

const revertRoute = createRoute({
  ...common,
  path: "/v1/change-sets/{id}/$revert",
  summary: "Draft the set that undoes an applied one · Fortryd",
  description:
    "The new draft is previewed, submitted and applied like any other; what has changed since is a problem of its preview.",
  request: ofSet,
  responses: {
    201: json("Drafted", ChangeSetView, setExample as never),
    ...refusedWriting("not-found", "conflict", "wrong-state"),
  },
});

const asksLines = (accept: string | undefined) => /\bapplication\/(?:x-)?ndjson\b/i.test(accept ?? "");
const chunkCharacters = 64 * 1024;

/** Lines of a preview in chunks, written as they are read. */
function* linesOf(parts: ReturnType<typeof previewParts>): Generator<Uint8Array> {
  const { effects, differences, problems } = parts;
  const counts = { differences: differences.length, problems: problems.length };
  let chunk = "";
  const lines = function* () {
    for (const difference of differences) yield { difference };
    for (const found of problems) yield { problem: found };
    yield { summary: { ...effects, ...counts } };
  };
  for (const line of lines()) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < chunkCharacters) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  yield Buffer.from(chunk);
}

/** The steps of a set: preview, submit, decide, withdraw, apply, and undo. */
export function steps() {
  const app = newRouter();

  app.openapi(previewRoute, async (c) => {
    const { ctx, language } = c.var;
    const { id } = c.req.valid("param");
    const commands = (await getChangeSet(ctx, { id })).items.map(({ command }) => command);
    const preview = await previewChangeSet(ctx, { id });
    const headers = { ...noStore, Vary: "Accept, Accept-Language, Accept-Encoding" };
    if (!asksLines(c.req.header("accept"))) {
      return c.json(previewView(preview, commands, language), 200, headers);
    }
    // Not compressed: the answer would be collected first.
    return c.body(ReadableStream.from(linesOf(previewParts(preview, commands, language))), 200, {
      ...headers,
      "Cache-Control": "no-store, no-transform",
      "Content-Type": "application/x-ndjson",
    }) as Answer;
  });

  app.openapi(submitRoute, (c) =>
    onVersion(c, c.req.valid("param"), (edit) =>
      submitChangeSet(c.var.ctx, { ...edit, endings: c.req.valid("json")?.endings }),
    ),
  );

  for (const [step, decide] of [
    ["approve", approveChangeSet] as const,
    ["decline", declineChangeSet] as const,
  ]) {
    app.openapi(decideRoute(step), async (c) =>
      answerSet(c, await decide(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") })),
    );
  }

  app.openapi(withdrawRoute, (c) =>
    onVersion(c, c.req.valid("param"), (edit) => withdrawChangeSet(c.var.ctx, edit)),
  );

  app.openapi(applyRoute, (c) =>
    onVersion(c, c.req.valid("param"), async (edit) => {
      await applyChangeSet(c.var.ctx, edit);
      return await getChangeSet(c.var.ctx, edit);
    }),
  );

  app.openapi(revertRoute, async (c) => {
    const draft = await revertChangeSet(c.var.ctx, c.req.valid("param"));
    return answerSet(c, draft, 201);
  });
  return app;
}
