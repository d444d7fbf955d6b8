import { createRoute } from "@hono/zod-openapi";
import { AttemptView, EventView, MessageSummary, MessageView } from "@sor/core/messages";
import { MessageFilter, MessageSearch, SearchPage } from "@sor/core/tracking";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { limitBody } from "../../http/request-body.ts";
import { problemResponses } from "../../problems/docs.ts";
import { payloadContent } from "../../streams/payload-answer.ts";
import { carriesFilter, nextLinkHeader } from "../paging.ts";
import {
  byId,
  countAnswer,
  countQuestion,
  json,
  jsonBody,
  nothing,
  refusedReading,
  security,
} from "../shared.ts";

const tags = ["messages"];
const searchBytesMax = 100_000;
const ofOne = { tags, security, middleware: [requireKey], request: { params: byId, query: nothing } };
const refused = refusedReading("not-found");

const MessageQuestion = MessageFilter.extend(countQuestion);
const MessagePage = z.object({ items: z.array(MessageSummary), next: z.string().nullable(), ...countAnswer });

export const listRoute = createRoute({
  method: "get",
  path: "/v1/messages",
  summary: "Messages of the caller's own side, newest first",
  tags,
  security,
  middleware: [requireKey, carriesFilter] as const,
  request: { query: MessageQuestion },
  responses: {
    200: { ...json("One page of messages", MessagePage), headers: nextLinkHeader },
    ...refusedReading(),
  },
});

export const searchRoute = createRoute({
  method: "post",
  path: "/v1/messages/$search",
  summary: "Search messages by a list of business keys",
  description:
    "Changes nothing. The keys are in the body, so that they do not appear in URL logs. Get the next page with `after`.",
  tags,
  security,
  middleware: [requireKey, limitBody(searchBytesMax)] as const,
  request: { query: nothing, body: jsonBody(MessageSearch, { keys: ["K000123", "L000129"] }) },
  responses: {
    200: json("Messages found, newest first", SearchPage),
    ...refusedReading(),
    ...problemResponses("malformed", "invalid", "too-large", "unsupported-media-type"),
  },
});

export const getRoute = createRoute({
  method: "get",
  path: "/v1/messages/{id}",
  summary: "A message, its route and its state history",
  ...ofOne,
  responses: { 200: json("The message", MessageView), ...refused },
});

export const eventsRoute = createRoute({
  method: "get",
  path: "/v1/messages/{id}/events",
  summary: "Everything that happened to a message",
  ...ofOne,
  responses: { 200: json("Events, oldest first", z.object({ items: z.array(EventView) })), ...refused },
});

export const attemptsRoute = createRoute({
  method: "get",
  path: "/v1/messages/{id}/attempts",
  summary: "Every attempt to deliver a message",
  ...ofOne,
  responses: { 200: json("Attempts, oldest first", z.object({ items: z.array(AttemptView) })), ...refused },
});

export const payloadRoute = createRoute({
  method: "get",
  path: "/v1/messages/{id}/payload",
  summary:
    "The interchange the message was received in, byte for byte; reading it is recorded in the journal",
  ...ofOne,
  responses: { 200: payloadContent, ...refused, ...problemResponses("gone") },
});
