import { startOfDayInDenmark } from "@sor/core/validity";
import { formatDay, formatInstant } from "#lib/format-time.ts";
import { fieldText } from "#lib/journal-words.ts";
import { untilText } from "#lib/period-words.ts";
import type { FieldChange, Plain } from "#lib/server/journal-changes.ts";
import { m } from "#lib/words/index.ts";

/** Names of vendors by id. */
type Vendors = Readonly<Record<string, string>>;

/** The end of a period, stored as a day or an instant, both exclusive. */
function endOf(text: string): Date {
  return text.includes("T") ? new Date(text) : startOfDayInDenmark(text);
}

function valueText(value: Plain | undefined, vendors: Vendors, name?: string): string {
  if (Array.isArray(value))
    return value.length > 0
      ? value.map((each) => valueText(each, vendors)).join(", ")
      : m.journal_empty_value();
  if (value === null || value === undefined || value === "") return m.journal_empty_value();
  if (typeof value === "boolean") return value ? m.journal_yes() : m.journal_no();
  const text = String(value);
  if (name === "validTo") return untilText(endOf(text));
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) return formatInstant(new Date(text), "second");
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(text);
  return vendors[text] ?? text;
}

/** A field that an entry changed, with its values before and after, in the page's language. */
export function changeText({ path, from, to }: FieldChange, vendors: Vendors): string {
  const field = fieldText(path);
  const name = path.at(-1);
  if (from === undefined) return m.journal_set({ field, to: valueText(to, vendors, name) });
  if (to === undefined) return m.journal_removed({ field, from: valueText(from, vendors, name) });
  return m.journal_change({ field, from: valueText(from, vendors, name), to: valueText(to, vendors, name) });
}
