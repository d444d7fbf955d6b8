import { createContext } from "@sor/core";
import { openDeliveryPayload, policyFor, type TakenDelivery, webhookHeadersOf } from "@sor/core/deliveries";
import type { PayloadParts } from "@sor/core/messages";
import type { Deps, WorkerDeps } from "../app-env.ts";
import { privateHostsOf } from "../config.ts";
import { countStates } from "../metrics/message-metrics.ts";
import { retryPolicyOf } from "../retry-rule.ts";
import type { Recorder } from "./record.ts";
import { sendFolder } from "./send-folder.ts";
import { sendWebhook, type WebhookAgents, type WebhookResult } from "./send-webhook.ts";

/** What the attempts of one worker share; `signal` aborts those in progress. */
type AttemptTools = { worker: string; recorder: Recorder; agents: WebhookAgents; signal: AbortSignal };

/** The actor of everything that delivers. */
export const deliverer = { kind: "system", job: "deliver" } as const;

/** The slowest speed at which a message is sent, bytes a second. */
export const slowestOf = (config: Deps["config"]) => config.DELIVERY_KILOBYTES_PER_SECOND_MIN * 1000;

/**
 * Sends a leased delivery once and records the outcome. Gives `late`, and has sent nothing, when the lease was over before. Throws
 * database errors: then the lease expires and the delivery is leased again, with the same envelope id.
 */
export async function attempt(
  deps: WorkerDeps,
  delivery: TakenDelivery,
  tools: AttemptTools,
): Promise<"recorded" | "late"> {
  const startedAt = deps.clock();
  const payload = await openDeliveryPayload(createContext(deps.db, deliverer, startedAt), delivery);
  const { id: deliveryId, interchangeId, attempts, transport, sizeBytes } = delivery;
  const span = deps.tracing?.startAttempt({ interchangeId, deliveryId, attempts, transport, sizeBytes });
  const more = span && { traceparent: span.traceparent };
  const result =
    transport === "folder"
      ? await putIntoFolder(deps, delivery, payload)
      : await post(deps, delivery, { payload, startedAt, more, ...tools });
  if (result === undefined) {
    span?.end({ outcome: "failed", errorType: "LATE" });
    deps.log.warn({ deliveryId }, "delivery given back: its lease was over before it was sent");
    return "late";
  }
  span?.end({ outcome: result.outcome.kind, errorType: errorTypeOf(result.outcome) });
  await record(deps, delivery, { ...result, startedAt }, tools);
  return "recorded";
}

type Posting = {
  payload: PayloadParts;
  startedAt: Date;
  more: Record<string, string> | undefined;
  agents: WebhookAgents;
  signal: AbortSignal;
};

// With a fixed timeout, a message that needs longer on a slow line would be retried forever. No time is left when the lease has
// expired, as after a suspended process: another one may have sent it, and a person may have held it by now.
function timeoutOf({ config, clock }: WorkerDeps, delivery: TakenDelivery): number | undefined {
  const bySize = Math.ceil((config.DELIVERY_TIMEOUT_SECONDS + delivery.sizeBytes / slowestOf(config)) * 1000);
  const left = delivery.leaseUntil.getTime() - clock().getTime();
  return left > 0 ? Math.min(bySize, left) : undefined;
}

/** Undefined when it must not be sent any more. */
type Tried = Promise<WebhookResult | undefined>;

async function post(deps: WorkerDeps, delivery: TakenDelivery, of: Posting): Tried {
  const headers = { ...(await webhookHeadersOf(delivery, of.payload, of.startedAt)), ...of.more };
  const timeoutMilliseconds = timeoutOf(deps, delivery);
  if (timeoutMilliseconds === undefined) return undefined;
  const question = {
    address: delivery.address,
    headers,
    body: of.payload.parts,
    privateHosts: privateHostsOf(deps.config),
    timeoutMilliseconds,
    signal: of.signal,
    now: deps.clock,
  };
  return await sendWebhook(question, of.agents);
}

async function putIntoFolder(deps: WorkerDeps, delivery: TakenDelivery, { parts }: PayloadParts): Tried {
  const timeoutMilliseconds = timeoutOf(deps, delivery);
  if (timeoutMilliseconds === undefined) return undefined;
  const { id: deliveryId, address: path, supplierId, leaseToken, contentType } = delivery;
  const body = parts();
  const file = { root: deps.config.FOLDER_ROOT, supplierId, path, deliveryId, leaseToken, contentType, body };
  return await sendFolder({ ...file, timeoutMilliseconds });
}

/** The error, as traces name it (error.type); undefined on success. */
function errorTypeOf(outcome: WebhookResult["outcome"]): string | undefined {
  if (outcome.kind === "delivered") return undefined;
  if ("error" in outcome && outcome.error !== undefined) return outcome.error;
  return "status" in outcome && outcome.status !== undefined ? String(outcome.status) : outcome.kind;
}

async function record(
  deps: WorkerDeps,
  delivery: TakenDelivery,
  result: WebhookResult & { startedAt: Date },
  by: Pick<AttemptTools, "worker" | "recorder">,
): Promise<void> {
  const { outcome } = result;
  deps.metrics.deliveryAttempts.inc({ transport: delivery.transport, outcome: outcome.kind });
  const recorded = await by.recorder({
    delivery,
    ...result,
    worker: by.worker,
    random: Math.random(),
    gatewayParty: deps.config.GATEWAY_PARTY,
    policy: policyFor(delivery.retry, retryPolicyOf(deps.config)),
  });
  countStates(deps, recorded.messages);
  if (recorded.secondsSinceAccepted !== null) {
    deps.metrics.deliverySeconds.observe(recorded.secondsSinceAccepted);
  }
  const line = {
    deliveryId: delivery.id,
    outcome: outcome.kind,
    status: "status" in outcome ? outcome.status : undefined,
    error: "error" in outcome ? outcome.error : undefined,
    attempt: delivery.attempts + 1,
    decision: recorded.decision,
    ms: Math.round(result.latencyMilliseconds),
  };
  deps.log.info(line, "delivery attempt");
}
