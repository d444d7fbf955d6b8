import { type Fault, faultTexts, isFault, type Words } from "@sor/core/faults";
import { faultIn, type WrittenFault } from "@sor/core/validity";
import type { z } from "zod";
import { formatNumber } from "#lib/format-number.ts";
import { getLanguage } from "#lib/language.ts";
import { m } from "#lib/words/index.ts";

/** A core fault in the page's language, as a sentence. */
export const faultSentence = (fault: Fault): string => sentenceOf(faultTexts[fault]);

/** Words of core in the page's language, as a sentence. */
export function sentenceOf(words: Words): string {
  const text = words[getLanguage()];
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

const writtenTexts = {
  "not-a-day": m.form_fault_not_a_day,
  "not-a-time": m.status_fault_time,
  "no-such-day": m.form_fault_no_such_day,
} satisfies Record<WrittenFault, () => string>;

/** What is wrong with a field, from the issue of its schema: a fault of core in core's words, otherwise the general text for its kind. */
export function faultText(issue: z.core.$ZodIssue): string {
  const written = faultIn(issue);
  if (written) return writtenTexts[written]();
  if (isFault(issue.message)) return faultSentence(issue.message);
  switch (issue.code) {
    case "too_small":
      return tooSmallText(issue);
    case "too_big":
      return tooBigText(issue);
    case "invalid_type":
      if (/received undefined$/.test(issue.message)) return m.form_required();
      if (issue.expected === "int") return m.form_whole_number();
      return issue.expected === "number" ? m.form_number() : m.form_required();
    case "not_multiple_of":
      return m.form_whole_number();
    case "invalid_value":
      return m.form_choose();
    case "unrecognized_keys":
      return m.form_unknown();
    default:
      return m.form_invalid();
  }
}

const lists: readonly string[] = ["array", "set", "map"];

function tooSmallText({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === "string")
    return minimum === 1 ? m.form_required() : m.form_too_short({ minimum: Number(minimum) });
  if (lists.includes(origin)) return m.form_too_few({ minimum: formatNumber(Number(minimum)) });
  const shown = { minimum: formatNumber(Number(minimum)) };
  return inclusive === false ? m.form_above(shown) : m.form_too_small(shown);
}

function tooBigText({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): string {
  if (origin === "string") return m.form_too_long({ maximum: Number(maximum) });
  if (lists.includes(origin)) return m.form_too_many({ maximum: formatNumber(Number(maximum)) });
  const shown = { maximum: formatNumber(Number(maximum)) };
  return inclusive === false ? m.form_below(shown) : m.form_too_big(shown);
}
