import { createRoute } from "@hono/zod-openapi";
import {
  HoldRequest,
  MessageSummary,
  OperatorReason,
  ReceiptOutcome,
  ReceiptReport,
  ReleaseOutcome,
  RerouteOutcome,
  RerouteRequest,
  ResendOutcome,
} from "@sor/core/messages";
import type { z } from "zod";
import { requireKey } from "../../caller.ts";
import { idempotent } from "../../idempotent.ts";
import { limitBody } from "../../limits.ts";
import { byId, idempotencyHeader, json, jsonBody, nothing, refusedWriting, security } from "../shared.ts";

const bodyBytesMax = 10_000;
const middleware = [requireKey, limitBody(bodyBytesMax), idempotent];
const refused = refusedWriting("not-found", "wrong-state");
const stepIn = <Body extends z.ZodType>(body: Body) => ({
  tags: ["messages"],
  security,
  middleware,
  request: { params: byId, query: nothing, headers: idempotencyHeader, body: jsonBody(body) },
});

export const resendRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$resend",
  summary: "Send a letter again: new envelope id and time, all else unchanged",
  ...stepIn(OperatorReason),
  responses: {
    202: json("Sent again as another message", ResendOutcome),
    ...refusedWriting("not-found", "wrong-state", "conflict"),
  },
});

export const cancelRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$cancel",
  summary: "Withdraw a letter that has not been handed over",
  ...stepIn(OperatorReason),
  responses: { 200: json("It is withdrawn", MessageSummary), ...refused },
});

export const rerouteRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$reroute",
  summary: "Send a letter that has not arrived another way",
  description:
    "By the register as it stands now, or to the endpoint named. It keeps its envelope id while it is the same sending, and gets a new one where MedCom's rules ask for it: after a refusal, or where the letters of one envelope part.",
  ...stepIn(RerouteRequest),
  responses: {
    200: json("It goes another way", RerouteOutcome),
    ...refusedWriting("not-found", "wrong-state", "no-such-way"),
  },
});

export const holdRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$hold",
  summary: "Hold a letter back that has not been handed over, until somebody releases it",
  ...stepIn(HoldRequest),
  responses: { 200: json("It is held back", MessageSummary), ...refused },
});

export const releaseRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$release",
  summary: "Let a letter go that was held back",
  description: "Where it takes two, the first call asks, and a call by another lets it go.",
  ...stepIn(OperatorReason),
  responses: {
    200: json("It goes on, or its release has been asked for", ReleaseOutcome),
    ...refusedWriting("not-found", "wrong-state", "endpoint-paused", "second-person-needed"),
  },
});

export const receiptRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/receipts",
  summary: "The receiver says what became of a letter",
  description:
    "A receipt is built in the form in which the sender sent it (CTL02, CTL03, XCTL02, XCTL03, VANSEnvelope, EHMI, FHIR) and delivered to the sender. Never a positive one after a negative one, or the reverse.",
  ...stepIn(ReceiptReport),
  responses: {
    200: json("It is noted, and the sender is told", ReceiptOutcome),
    ...refusedWriting("not-found", "wrong-state", "receipt-contradicts", "not-answerable"),
  },
});
