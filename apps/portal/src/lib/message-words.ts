import type { MessageReason, MessageState } from "@sor/core/messages";
import type { MessageStep } from "@sor/core/steering";
import { folderFaultText } from "./probe-words.ts";
import { m } from "./words/index.ts";

type Mark = { text: string; tone: "good" | "warn" | "bad" | "plan" | "" };

/** A message's state in the page's language, and the tone of its tag. */
export function stateMark(state: MessageState): Mark {
  const marks = {
    received: [m.messages_state_received, "plan"],
    validated: [m.messages_state_validated, "plan"],
    routed: [m.messages_state_routed, "plan"],
    queued: [m.messages_state_queued, "plan"],
    delivering: [m.messages_state_delivering, "plan"],
    delivered: [m.messages_state_delivered, "good"],
    "receipted-positive": [m.messages_state_receipted_positive, "good"],
    "receipted-negative": [m.messages_state_receipted_negative, "bad"],
    rejected: [m.messages_state_rejected, "bad"],
    held: [m.messages_state_held, "warn"],
    expired: [m.messages_state_expired, "bad"],
    dead: [m.messages_state_dead, "bad"],
    cancelled: [m.messages_state_cancelled, ""],
  } satisfies Record<MessageState, [() => string, Mark["tone"]]>;
  const [text, tone] = marks[state];
  return { text: text(), tone };
}

/** Why a message was refused or not delivered. */
export function reasonText(reason: MessageReason): string {
  const texts = {
    LOK: m.messages_reason_lok,
    VER: m.messages_reason_ver,
    SYN: m.messages_reason_syn,
    MID: m.messages_reason_mid,
    NC: m.messages_reason_nc,
    "no-route-for-receipt": m.messages_reason_no_route,
    "contradicts-earlier-receipt": m.messages_reason_contradicts,
    "receiver-refused": m.messages_reason_refused,
    "time-ran-out": m.messages_reason_time,
    "endpoint-closed": m.messages_reason_closed,
    paused: m.messages_reason_paused,
    quarantine: m.messages_reason_quarantine,
    discarded: m.messages_reason_discarded,
  } satisfies Record<MessageReason, () => string>;
  return texts[reason]();
}

/** What its sender or receiver can do about such a message. */
export function adviceText(reason: MessageReason): string {
  const texts = {
    LOK: m.messages_todo_lok,
    MID: m.messages_todo_lok,
    VER: m.messages_todo_ver,
    SYN: m.messages_todo_syn,
    NC: m.messages_todo_other,
    "no-route-for-receipt": m.messages_todo_no_route,
    "contradicts-earlier-receipt": m.messages_todo_other,
    "receiver-refused": m.messages_todo_refused,
    "time-ran-out": m.messages_todo_time,
    "endpoint-closed": m.messages_todo_lok,
    paused: m.messages_todo_paused,
    quarantine: m.messages_todo_quarantine,
    discarded: m.messages_todo_other,
  } satisfies Record<MessageReason, () => string>;
  return texts[reason]();
}

type StepWords = { name: string; text: string; done: string };

/** Name, explanation and confirmation of a step. */
export function stepWords(step: MessageStep): StepWords {
  const words = {
    reroute: [m.messages_step_reroute, m.messages_step_reroute_text, m.messages_done_reroute],
    retry: [m.messages_step_retry, m.messages_step_retry_text, m.messages_done_retry],
    resend: [m.messages_step_resend, m.messages_step_resend_text, m.messages_done_resend],
    release: [m.messages_step_release, m.messages_step_release_text, m.messages_done_release],
    hold: [m.messages_step_hold, m.messages_step_hold_text, m.messages_done_hold],
    cancel: [m.messages_step_cancel, m.messages_step_cancel_text, m.messages_done_cancel],
    discard: [m.messages_step_discard, m.messages_step_discard_text, m.messages_done_discard],
  } satisfies Record<MessageStep, [() => string, () => string, () => string]>;
  const [name, text, done] = words[step];
  return { name: name(), text: text(), done: done() };
}

/** A transport in the page's language. */
export function transportText(transport: string): string {
  if (transport === "folder") return m.messages_transport_folder();
  return transport === "mailbox" ? m.messages_transport_mailbox() : m.messages_transport_webhook();
}

/** Why no answer came, from the error code of the connection. */
export function connectionText(code: string): string {
  if (code.startsWith("address-") || code === "EPRIVATE") return m.messages_error_private();
  if (/TIMEOUT|ETIMEDOUT/i.test(code)) return m.messages_error_timeout();
  if (/CERT|SELF_SIGNED|TLS|SSL|ISSUER/i.test(code)) return m.messages_error_certificate();
  const texts: Record<string, () => string> = {
    ECONNREFUSED: m.messages_error_refused,
    ECONNRESET: m.messages_error_reset,
    EPIPE: m.messages_error_reset,
    ENOTFOUND: m.messages_error_name,
    EAI_AGAIN: m.messages_error_name,
  };
  return texts[code]?.() ?? folderFaultText(code);
}
