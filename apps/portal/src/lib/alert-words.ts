import type { AlertMessageView, AlertSeverity, AlertSubscriptionView } from "@sor/core/alerts";
import type { z } from "zod";
import { m } from "./words/index.ts";

type Subscription = z.infer<typeof AlertSubscriptionView>;
type Mark = { text: string; tone: "good" | "warn" | "bad" | "plan" | "" };

/** The severity of an alert. */
export function severityMark(severity: AlertSeverity): Mark {
  return severity === "serious"
    ? { text: m.alerts_serious(), tone: "bad" }
    : { text: m.alerts_minor(), tone: "warn" };
}

/** Whether a receiver gets alerts, and if not why. */
export function receiverMark(state: Subscription["state"]): Mark {
  const marks = {
    pending: [m.alerts_state_pending, "plan"],
    active: [m.alerts_state_active, "good"],
    paused: [m.alerts_state_paused, "warn"],
    suspended: [m.alerts_state_suspended, "bad"],
    ended: [m.alerts_state_ended, ""],
  } satisfies Record<typeof state, [() => string, Mark["tone"]]>;
  const [text, tone] = marks[state];
  return { text: text(), tone };
}

/** The channel of a receiver. */
export function channelText(channel: Subscription["channel"]): string {
  const texts = {
    mail: m.alerts_channel_mail,
    webhook: m.alerts_channel_webhook,
    feed: m.alerts_channel_feed,
  } satisfies Record<typeof channel, () => string>;
  return texts[channel]();
}

/** The state of an alert message to a receiver. */
export function outcomeMark(state: z.infer<typeof AlertMessageView>["state"]): Mark {
  const marks = {
    waiting: [m.alerts_outcome_waiting, "plan"],
    sent: [m.alerts_outcome_sent, "good"],
    failed: [m.alerts_outcome_failed, "bad"],
    expired: [m.alerts_outcome_expired, "warn"],
    cancelled: [m.alerts_outcome_cancelled, ""],
  } satisfies Record<typeof state, [() => string, Mark["tone"]]>;
  const [text, tone] = marks[state];
  return { text: text(), tone };
}

/** How often a receiver gets messages. */
export function digestText(digest: Subscription["digest"]): string {
  const texts = {
    "at-once": m.alerts_digest_at_once,
    hourly: m.alerts_digest_hourly,
    daily: m.alerts_digest_daily,
  } satisfies Record<typeof digest, () => string>;
  return texts[digest]();
}

/** The least severity that a receiver gets. */
export function leastText(least: AlertSeverity): string {
  return least === "serious" ? m.alerts_least_serious() : m.alerts_least_minor();
}
