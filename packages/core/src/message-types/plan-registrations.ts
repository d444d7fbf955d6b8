import { findMessageType } from "@sor/edi";
import { compareEnds, continueWith, findOverlap, isReversed } from "../validity/index.ts";
import {
  type Item,
  keyOf,
  type PlanInput,
  type PlannedChange,
  type PlanProblem,
  problemOf,
  type RegistrationFact,
  type RegistrationPlan,
  type RegistrationRow,
} from "./registration-plan.ts";
import { findAdvice, findEndpointProblems, findGapProblems } from "./registration-problems.ts";
import type { WantedRegistration } from "./schemas.ts";

/** A registration's content, without its period. */
export type Content = Omit<RegistrationFact, "validFrom" | "validTo">;

/** The content of a registration, without its period. */
export const contentOf = ({ messageType, version, format, direction, endpointId }: Content): Content => ({
  messageType,
  version,
  format,
  direction,
  endpointId,
});

/** A registration without its identity and its period of knowledge. */
export const factOf = (row: RegistrationFact): RegistrationFact => ({
  ...contentOf(row),
  validFrom: row.validFrom,
  validTo: row.validTo,
});

/** The current and future registrations, in order of time. */
export const lastingAfter = (now: Date, facts: readonly RegistrationFact[]): RegistrationFact[] =>
  facts
    .filter((fact) => compareEnds(now, fact.validTo) < 0)
    .toSorted((a, b) => compareEnds(a.validFrom, b.validFrom));

/**
 * The difference between what a location number receives and sends, and what is wanted from now on. The past is never rewritten:
 * changed registrations are cut at now, and unwanted ones end now.
 */
export function planRegistrations(input: PlanInput): RegistrationPlan {
  const lasting = input.current.filter((row) => compareEnds(input.now, row.validTo) < 0);
  const keptKeys = new Set([...lasting.map(keyOf), ...(input.restoring?.keys() ?? [])]);
  const items = input.wanted.map((wanted, at) => toItem(wanted, at, keptKeys));
  const faults = [...items.flatMap((item) => findFault(item, keptKeys, input.now)), ...findOverlaps(items)];
  if (faults.length > 0) return { changes: [], problems: faults, superseded: [], added: [] };
  const parts = [...groupByKey(lasting, items)].map(([, part]) => planKey(part, input));
  const changes = parts.map((part) => part.change).toSorted(byTypeAndVersion);
  const problems = [
    ...findEndpointProblems(items, changes, input),
    ...findGapProblems(items, changes, input),
    ...findAdvice(items, changes, input),
  ];
  if (problems.some((problem) => problem.severity === "error")) {
    return { changes, problems, superseded: [], added: [] };
  }
  return {
    changes,
    problems,
    superseded: parts.flatMap((part) => part.superseded),
    added: parts.flatMap((part) => part.added),
  };
}

// A type that is only in the register (not in the catalogue) may stay unchanged, and may be restored by an undo.
function toItem(wanted: WantedRegistration, at: number, keptKeys: ReadonlySet<string>): Item {
  const type = findMessageType(wanted.messageType, wanted.version);
  const known = {
    ...wanted,
    messageType: type?.code ?? wanted.messageType,
    version: type?.version ?? wanted.version,
  };
  const named = keptKeys.has(keyOf(wanted)) ? wanted : known;
  return { at, wanted: named, type, key: keyOf(named) };
}

function findFault(item: Item, keptKeys: ReadonlySet<string>, now: Date): PlanProblem[] {
  const { wanted, type } = item;
  const isKept = keptKeys.has(item.key);
  if (!isKept && type === undefined) return [problemOf(item, "unknown-type")];
  if (!isKept && (type?.kind === "namespace" || type?.format === "other"))
    return [problemOf(item, "not-a-message")];
  if (isReversed<Date>({ validFrom: wanted.validFrom ?? now, validTo: wanted.validTo })) {
    return [problemOf(item, wanted.validFrom === null ? "ends-in-past" : "validity-reversed")];
  }
  if (wanted.validTo !== null && wanted.validTo <= now) return [problemOf(item, "ends-in-past")];
  return [];
}

function findOverlaps(items: readonly Item[]): PlanProblem[] {
  return [...Map.groupBy(items, (item) => item.key).values()].flatMap((group) => {
    const pieces = group.map((item) => ({
      item,
      validFrom: item.wanted.validFrom ?? new Date(0),
      validTo: item.wanted.validTo,
    }));
    const found = findOverlap<Date, (typeof pieces)[number]>(pieces);
    if (!found) return [];
    const [first, second] = found;
    return [problemOf(first.item.at > second.item.at ? first.item : second.item, "overlap")];
  });
}

type Part = { rows: RegistrationRow[]; items: Item[] };

function groupByKey(lasting: readonly RegistrationRow[], items: readonly Item[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  const partOf = (key: string) => {
    const part = parts.get(key) ?? { rows: [], items: [] };
    parts.set(key, part);
    return part;
  };
  for (const row of lasting) partOf(keyOf(row)).rows.push(row);
  for (const item of items) partOf(item.key).items.push(item);
  return parts;
}

function planKey({ rows, items }: Part, { now, restoring }: PlanInput) {
  const wanted = items.map((item) => ({
    validFrom: item.wanted.validFrom ?? now,
    validTo: item.wanted.validTo,
    content: wantedContent(item, rows[0]?.format ?? restoring?.get(item.key)),
  }));
  const done = continueWith<RegistrationRow, Content, Date>(rows, now, wanted, contentOf);
  const added = done.added.map(({ content, validFrom, validTo }) => ({ ...content, validFrom, validTo }));
  const kept = rows.filter((row) => !done.superseded.includes(row)).map(factOf);
  const after = lastingAfter(now, [...kept, ...added]);
  const change: PlannedChange = {
    kind: kindOf(rows.length > 0, after.length > 0, done.superseded.length + added.length > 0),
    ...pairOf(items[0]?.wanted ?? (rows[0] as RegistrationRow)),
    before: lastingAfter(now, rows.map(factOf)),
    after,
  };
  return { change, superseded: done.superseded, added };
}

const pairOf = ({
  messageType,
  version,
  direction,
}: Pick<Content, "messageType" | "version" | "direction">) => ({
  messageType,
  version,
  direction,
});

function wantedContent(item: Item, known: Content["format"] | undefined): Content {
  const format = known ?? (item.type?.format as Content["format"]);
  return { ...pairOf(item.wanted), format, endpointId: item.wanted.endpointId };
}

function kindOf(hadAny: boolean, hasAny: boolean, isTouched: boolean): PlannedChange["kind"] {
  if (!isTouched) return "unchanged";
  if (!hadAny) return "added";
  return hasAny ? "changed" : "ended";
}

function byTypeAndVersion(a: PlannedChange, b: PlannedChange): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
