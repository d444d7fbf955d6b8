import { createContext } from "@sor/core";
import { webhookSignatures } from "@sor/core/deliveries";
import { contentOf } from "@sor/core/messages";
import { recordSending, type SendingOutcome, type TakenMessage, takeMessages } from "@sor/core/outbox";
import type { WorkerDeps } from "../app-env.ts";
import { privateHostsOf } from "../config.ts";
import type { Crew } from "./crew.ts";
import type { Mailer } from "./send-mail.ts";
import { sendWebhook, type WebhookAgents } from "./send-webhook.ts";

/** What messages are sent with; without a mailer mail waits. */
export type Means = { mailer: Mailer | undefined; agents: WebhookAgents; signal: AbortSignal; crew: Crew };

const actor = { kind: "system", job: "outbox" } as const;
const leaseSeconds = 120;
const cloudEvents = "application/cloudevents-batch+json; charset=utf-8";
const webhookTimeoutMilliseconds = 15_000;

/** Begins to send what is due to receivers of every topic, in free slots; returns how many messages. */
export async function sendOutbox(deps: WorkerDeps, means: Means): Promise<number> {
  const ctx = createContext(deps.db, actor, deps.clock());
  const channels = means.mailer ? (["mail", "webhook"] as const) : (["webhook"] as const);
  const taken = await takeMessages(ctx, { ...means.crew.free(), leaseSeconds, channels });
  for (const message of taken) {
    means.crew.begin(message.holder, async () => {
      await handOver(deps, means, message).catch((error: unknown) =>
        deps.log.warn({ err: error, outboxMessageId: message.id }, "message not handed over"),
      );
    });
  }
  return taken.length;
}

async function handOver(deps: WorkerDeps, means: Means, message: TakenMessage): Promise<void> {
  const { channel, topic } = message;
  // The process was suspended: another one may have notified the receiver, or does so next.
  if (deps.clock() >= message.leaseUntil) return;
  const outcome =
    channel === "mail" && means.mailer
      ? await means.mailer.send(message)
      : await postMessage(deps, means, message);
  const sending = { message, outcome, random: Math.random() };
  const state = await recordSending(createContext(deps.db, actor, deps.clock()), sending);
  deps.metrics.alertMessages.inc({ topic, channel, outcome: outcome.kind });
  const error = "error" in outcome ? outcome.error : undefined;
  deps.log.info(
    { outboxMessageId: message.id, topic, channel, outcome: outcome.kind, error, state },
    "message to a receiver",
  );
}

async function postMessage(deps: WorkerDeps, means: Means, message: TakenMessage): Promise<SendingOutcome> {
  const body = Buffer.from(message.content.json);
  const seconds = Math.floor(deps.clock().getTime() / 1000);
  const { outcome } = await sendWebhook(
    {
      address: message.address,
      headers: {
        "content-type": message.topic === "changes" ? cloudEvents : "application/json",
        "content-length": String(body.byteLength),
        "user-agent": "sor-gateway",
        "webhook-id": message.id,
        "webhook-timestamp": String(seconds),
        "webhook-signature": webhookSignatures(message.signingSecrets, message.id, seconds, body),
      },
      body: () => contentOf(body).parts(),
      privateHosts: privateHostsOf(deps.config),
      timeoutMilliseconds: webhookTimeoutMilliseconds,
      signal: means.signal,
      now: deps.clock,
    },
    means.agents,
  );
  switch (outcome.kind) {
    case "delivered":
      return { kind: "sent" };
    case "refused":
      return { kind: "refused", error: `status ${outcome.status}` };
    case "failed": {
      const error = outcome.error ?? `status ${outcome.status ?? 0}`;
      const { retryAfterSeconds } = outcome;
      return { kind: "failed", error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    }
    case "unknown":
      return { kind: "failed", error: outcome.error };
  }
}
