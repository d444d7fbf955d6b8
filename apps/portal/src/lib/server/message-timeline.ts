import type { AttemptView, EventView, MessageReason } from "@sor/core/messages";
import { formatInstant } from "#lib/format-time.ts";
import { connectionText, reasonText, transportText } from "#lib/message-words.ts";
import { m } from "#lib/words/index.ts";

/** Names used in the lines of a message's timeline. */
type Names = {
  sender: string;
  receiver: string;
  /** Names of endpoints by id. */
  endpoints: ReadonlyMap<string, string>;
};

/** A line of the timeline. */
export type TimelineLine = {
  at: Date;
  text: string;
  tone: "good" | "warn" | "bad" | "";
  latencyMilliseconds: number | null;
  /** The time since the previous line; null for the first, and below one second. */
  afterMilliseconds: number | null;
  /** The first characters of the receiver's answer. */
  excerpt: string | null;
  /** Another message or interchange that the line refers to. */
  messageId: string | null;
  envelopeId: string | null;
};

type Detail = NonNullable<EventView["detail"]>;
type Said = [text: string, tone: TimelineLine["tone"]];

const outcomeEvents: ReadonlySet<EventView["event"]> = new Set([
  "attempt-failed",
  "refused-by-receiver",
  "delivered",
  "given-up",
]);

/** A message's timeline in the page's language: its events with their attempts, oldest first. */
export function timelineOf(
  events: readonly EventView[],
  attempts: readonly AttemptView[],
  names: Names,
): TimelineLine[] {
  const left = [...attempts];
  let transport: string | null = null;
  const lines = events.map((event): TimelineLine => {
    transport = textOf(event.detail, "transport") ?? transport;
    const [text, tone] = wordsOf(event, { ...names, transport });
    const at = new Date(event.at);
    const attempt = isOutcome(event) ? takeAttempt(left, at) : undefined;
    return {
      at,
      text,
      tone,
      latencyMilliseconds: attempt?.latencyMilliseconds ?? null,
      afterMilliseconds: null,
      excerpt: attempt?.responseExcerpt ?? null,
      messageId: textOf(event.detail, "messageId") ?? textOf(event.detail, "receiptMessageId"),
      envelopeId: event.event === "rerouted" ? textOf(event.detail, "interchangeId") : null,
    };
  });
  // An attempt whose lease expired changed no state and has no event.
  const others = left.map((attempt): TimelineLine => {
    const { startedAt, status, error, latencyMilliseconds, responseExcerpt } = attempt;
    const detail = { outcome: attempt.outcome, status, error };
    const text = answerOf(detail);
    const rest = { afterMilliseconds: null, excerpt: responseExcerpt, messageId: null, envelopeId: null };
    return { at: new Date(startedAt), text, tone: "warn", latencyMilliseconds, ...rest };
  });
  const inOrder = [...lines, ...others].sort((a, b) => a.at.getTime() - b.at.getTime());
  return inOrder.map((line, index) => ({
    ...line,
    afterMilliseconds: spanBetween(inOrder[index - 1], line),
  }));
}

function spanBetween(before: TimelineLine | undefined, line: TimelineLine): number | null {
  const span = before ? line.at.getTime() - before.at.getTime() : 0;
  return span < 1000 ? null : span;
}

const isOutcome = ({ event, detail }: EventView) =>
  outcomeEvents.has(event) && detail !== null && "outcome" in detail;

function takeAttempt(left: AttemptView[], at: Date): AttemptView | undefined {
  const index = left.findIndex(({ startedAt }) => new Date(startedAt) <= at);
  return index < 0 ? undefined : left.splice(index, 1)[0];
}

function textOf(detail: Detail | null, name: string): string | null {
  const value = detail?.[name];
  return typeof value === "string" ? value : null;
}

/** The receiver's answer, or why there was none. */
function answerOf(detail: { outcome?: unknown; status?: unknown; error?: unknown }): string {
  const { outcome, status, error } = detail;
  if (typeof status === "number") return m.messages_event_failed_status({ status: String(status) });
  const why = connectionText(String(error ?? ""));
  return outcome === "unknown"
    ? m.messages_event_unknown({ error: why })
    : m.messages_event_failed_error({ error: why });
}

