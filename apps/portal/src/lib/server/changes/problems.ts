import type { Problem } from "@sor/core/changesets";
import { faultTexts } from "@sor/core/faults";
import type { PlanProblem } from "@sor/core/message-types";
import { attributeText } from "#lib/change-words.ts";
import { getLanguage } from "#lib/language.ts";
import { problemText as registrationText } from "#lib/location/location-words.ts";
import { m } from "#lib/words/index.ts";
import { listText, type Names } from "./names.ts";

/** The text of a problem: the field, the rule, and whom or what it concerns. */
export function problemText(problem: Problem, names: Names): string {
  const { field, details } = problem;
  const rule = ruleText(problem);
  const concerned = concernedIn(details, names);
  const { changeSetTitle: other } = details;
  const where = typeof other === "string" ? ` ${m.changes_in_set({ title: other })}` : "";
  const said = concerned ? `${rule} ${m.changes_concerns({ name: concerned })}` : `${rule}${where}`;
  return field === null || field === "registrations" ? said : `${attributeText(field)}: ${said}`;
}

function ruleText({ fault, details }: Problem): string {
  if (fault === "registration-problem") return planText(details);
  return fault === "changed-since" ? m.changes_stale() : faultTexts[fault][getLanguage()];
}

function planText(details: Problem["details"]): string {
  const { messageType, version } = details as unknown as PlanProblem;
  return `${messageType} ${version}: ${registrationText(details as unknown as PlanProblem)}`;
}

function concernedIn(details: Problem["details"], names: Names): string | null {
  const list = (key: string) => (Array.isArray(details[key]) ? (details[key] as string[]) : []);
  const units = [...list("open"), ...list("sorIds")].map(names.unit);
  const others = [...list("glns"), ...list("fields").map(attributeText)];
  const parent = details["parentSorId"];
  const all = [...units, ...others, ...(typeof parent === "string" ? [names.unit(parent)] : [])];
  if (all.length === 0) return null;
  return listText(all, Math.max(all.length, Number(details["count"] ?? 0)));
}
