import type { DomainError } from "@sor/core";
import type { Finding } from "@sor/edi";
import type { Language } from "../app-env.ts";
import type { ProblemCode } from "./catalogue.ts";

const codeOfFault: Readonly<Record<string, ProblemCode>> = {
  "no-envelope": "envelope-unreadable",
  "several-envelopes": "envelope-unreadable",
  "envelope-incomplete": "envelope-unreadable",
  "no-messages": "envelope-unreadable",
  "too-many-parties": "envelope-unreadable",
  "parties-not-separable": "envelope-unreadable",
  "sender-not-allowed": "not-allowed",
  "format-not-taken": "unsupported-media-type",
  "envelope-reused": "envelope-reused",
  "in-flight": "idempotency-key-in-flight",
  "key-reused": "idempotency-key-reused",
  "wrong-state": "wrong-state",
  "no-such-way": "no-such-way",
  "endpoint-paused": "endpoint-paused",
  "receipt-contradicts": "receipt-contradicts",
  "receipt-given": "receipt-given",
  "not-answerable": "not-answerable",
  "second-person-needed": "second-person-needed",
  "person-needed": "person-needed",
  "held-by-other-side": "held-by-other-side",
  "nothing-to-approve": "nothing-to-approve",
  "nothing-to-resend": "nothing-to-resend",
  "too-many-resends": "too-many-resends",
  "too-many-messages": "too-many-messages",
  "offset-gone": "offset-gone",
};

/** A place in a submission, as a problem names it. */
function placeOf({ at }: Pick<Finding, "at">): Record<string, number | string> {
  const { message, segment, element, component, path, offset } = at;
  return {
    ...(message !== undefined && { message }),
    ...(segment !== undefined && { segment }),
    ...(element !== undefined && { element }),
    ...(component !== undefined && { component }),
    ...(path !== undefined && { path }),
    offset,
  };
}

type Details = {
  fault?: unknown;
  findings?: readonly Pick<Finding, "at" | "code" | "textDa" | "textEn">[];
  secondAt?: unknown;
  action?: unknown;
  subjectType?: unknown;
};

/** Kinds of problem with several causes: the detail says which. */
const generalCodes = new Set<ProblemCode>([
  ...(["envelope-unreadable", "wrong-state", "unsupported-media-type", "not-allowed"] as const),
]);

const placeOfSecond = (offset: number, language: Language) => ({
  detail: language === "da" ? "Her begynder den anden kuvert." : "Here the second envelope begins.",
  code: "several-envelopes",
  position: { interchange: 2, offset },
});

/** Maps core's refusals about a message to problems; undefined for every other refusal. */
export function messageProblemOf(error: DomainError, language: Language) {
  const { fault, findings, secondAt, action, subjectType, ...more } = error.details as Details;
  const code =
    typeof fault === "string" && Object.hasOwn(codeOfFault, fault) ? codeOfFault[fault] : undefined;
  if (!code) return undefined;
  const errors = findings?.slice(0, 100).map((finding) => ({
    detail: language === "da" ? finding.textDa : finding.textEn,
    code: finding.code,
    position: placeOf(finding),
  }));
  const detail = generalCodes.has(code) ? error.words[language] : undefined;
  const second = typeof secondAt === "number" ? [placeOfSecond(secondAt, language)] : [];
  const places = errors || second.length > 0 ? { errors: [...second, ...(errors ?? [])] } : {};
  const subject = action === undefined ? {} : { details: { action, subjectType } };
  return { code, input: { detail, ...places, more: { fault, ...more, ...subject } } };
}
