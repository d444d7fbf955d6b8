import { setTimeout as pause } from "node:timers/promises";
import { createContext } from "@sor/core";
import { measureAlerts, packAlertMessages, tendAlerts, watchAlerts } from "@sor/core/alerts";
import { markMailWaiting, tendOutbox } from "@sor/core/outbox";
import type { WorkerDeps } from "../app-env.ts";
import { createCrew } from "./crew.ts";
import { repeat } from "./repeat.ts";
import { createMailer } from "./send-mail.ts";
import { type Means, sendOutbox } from "./send-outbox.ts";
import { createAgents } from "./send-webhook.ts";

const actor = { kind: "system", job: "alerts" } as const;
const lookMilliseconds = 5000;
/** Between two looks while there is more to send than there are slots. */
const busyMilliseconds = 100;
/** Every this many checks the outbox is cleaned up: what is too old expires. */
const tendEvery = 120;
const atOnce = 40;
const keepMonths = 13;

/** Detects incidents and sends receivers of every topic what they are to be told, until the signal; several processes share the work. */
export async function runAlerts(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const mailer = createMailer(deps.config);
  if (!mailer) deps.log.warn("no SMTP_URL: mail to subscribers waits in the outbox");
  const { agents, close } = createAgents();
  const crew = createCrew({ limit: atOnce, share: deps.config.SUPPLIER_SHARE });
  const means = { mailer, agents, signal, crew };
  let looks = 0;
  const look = async () => {
    await lookOnce(deps, means, looks % tendEvery === 0);
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

async function lookOnce(deps: WorkerDeps, means: Means, isTending: boolean): Promise<void> {
  const ctx = () => createContext(deps.db, actor, deps.clock());
  if (isTending) {
    await tendOutbox(ctx(), keepMonths);
    await tendAlerts(ctx(), keepMonths);
  }
  await watchAlerts(ctx());
  await packAlertMessages(ctx(), { portalOrigin: deps.config.PORTAL_ORIGIN, limit: atOnce });
  if (!means.mailer) await markMailWaiting(ctx(), "smtp-not-configured");
  while ((await sendOutbox(deps, means)) > 0 && !means.signal.aborted) await pause(busyMilliseconds);
  await show(deps);
}

async function show({ db, metrics, clock }: WorkerDeps): Promise<void> {
  const { open, waiting } = await measureAlerts(createContext(db, actor, clock()));
  metrics.alertsOpen.reset();
  for (const { kind, severity, count } of open) metrics.alertsOpen.set({ kind, severity }, count);
  for (const channel of ["mail", "webhook"] as const) {
    metrics.alertOutbox.set({ channel }, waiting.find((row) => row.channel === channel)?.count ?? 0);
  }
}
