import { createRoute } from "@hono/zod-openapi";
import { MessageSummary } from "@sor/core/messages";
import { DeadLetterGroup, DeadLetterRequest, GroupOutcome } from "@sor/core/tracking";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import {
  idempotencyHeader,
  json,
  jsonBody,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "../shared.ts";

const tags = ["dead letters"];
const bodyBytesMax = 10_000;
const moved = (description: string) => ({
  200: json(description, z.union([MessageSummary, GroupOutcome])),
  ...refusedWriting("not-found", "wrong-state"),
});
const stepIn = {
  tags,
  security,
  middleware: [requireKey, limitBody(bodyBytesMax), idempotent],
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(DeadLetterRequest, {
      group: { reason: "receiver-refused", receiver: "5790000128686", messageType: "DIS91" },
      dryRun: true,
      reason: "rettet hos modtageren",
    }),
  },
};

export const listRoute = createRoute({
  method: "get",
  path: "/v1/dead-letters",
  summary: "Dead letters by cause, receiver and type; for the messages use GET /v1/messages?state=dead",
  tags,
  security,
  middleware: [requireKey] as const,
  request: { query: nothing },
  responses: {
    200: json("Groups, largest first", z.object({ items: z.array(DeadLetterGroup) })),
    ...refusedReading(),
  },
});

export const retryRoute = createRoute({
  method: "post",
  path: "/v1/dead-letters/$retry",
  summary: "Retry a dead letter, or a whole group of them",
  description:
    "At most 500 messages of a group at a time, oldest first: repeat while `remaining` is not 0. With `dryRun` the answer shows what would happen, and nothing is done.",
  ...stepIn,
  responses: moved("The message, queued again, or the result for the group"),
});

export const discardRoute = createRoute({
  method: "post",
  path: "/v1/dead-letters/$discard",
  summary: "Give up a dead letter, or a whole group of them; the senders get a negative receipt",
  description:
    "At most 500 messages of a group at a time, oldest first: repeat while `remaining` is not 0. With `dryRun` the answer shows what would happen, and nothing is done.",
  ...stepIn,
  responses: moved("The message, given up, or the result for the group"),
});
