import { setTimeout as pause } from "node:timers/promises";
import { createContext } from "@sor/core";
import { measureAlerts, packAlertMessages, tendAlerts, watchAlerts } from "@sor/core/alerts";
import { packChanges } from "@sor/core/change-subscriptions";
import { packNewsMails, spreadNews } from "@sor/core/news";
import { packNewsletterMails, spreadNewsletters } from "@sor/core/newsletter";
import { packNoticeMails, remindOfWindows, spreadNotices } from "@sor/core/notice-mail";
import { announceWindows, publishDueDrafts } from "@sor/core/notice-plans";
import { markMailWaiting, tendOutbox } from "@sor/core/outbox";
import { tendWindows } from "@sor/core/status";
import { packWatchMails, spreadWatches } from "@sor/core/watches";
import type { WorkerDeps } from "../app-env.ts";
import { mailerOf } from "./catch-mail.ts";
import { createCrew } from "./crew.ts";
import { repeat } from "./repeat.ts";
import { type Means, sendOutbox } from "./send-outbox.ts";
import { createAgents } from "./send-webhook.ts";

const actor = { kind: "system", job: "alerts" } as const;
const lookMilliseconds = 5000;
/** The longest wait for a free slot before the outbox is looked at again. */
const slotMilliseconds = 500;
/** Every this many checks the outbox is cleaned up: what is too old expires. */
const tendEvery = 120;
const atOnce = 40;
const keepMonths = 13;
const watchPartsMost = 10;

/** Detects incidents and sends receivers of every topic what they are to be told, until the signal; several processes share the work. */
export async function runAlerts(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const mailer = mailerOf(deps);
  if (!mailer) deps.log.warn("no SMTP_URL: mail to subscribers waits in the outbox");
  const { agents, close } = createAgents();
  let wake: () => void = () => undefined;
  const crew = createCrew({ limit: atOnce, share: deps.config.SUPPLIER_SHARE }, () => wake());
  const slotFree = async () => {
    const freed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await Promise.race([freed, pause(slotMilliseconds)]);
  };
  const means = { mailer, agents, signal, crew, slotFree };
  let looks = 0;
  const look = async () => {
    // While there is more to send, the next look follows at once.
    for (let isBusy = true; isBusy && !signal.aborted; looks += 1)
      isBusy = await lookOnce(deps, means, looks % tendEvery === 0);
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

type LookMeans = Means & { slotFree: () => Promise<void> };

/** Returns whether there is more to send. */
async function lookOnce(deps: WorkerDeps, means: LookMeans, isTending: boolean): Promise<boolean> {
  const ctx = () => createContext(deps.db, actor, deps.clock());
  if (isTending) {
    await tendOutbox(ctx(), keepMonths);
    await tendAlerts(ctx(), keepMonths);
  }
  await watchAlerts(ctx());
  await packAlertMessages(ctx(), { portalOrigin: deps.config.PORTAL_ORIGIN, limit: atOnce });
  if (!means.mailer) await markMailWaiting(ctx(), "smtp-not-configured");
  await publishDueDrafts(ctx());
  await announceWindows(ctx());
  await tendWindows(ctx());
  await spreadNotices(ctx());
  await remindOfWindows(ctx());
  await spreadNews(ctx());
  await spreadNewsletters(ctx());
  // After an import the rest waits for the next look, so that alerts do not.
  for (let parts = 0; parts < watchPartsMost && (await spreadWatches(ctx())) > 0; parts += 1);
  const isBusy = await sendAll(deps, means);
  await show(deps);
  return isBusy;
}

/**
 * Packs and sends while there is something to, until the next look is due; one that hangs does not hold up the others. Returns whether
 * there was something to the last time.
 */
async function sendAll(deps: WorkerDeps, means: LookMeans): Promise<boolean> {
  const { PORTAL_ORIGIN: portalOrigin, PUBLIC_GATEWAY_URL = "" } = deps.config;
  const source = `${PUBLIC_GATEWAY_URL.replace(/\/$/, "")}/v1/changes`;
  const until = performance.now() + lookMilliseconds;
  let isBusy = false;
  while (!means.signal.aborted && performance.now() < until) {
    const ctx = createContext(deps.db, actor, deps.clock());
    const packed =
      (await packNoticeMails(ctx, { portalOrigin, limit: atOnce })) +
      (await packNewsMails(ctx, { portalOrigin, limit: atOnce })) +
      (await packNewsletterMails(ctx, { portalOrigin, limit: atOnce })) +
      (await packWatchMails(ctx, { portalOrigin, limit: atOnce })) +
      (await packChanges(ctx, { source, limit: atOnce }));
    const begun = await sendOutbox(deps, means);
    const isIdle = means.crew.free().limit === atOnce;
    isBusy = packed + begun > 0;
    if (!isBusy && isIdle) return false;
    await means.slotFree();
  }
  return isBusy;
}

async function show({ db, metrics, clock }: WorkerDeps): Promise<void> {
  const { open, waiting } = await measureAlerts(createContext(db, actor, clock()));
  metrics.alertsOpen.reset();
  for (const { kind, severity, count } of open) metrics.alertsOpen.set({ kind, severity }, count);
  for (const channel of ["mail", "webhook"] as const) {
    metrics.alertOutbox.set({ channel }, waiting.find((row) => row.channel === channel)?.count ?? 0);
  }
}
