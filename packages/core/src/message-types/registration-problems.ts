import { findMessageType } from "@sor/edi";
import { presentVersion } from "../endpoints/index.ts";
import { compareEnds, dayInDenmark, holdsAt, startOfDayInDenmark } from "../validity/index.ts";
import { findGaps } from "./registration-gaps.ts";
import {
  type Item,
  keyOf,
  type PlanInput,
  type PlannedChange,
  type PlanProblem,
  problemOf,
} from "./registration-plan.ts";

function touchedItems(items: readonly Item[], changes: readonly PlannedChange[]): Item[] {
  const untouched = new Set(changes.filter((change) => change.kind === "unchanged").map(keyOf));
  return items.filter((item) => !untouched.has(item.key));
}

/**
 * Errors in the endpoint and period of added and changed types: the endpoint must be open and belong to the location number's
 * supplier at the beginning, and the location number must not have closed by then. The endpoint of a type that keeps its endpoint is not checked
 * again.
 */
export function findEndpointProblems(
  items: readonly Item[],
  changes: readonly PlannedChange[],
  input: PlanInput,
): PlanProblem[] {
  const closing = input.closesOn === null ? null : startOfDayInDenmark(input.closesOn);
  return touchedItems(items, changes).flatMap((item) => {
    const isAfterClosing = compareEnds(closing, later(item.wanted.validFrom, input.now)) <= 0;
    const before = changes.find((change) => keyOf(change) === item.key)?.before ?? [];
    const stays = before.some((fact) => fact.endpointId === item.wanted.endpointId);
    const code = stays ? undefined : endpointFault(item, input);
    return [
      ...(isAfterClosing ? [problemOf(item, "location-closed")] : []),
      ...(code ? [problemOf(item, code)] : []),
    ];
  });
}

function endpointFault({ wanted }: Item, input: PlanInput): PlanProblem["code"] | undefined {
  if (wanted.endpointId === null) return wanted.direction === "send" ? undefined : "endpoint-missing";
  const endpoint = input.endpoints.find((each) => each.id === wanted.endpointId);
  if (!endpoint) return "unknown-endpoint";
  const day = dayInDenmark(later(wanted.validFrom, input.now));
  if (endpoint.supplierId !== presentVersion(input.suppliers, day)?.supplierId) return "foreign-endpoint";
  if (endpoint.state === "closed") return "endpoint-closed";
  return endpoint.state === "paused" ? "endpoint-paused" : undefined;
}

function later(instant: Date | null, now: Date): Date {
  return instant !== null && instant > now ? instant : now;
}

/** Warnings about added and changed types, which do not stop the change. */
export function findAdvice(
  items: readonly Item[],
  changes: readonly PlannedChange[],
  input: PlanInput,
): PlanProblem[] {
  const receivedIn = (state: "before" | "after") =>
    new Set(
      changes
        .filter((change) => change.direction === "receive" && change[state].length > 0)
        .map((change) => change.messageType),
    );
  const [earlier, received] = [receivedIn("before"), receivedIn("after")];
  const ended = new Set([...earlier].filter((code) => !received.has(code)));
  const touched = touchedItems(items, changes);
  const advice = touched.flatMap((item) => [
    ...supersededVersion(item),
    ...missingReceipts(item, received),
    ...otherVersion(item, changes),
    ...noReceiver(item, input),
  ]);
  const left = items
    .filter((item) => !touched.includes(item))
    .flatMap((item) => missingReceipts(item, received))
    .filter(({ receipts }) => receipts?.some((code) => ended.has(code)));
  return [...advice, ...left, ...items.flatMap((item) => startInPast(item, changes, input.now))];
}

/** The gaps that a change creates, each at the wanted registration that resumes; errors unless gaps are allowed. */
export function findGapProblems(
  items: readonly Item[],
  changes: readonly PlannedChange[],
  { now, allowGaps }: Pick<PlanInput, "now" | "allowGaps">,
): PlanProblem[] {
  return findGaps(changes, now).flatMap(({ key, resumedBy, from, to }) => {
    const stopped = changes.find((change) => keyOf(change) === key);
    if (!stopped) return [];
    const { messageType, version, direction } = stopped;
    const at = items.find(
      (item) => item.key === resumedBy && compareEnds(item.wanted.validFrom, to) === 0,
    )?.at;
    const severity = allowGaps ? "warning" : "error";
    return [{ code: "gap", severity, at: at ?? 0, messageType, version, gap: { direction, from, to } }];
  });
}

function supersededVersion(item: Item): PlanProblem[] {
  if (item.type?.status !== "superseded") return [];
  const successor = item.type.supersededBy && findMessageType(item.type.supersededBy);
  const supersededBy = successor ? successor.version : undefined;
  return [problemOf(item, "superseded-version", supersededBy ? { supersededBy } : {})];
}

// A location number with a type must receive its receipts: every positive one, and at least one of the negative ones.
function missingReceipts(item: Item, received: ReadonlySet<string>): PlanProblem[] {
  const rule = item.type?.receiptRule;
  if (!rule) return [];
  const negatives = rule.negative.some((code) => received.has(code)) ? [] : rule.negative;
  const missing = [...new Set([...rule.positive.filter((code) => !received.has(code)), ...negatives])];
  return missing.length > 0 ? [problemOf(item, "missing-receipt", { receipts: missing.toSorted() })] : [];
}

// EDIFACT and XML of one message go together by version; a change of version is made in both.
function otherVersion(item: Item, changes: readonly PlannedChange[]): PlanProblem[] {
  const twin = item.type?.twin === undefined ? undefined : findMessageType(item.type.twin);
  const held = changes.filter(
    ({ messageType, direction, after }) =>
      messageType === twin?.code && direction === item.wanted.direction && after.length > 0,
  );
  if (!twin || held.length === 0 || held.some(({ version }) => version === twin.version)) return [];
  return [problemOf(item, "version-pair", { pairedWith: `${twin.code} ${twin.version}` })];
}

// Sender and receiver are both registered: what nobody receives cannot be sent to anybody.
function noReceiver({ wanted, ...item }: Item, { received }: PlanInput): PlanProblem[] {
  const isKnown = wanted.direction === "receive" || received?.has(`${wanted.messageType} ${wanted.version}`);
  return received === undefined || isKnown ? [] : [problemOf({ wanted, ...item }, "no-receiver")];
}

// A past start is ignored: a new registration begins now, and an existing one keeps its start.
function startInPast(item: Item, changes: readonly PlannedChange[], now: Date): PlanProblem[] {
  const { validFrom, endpointId } = item.wanted;
  if (validFrom === null || dayInDenmark(validFrom) >= dayInDenmark(now)) return [];
  const before = changes.find((change) => keyOf(change) === item.key)?.before ?? [];
  const held = before.find((fact) => holdsAt<Date>(fact, now));
  if (held !== undefined && compareEnds(held.validFrom, validFrom) === 0) return [];
  return [problemOf(item, held?.endpointId === endpointId ? "start-kept" : "begins-now")];
}
