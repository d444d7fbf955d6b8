import { createContext } from "@sor/core";
import {
  markMailWaiting,
  measureAlerts,
  packAlertMessages,
  recordAlertSending,
  type SendingOutcome,
  type TakenAlertMessage,
  takeAlertMessages,
  tendAlertOutbox,
  watchAlerts,
} from "@sor/core/alerts";
import { webhookSignatures } from "@sor/core/deliveries";
import { contentOf } from "@sor/core/messages";
import type { WorkerDeps } from "../app-env.ts";
import { privateHostsOf } from "../config.ts";
import { type Crew, createCrew } from "./crew.ts";
import { repeat } from "./repeat.ts";
import { createMailer, type Mailer } from "./send-mail.ts";
import { createAgents, sendWebhook, type WebhookAgents } from "./send-webhook.ts";

const actor = { kind: "system", job: "alerts" } as const;
const lookMilliseconds = 5000;
/** Every this many checks the outbox is cleaned up: what is too old expires. */
const tendEvery = 120;
const leaseSeconds = 120;
const atOnce = 40;
const webhookTimeoutMilliseconds = 15_000;
const keepMonths = 13;

/** Detects incidents and notifies their receivers, until the signal; several processes share the work. */
export async function runAlerts(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const mailer = createMailer(deps.config);
  if (!mailer) deps.log.warn("no SMTP_URL: mail to receivers of alerts waits in the outbox");
  const { agents, close } = createAgents();
  const crew = createCrew({ limit: atOnce, share: deps.config.SUPPLIER_SHARE });
  let looks = 0;
  const look = async () => {
    await lookOnce(deps, { mailer, agents, signal, crew, isTending: looks % tendEvery === 0 });
    looks += 1;
  };
  const lookOrWarn = () =>
    look().catch((error: unknown) => deps.log.warn({ err: error }, "alerts not looked at; trying again"));
  try {
    await repeat(lookMilliseconds, signal, lookOrWarn);
  } finally {
    await crew.settled();
    mailer?.close();
    close();
  }
}

type Means = { mailer: Mailer | undefined; agents: WebhookAgents; signal: AbortSignal; crew: Crew };

async function lookOnce(deps: WorkerDeps, means: Means & { isTending: boolean }): Promise<void> {
  const ctx = () => createContext(deps.db, actor, deps.clock());
  if (means.isTending) await tendAlertOutbox(ctx(), keepMonths);
  await watchAlerts(ctx());
  await packAlertMessages(ctx(), { portalOrigin: deps.config.PORTAL_ORIGIN, limit: atOnce });
  if (!means.mailer) await markMailWaiting(ctx(), "smtp-not-configured");
  const channels = means.mailer ? (["mail", "webhook"] as const) : (["webhook"] as const);
  const taken = await takeAlertMessages(ctx(), { ...means.crew.free(), leaseSeconds, channels });
  for (const message of taken) {
    means.crew.begin(message.holder, async () => {
      await handOver(deps, means, message).catch((error: unknown) =>
        deps.log.warn({ err: error, alertMessageId: message.id }, "alert message not handed over"),
      );
    });
  }
  await show(deps);
}

async function handOver(deps: WorkerDeps, means: Means, message: TakenAlertMessage): Promise<void> {
  const { channel } = message;
  // The process was suspended: another one may have notified the receiver, or does so next.
  if (deps.clock() >= message.leaseUntil) return;
  const outcome =
    channel === "mail" && means.mailer
      ? await means.mailer.send(message)
      : await postMessage(deps, means, message);
  const sending = { message, outcome, random: Math.random() };
  const state = await recordAlertSending(createContext(deps.db, actor, deps.clock()), sending);
  deps.metrics.alertMessages.inc({ channel, outcome: outcome.kind });
  const error = "error" in outcome ? outcome.error : undefined;
  deps.log.info(
    { alertMessageId: message.id, channel, outcome: outcome.kind, error, state },
    "alert message",
  );
}

async function postMessage(
  deps: WorkerDeps,
  means: Means,
  message: TakenAlertMessage,
): Promise<SendingOutcome> {
  const body = Buffer.from(message.content.json);
  const seconds = Math.floor(deps.clock().getTime() / 1000);
  const { outcome } = await sendWebhook(
    {
      address: message.address,
      headers: {
        "content-type": "application/json",
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

async function show({ db, metrics, clock }: WorkerDeps): Promise<void> {
  const { open, waiting } = await measureAlerts(createContext(db, actor, clock()));
  metrics.alertsOpen.reset();
  for (const { kind, severity, count } of open) metrics.alertsOpen.set({ kind, severity }, count);
  for (const channel of ["mail", "webhook"] as const) {
    metrics.alertOutbox.set({ channel }, waiting.find((row) => row.channel === channel)?.count ?? 0);
  }
}
