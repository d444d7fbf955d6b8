import { createRoute } from "@hono/zod-openapi";
import { MessageSummary } from "@sor/core/messages";
import { ReceiptOutcome, ReceiptReport } from "@sor/core/receipts";
import { ResendJob, ResendPlan, ResendRequest } from "@sor/core/resends";
import { Approval } from "@sor/core/steering";
import {
  HoldRequest,
  OperatorReason,
  ReleaseOutcome,
  RerouteOutcome,
  RerouteRequest,
  ResendOutcome,
} from "@sor/core/tracking";
import { z } from "zod";
import { requireKey } from "../../http/caller.ts";
import { idempotent } from "../../http/idempotent.ts";
import { limitBody } from "../../http/request-body.ts";
import {
  byId,
  idempotencyHeader,
  json,
  jsonBody,
  nothing,
  refusedReading,
  refusedWriting,
  security,
} from "../shared.ts";

const bodyBytesMax = 10_000;
const middleware = [requireKey, limitBody(bodyBytesMax), idempotent];
const refused = refusedWriting("not-found", "wrong-state");
const why = { reason: "modtageren bad om det" };
const stepIn = <Body extends z.ZodType>(body: Body, example: z.input<Body>) => ({
  tags: ["messages"],
  security,
  middleware,
  request: { params: byId, query: nothing, headers: idempotencyHeader, body: jsonBody(body, example) },
});

export const resendRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$resend",
  summary: "Resend a message: new envelope id and time, otherwise unchanged",
  ...stepIn(OperatorReason, why),
  responses: {
    202: json("Sent again as a new message", ResendOutcome),
    ...refusedWriting("not-found", "wrong-state", "conflict"),
  },
});

const manyBytesMax = 100_000;

export const resendManyRoute = createRoute({
  method: "post",
  path: "/v1/messages/$resend",
  summary: "Resend many messages, by their ids or by a filter",
  description:
    "With `dryRun` the answer shows how many would be sent, and which are left out and why; refusals are the same as without it. Without `dryRun` a job sends them one by one, at most 50 a second from each gateway process, each as a single `$resend` does: new envelope id, lineage kept, recorded in the journal. At most 10,000 messages a job. Of a message and its copies only the newest is sent.",
  tags: ["messages"],
  security,
  middleware: [requireKey, limitBody(manyBytesMax), idempotent],
  request: {
    query: nothing,
    headers: idempotencyHeader,
    body: jsonBody(ResendRequest, {
      filter: { receiver: "5790000128686", from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" },
      dryRun: true,
      ...why,
    }),
  },
  responses: {
    200: json("Dry run: what would be sent", ResendPlan),
    202: json("Job started; see Location", ResendJob),
    ...refusedWriting("not-found", "nothing-to-resend", "too-many-resends", "too-many-messages"),
  },
});

export const resendJobRoute = createRoute({
  method: "get",
  path: "/v1/resends/{id}",
  summary: "Progress of a job that resends many messages",
  tags: ["messages"],
  security,
  middleware: [requireKey] as const,
  request: { params: byId, query: nothing },
  responses: {
    200: json("Progress of the job; kept for 30 days", ResendJob),
    ...refusedReading("not-found"),
  },
});

export const stopResendsRoute = createRoute({
  method: "post",
  path: "/v1/resends/{id}/$stop",
  summary: "Stop a job that resends many messages: those not yet sent are not sent",
  ...stepIn(OperatorReason, why),
  responses: { 200: json("Stopped, or already ended", ResendJob), ...refusedWriting("not-found") },
});

export const cancelRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$cancel",
  summary: "Withdraw a message that has not been handed over",
  ...stepIn(OperatorReason, why),
  responses: { 200: json("Withdrawn", MessageSummary), ...refused },
});

export const rerouteRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$reroute",
  summary: "Reroute a message that has not arrived",
  description:
    "By the current register, or to the endpoint named. The message keeps its envelope id while it is the same transmission, and gets a new one where MedCom's rules require it: after a refusal, or when the messages of one envelope go different ways.",
  ...stepIn(RerouteRequest, why),
  responses: {
    200: json("Rerouted", RerouteOutcome),
    ...refusedWriting(
      "not-found",
      "wrong-state",
      "no-such-way",
      "second-person-needed",
      "held-by-other-side",
    ),
  },
});

export const holdRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$hold",
  summary: "Hold a message that has not been handed over, until the caller's side releases it",
  description:
    "With `takesTwo` its release needs two persons. Its copies ($resend) are held as well, until the release.",
  ...stepIn(HoldRequest, { ...why, takesTwo: true }),
  responses: { 200: json("Held", MessageSummary), ...refused },
});

export const releaseRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/$release",
  summary: "Release a held message",
  description:
    "Only for the side that holds it (409 `held-by-other-side` for the other side). If the release needs two persons, they release it in the portal: a key gets 409 `person-needed`.",
  ...stepIn(OperatorReason, why),
  responses: {
    200: json("Released", ReleaseOutcome),
    ...refusedWriting("not-found", "wrong-state", "endpoint-paused", "person-needed", "held-by-other-side"),
  },
});

export const approvalsRoute = createRoute({
  method: "get",
  path: "/v1/approvals",
  summary: "Messages held by the caller's side whose release needs two persons",
  description:
    "Two persons release them in the portal. Those that wait for the second person are listed first.",
  tags: ["messages"],
  security,
  middleware: [requireKey] as const,
  request: { query: nothing },
  responses: {
    200: json("At most 500, the longest held first", z.object({ items: z.array(Approval) })),
    ...refusedReading(),
  },
});

export const declineRoute = createRoute({
  method: "post",
  path: "/v1/approvals/{id}/$decline",
  summary: "Decline the release of a message; `id` is the message's",
  ...stepIn(OperatorReason, why),
  responses: {
    200: json("Still held; the release must be requested again by two persons", ReleaseOutcome),
    ...refusedWriting("not-found", "wrong-state", "nothing-to-approve", "held-by-other-side"),
  },
});

export const receiptRoute = createRoute({
  method: "post",
  path: "/v1/messages/{id}/receipts",
  summary: "Report the receiver's outcome of a message",
  description:
    "A receipt is built in the form the sender used (CTL02, CTL03, XCTL02, XCTL03, VANSEnvelope, EHMI, FHIR) and delivered to the sender. A positive receipt after a negative one, or the reverse, is never sent.",
  ...stepIn(ReceiptReport, { outcome: "negative", reason: "NC", text: "Patienten er ikke hos os." }),
  responses: {
    200: json("Recorded; the receipt is sent to the sender", ReceiptOutcome),
    ...refusedWriting("not-found", "wrong-state", "receipt-contradicts", "receipt-given", "not-answerable"),
  },
});
