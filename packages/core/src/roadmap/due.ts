import { addDays } from "../validity/index.ts";

/** When a milestone is due: a day, `YYYY-MM-DD`, or a quarter, `YYYY-Qn`. */
const quarterForm = /^(\d{4})-Q([1-4])$/;

/** The last day that is meant, for sorting and calendars. */
export function lastDayOf(due: string): string {
  const [, year, quarter] = quarterForm.exec(due) ?? [];
  if (year === undefined) return due;
  const next = Number(quarter) * 3 + 1;
  const after = next > 12 ? `${Number(year) + 1}-01-01` : `${year}-${String(next).padStart(2, "0")}-01`;
  return addDays(after, -1);
}

/** The quarter in which it is due, `YYYY-Qn`. */
export function quarterOf(due: string): string {
  if (quarterForm.test(due)) return due;
  return `${due.slice(0, 4)}-Q${Math.ceil(Number(due.slice(5, 7)) / 3)}`;
}

/** In words: `31-12-2026`, or `4. kvartal 2026`. */
export function dueText(due: string, language: "da" | "en" = "da"): string {
  const [, year, quarter] = quarterForm.exec(due) ?? [];
  if (year === undefined) return due.split("-").reverse().join("-");
  return language === "en" ? `Q${quarter} ${year}` : `${quarter}. kvartal ${year}`;
}

const written =
  /^(?:(?<y1>\d{4})[ -]*[qk](?<q1>[1-4])|[qk](?<q2>[1-4])[ -]*(?<y2>\d{4})|(?<q3>[1-4])\.?\s*(?:kvartal|kvt\.?|quarter)\s*(?<y3>\d{4}))$/i;

/** A quarter as somebody writes it (`4. kvartal 2026`, `2026-Q4`, `Q4 2026`); undefined for anything else. */
export function readQuarter(text: string): string | undefined {
  const { y1, q1, q2, y2, q3, y3 } = written.exec(text.trim())?.groups ?? {};
  const [year, quarter] = [y1 ?? y2 ?? y3, q1 ?? q2 ?? q3];
  return year === undefined ? undefined : `${year}-Q${quarter}`;
}
