import { createRoute } from "@hono/zod-openapi";
import {
  addCommands,
  ChangeSetQuestion,
  draftChangeSet,
  getChangeSet,
  keepCommand,
  listChangeSets,
  NewChangeSet,
  removeCommand,
} from "@sor/core/changesets";
import { queryNumber } from "@sor/core/identifiers";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import { newRouter } from "../../http/router.ts";
import { carriedPage, carriesFilter, nextLinkHeader } from "../paging.ts";
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
import { answerSet, byPosition, onVersion, refusedOnVersion } from "./shared.ts";
import {
  ChangeSetView,
  CommandInput,
  commandExample,
  SummaryView,
  setExample,
  summaryExample,
  summaryOf,
  tags,
} from "./views.ts";

const bytesMax = 8 * 1024 * 1024;
const items = z.array(CommandInput);
const Draft = NewChangeSet.extend({ items: items.default([]) })
  .strict()
  .meta({ id: "ChangeSetInput", description: "A change set to draft, with its commands or without" });
const Added = z
  .strictObject({ items: items.min(1) })
  .meta({ id: "CommandsInput", description: "Commands to add at the end of a change set" });
const query = z.strictObject({
  ...ChangeSetQuestion.shape,
  limit: queryNumber(1, 200).default(50),
  after: z.string().max(2000).optional().meta({ description: "Cursor: `next` of the previous page" }),
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/change-sets",
  summary: "The change sets that the key may see, last changed first · Ændringssæt",
  description: "The key's own and its supplier's; of others, those submitted for its part of the register.",
  tags,
  security,
  middleware: [requireKey, carriesFilter] as const,
  request: { query },
  responses: {
    200: {
      ...json("One page", z.object({ items: z.array(SummaryView), next: z.string().nullable() }), {
        items: [summaryExample],
        next: null,
      } as never),
      headers: nextLinkHeader,
    },
    ...refusedReading(),
  },
});

const newRoute = createRoute({
  method: "post",
  path: "/v1/change-sets",
  summary: "Draft a change set, with commands or without · Nyt ændringssæt",
  description:
    "At most 5,000 commands. A unit to be created gets its SOR id now: leave `sorId` out, or give `new:NAME` and use it elsewhere in the list. Nothing holds until the set is applied.",
  tags,
  security,
  middleware: [requireKey, limitBody(bytesMax), idempotent] as const,
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(Draft, { title: "Klinikken skifter navn", items: [commandExample] }),
  },
  responses: { 201: json("Drafted", ChangeSetView, setExample as never), ...refusedWriting() },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/change-sets/{id}",
  summary: "A change set with its commands · Et ændringssæt",
  description: "Send the ETag back as If-Match in a change or a step.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: { 200: json("The set", ChangeSetView, setExample as never), ...refusedReading("not-found") },
});

const addRoute = createRoute({
  method: "post",
  path: "/v1/change-sets/{id}/items",
  summary: "Add commands at the end · Tilføj rettelser",
  description:
    "All or none of them. A set that was submitted or approved is a draft again. If-Match is required.",
  tags,
  security,
  middleware: [requireKey, limitBody(bytesMax), idempotent] as const,
  request: {
    params: byId,
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(Added, { items: [commandExample] }),
  },
  responses: { 200: json("Added", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/v1/change-sets/{id}/items/{position}",
  summary: "Remove a command · Fjern en rettelse",
  description: "The other commands keep their positions. If-Match is required.",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { params: byPosition, query: nothing },
  responses: { 200: json("Removed", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

const keepRoute = createRoute({
  method: "post",
  path: "/v1/change-sets/{id}/items/{position}/$keep",
  summary: "Keep a command although its subject has changed since · Behold en rettelse",
  description:
    "What stands now counts as seen: the problem `changed-since` of the command goes. Remove the command to keep the other's change. If-Match is required.",
  tags,
  security,
  middleware: [requireKey, limitBody(1000), idempotent] as const,
  request: { params: byPosition, query: nothing, headers: idempotencyHeader },
  responses: { 200: json("Kept", ChangeSetView, setExample as never), ...refusedOnVersion() },
});

/** Drafts of change sets: list, create, read, and their commands. */
export function drafts() {
  const app = newRouter();

  app.openapi(listRoute, async (c) => {
    const { page, link } = carriedPage(c, await listChangeSets(c.var.ctx, c.req.valid("query")));
    const body = { items: page.items.map(summaryOf), next: page.next };
    return c.json(body, 200, { ...noStore, ...link });
  });

  app.openapi(newRoute, async (c) => {
    const { items: commands, ...set } = c.req.valid("json");
    const made = await draftChangeSet(c.var.ctx, { ...set, commands });
    return answerSet(c, made, 201);
  });

  app.openapi(getRoute, async (c) => answerSet(c, await getChangeSet(c.var.ctx, c.req.valid("param"))));

  app.openapi(addRoute, (c) =>
    onVersion(c, c.req.valid("param"), (edit) =>
      addCommands(c.var.ctx, { ...edit, commands: c.req.valid("json").items }),
    ),
  );

  app.openapi(removeRoute, (c) => {
    const { id, position } = c.req.valid("param");
    return onVersion(c, { id }, (edit) => removeCommand(c.var.ctx, { ...edit, position }));
  });

  app.openapi(keepRoute, (c) => {
    const { id, position } = c.req.valid("param");
    return onVersion(c, { id }, (edit) => keepCommand(c.var.ctx, { ...edit, position }));
  });
  return app;
}
