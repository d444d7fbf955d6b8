import { createContext } from "@sor/core";
import {
  gather,
  giveBackDeliveries,
  latelyAfter,
  openDeliveryPayload,
  policyFor,
  type TakenDelivery,
  takeDeliveries,
  webhookHeadersOf,
} from "@sor/core/deliveries";
import type { PayloadParts } from "@sor/core/messages";
import type { Deps } from "../app-env.ts";
import { countStates } from "../metrics/message-metrics.ts";
import { retryPolicyOf } from "../retry-rule.ts";
import { type Crew, createCrew } from "./crew.ts";
import { createRecorder, type Recorder } from "./record.ts";
import { sendFolder } from "./send-folder.ts";
import { createAgents, sendWebhook, type WebhookAgents, type WebhookResult } from "./send-webhook.ts";

export type DeliveryDeps = Pick<Deps, "config" | "db" | "metrics" | "log" | "clock" | "tracing">;
export type DeliveryWorker = { wake: () => void; stop: () => Promise<void> };

const actor = { kind: "system", job: "deliver" } as const;
/** Long enough to record what was sent before another process may send it; longer for a large message. */
const leaseOf = (config: Deps["config"]) => config.DELIVERY_TIMEOUT_SECONDS * 2;
const slowestOf = (config: Deps["config"]) => config.DELIVERY_KILOBYTES_PER_SECOND_MIN * 1000;
/** How long a stopping worker waits for deliveries in progress before it aborts them. */
const graceSeconds = 5;
const pollMilliseconds = 1000;

/** Leases due deliveries, sends them, and records the outcome, until it is stopped. */
export function startDelivery(deps: DeliveryDeps, worker: string): DeliveryWorker {
  const { agents, close } = createAgents();
  const recorder = createRecorder(deps);
  const stopping = new AbortController();
  const breaking = new AbortController();
  let wakeUp = () => {};
  let isWoken = false;
  let ended = 0;
  const wake = () => {
    isWoken = true;
    wakeUp();
  };
  const context = () => createContext(deps.db, actor, deps.clock());

  const pause = async (milliseconds: number) => {
    if (!isWoken && !stopping.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    isWoken = false;
  };

  const send = async (delivery: TakenDelivery) => {
    const startedAt = deps.clock();
    const payload = await openDeliveryPayload(context(), delivery);
    const span = deps.tracing?.startAttempt({
      interchangeId: delivery.interchangeId,
      deliveryId: delivery.id,
      attempts: delivery.attempts,
      transport: delivery.transport,
      sizeBytes: delivery.sizeBytes,
    });
    const more = span && { traceparent: span.traceparent };
    const result =
      delivery.transport === "folder"
        ? await putIntoFolder(deps, delivery, payload)
        : await post(deps, delivery, { payload, startedAt, more, agents, signal: breaking.signal });
    if (result === undefined) {
      span?.end({ outcome: "failed", errorType: "LATE" });
      deps.log.warn(
        { deliveryId: delivery.id },
        "delivery given back: its lease was over before it was sent",
      );
      return await giveBack([delivery]);
    }
    span?.end({ outcome: result.outcome.kind, errorType: errorTypeOf(result.outcome) });
    await record(deps, delivery, { ...result, startedAt }, { worker, recorder });
  };

  // Without the database the lease expires; deliveries in progress must still be finished.
  const giveBack = async (taken: readonly TakenDelivery[]) => {
    try {
      await giveBackDeliveries(context(), taken);
    } catch (error) {
      deps.log.warn({ err: error }, "work not given back");
    }
  };

  const { DELIVERIES_MAX: limit, SUPPLIER_SHARE: share } = deps.config;
  const crew = createCrew({ limit, share }, () => {
    ended += 1;
    wake();
  });
  const begin = (delivery: TakenDelivery) =>
    crew.begin(delivery.supplierId, async () => {
      await send(delivery).catch((error: unknown) => {
        // The lease expires and the delivery is leased again, with the same envelope id.
        deps.log.error({ err: error, deliveryId: delivery.id }, "delivery not finished");
      });
    });

  const run = async () => {
    let lately = 0;
    while (!stopping.signal.aborted) {
      // Deliveries leased together end at about the same time; wait briefly to lease the next ones in one batch.
      await gather(() => ended, lately);
      ended = 0;
      const free = crew.free();
      const taken = free.limit > 0 ? await take(deps, free, worker) : [];
      if (stopping.signal.aborted) {
        await giveBack(taken);
        return;
      }
      for (const delivery of taken) begin(delivery);
      lately = latelyAfter(lately, taken.length);
      // Everything due for which there is a slot was leased: look again when one ends, at a notification, or in a second.
      if (taken.length < free.limit || free.limit === 0) await pause(pollMilliseconds);
    }
  };
  const running = run();

  return {
    wake,
    stop: async () => {
      stopping.abort();
      wakeUp();
      await running;
      const timer = setTimeout(() => breaking.abort(), graceSeconds * 1000);
      await crew.settled();
      clearTimeout(timer);
      close();
    },
  };
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
function timeoutOf({ config, clock }: DeliveryDeps, delivery: TakenDelivery): number | undefined {
  const bySize = Math.ceil((config.DELIVERY_TIMEOUT_SECONDS + delivery.sizeBytes / slowestOf(config)) * 1000);
  const left = delivery.leaseUntil.getTime() - clock().getTime();
  return left > 0 ? Math.min(bySize, left) : undefined;
}

/** Undefined when it must not be sent any more. */
type Tried = Promise<WebhookResult | undefined>;

async function post(deps: DeliveryDeps, delivery: TakenDelivery, of: Posting): Tried {
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

async function putIntoFolder(deps: DeliveryDeps, delivery: TakenDelivery, { parts }: PayloadParts): Tried {
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

async function take(
  deps: DeliveryDeps,
  free: ReturnType<Crew["free"]>,
  worker: string,
): Promise<TakenDelivery[]> {
  const { config } = deps;
  const lease = { leaseSeconds: leaseOf(config), bytesPerSecondMin: slowestOf(config) };
  const question = { ...free, ...lease, perEndpoint: config.DELIVERIES_PER_ENDPOINT, worker };
  try {
    return await takeDeliveries(createContext(deps.db, actor, deps.clock()), question);
  } catch (error) {
    deps.log.warn({ err: error }, "no work taken: the database does not answer");
    return [];
  }
}

const ownMachine = ["localhost", "127.0.0.1", "[::1]"];

/** Hosts whose webhooks may lack TLS and be in private networks; a demonstration may use its own machine. */
export function privateHostsOf(config: Pick<Deps["config"], "DEMO" | "WEBHOOK_PRIVATE_HOSTS">): string[] {
  return config.DEMO ? [...config.WEBHOOK_PRIVATE_HOSTS, ...ownMachine] : config.WEBHOOK_PRIVATE_HOSTS;
}

async function record(
  deps: DeliveryDeps,
  delivery: TakenDelivery,
  result: WebhookResult & { startedAt: Date },
  by: { worker: string; recorder: Recorder },
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