function wayOf(detail: Detail | null, names: Names): string {
  const name = names.endpoints.get(textOf(detail, "endpointId") ?? "");
  const transport = transportText(textOf(detail, "transport") ?? "");
  return name === undefined ? transport : `${name} (${transport})`;
}

const why = (detail: Detail | null): string => {
  const reason = textOf(detail, "reason");
  return reason === null ? m.messages_reason_nc() : reasonText(reason as MessageReason);
};

function failed(detail: Detail | null): string {
  const what = answerOf(detail ?? {});
  const next = textOf(detail, "nextAttemptAt");
  return next === null ? what : m.messages_event_next({ what, at: formatInstant(new Date(next), "second") });
}

function takenIn(detail: Detail | null, { sender }: Names): string {
  const kind = textOf(detail, "kind");
  if (kind === null) return m.messages_event_taken_in({ party: sender });
  return kind === "resent" ? m.messages_event_made_again() : m.messages_event_made();
}

/** Warnings about content that differs from its envelope. The receiver decides what they mean; both sides see them. */
function checked(detail: Detail | null): Said {
  const warnings = textOf(detail, "warnings")?.split(" ") ?? [];
  if (warnings.includes("parties-differ")) return [m.messages_event_other_parties(), "warn"];
  if (warnings.includes("carried-differs")) return [m.messages_event_other_type(), "warn"];
  return [m.messages_event_found_valid(), ""];
}

function rerouted(detail: Detail | null, names: Names): string {
  const text = m.messages_event_rerouted({ way: wayOf(detail, names) });
  return textOf(detail, "interchangeId") === null ? text : `${text} ${m.messages_event_new_envelope()}`;
}

function wordsOf({ event, detail, to }: EventView, names: Names & { transport: string | null }): Said {
  const { receiver, transport } = names;
  const said = {
    "taken-in": () => [takenIn(detail, names), ""],
    "found-valid": () => checked(detail),
    "found-invalid": () => [m.messages_event_found_invalid({ reason: why(detail) }), "bad"],
    "found-route": () => [m.messages_event_found_route({ way: wayOf(detail, names) }), ""],
    "found-no-route": () => [m.messages_event_found_invalid({ reason: why(detail) }), "bad"],
    "receipt-refused": () => [m.messages_event_receipt_refused({ reason: why(detail) }), "bad"],
    queued: () => [m.messages_event_queued(), ""],
    held: () => [m.messages_event_held({ reason: why(detail) }), "warn"],
    "release-asked": () => [m.messages_event_release_asked(), "warn"],
    "release-declined": () => [m.messages_event_release_declined(), "warn"],
    released: () => [m.messages_event_released(), ""],
    taken: () => [
      transport === "mailbox"
        ? m.messages_event_taken_mailbox({ party: receiver })
        : m.messages_event_taken(),
      "",
    ],
    "attempt-failed": () => [failed(detail), "warn"],
    "given-back": () => [m.messages_event_given_back(), ""],
    delivered: () => [
      detail === null
        ? m.messages_event_fetched({ party: receiver })
        : m.messages_event_delivered({ party: receiver }),
      "good",
    ],
    "refused-by-receiver": () => [
      m.messages_event_refused({ party: receiver, status: String(detail?.status ?? "") }),
      "bad",
    ],
    "given-up": () => [m.messages_event_given_up({ reason: why(detail) }), "bad"],
    "positive-receipt": () => [m.messages_event_positive(), "good"],
    "negative-receipt": () => [m.messages_event_negative(), "bad"],
    "receipt-repeated": () => [m.messages_event_receipt_repeated(), ""],
    "receipt-contradicts": () => [m.messages_event_receipt_contradicts(), "bad"],
    "receipt-late": () => [m.messages_event_receipt_late(), "warn"],
    "duplicate-received": () => [m.messages_event_duplicate(), ""],
    rerouted: () => [rerouted(detail, names), ""],
    resent: () => [m.messages_event_resent(), ""],
    retried: () => [m.messages_event_retried(), ""],
    cancelled: () => [m.messages_event_cancelled(), ""],
    discarded: () => [m.messages_event_discarded(), "bad"],
    overdue: () => [m.messages_event_overdue(), to === "dead" ? "bad" : "warn"],
  } satisfies Record<EventView["event"], () => Said>;
  return said[event]();
}
