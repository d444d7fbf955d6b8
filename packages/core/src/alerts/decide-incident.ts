import type { AlertRule } from "./kinds.ts";

export type IncidentState = "pending" | "open" | "closed";

/** What is remembered of a fault from one look to the next. */
export type IncidentMemory = {
  state: "pending" | "open";
  firstSeenAt: Date;
  /** Since when the fault has been away; null while it is there. */
  clearSince: Date | null;
  /** How often it came back before it counted as over. */
  flaps: number;
};

export type IncidentMove =
  | { kind: "stay" }
  /** Nobody was told, and it is over: forgotten. */
  | { kind: "forget" }
  | { kind: "open"; clearSince: null }
  | { kind: "clearing"; clearSince: Date }
  | { kind: "back"; clearSince: null; flaps: number }
  | { kind: "close" };

const doublingsMost = 4;
const rememberedSeconds = 3600;
const seconds = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** How long the fault must have been away before it is over: doubled for each time it came back, sixteenfold at most. */
export function closeAfterSeconds(rule: AlertRule, flaps: number): number {
  return rule.closeAfterSeconds * 2 ** Math.min(flaps, doublingsMost);
}

/** What one more look at a known fault comes to: whether it holds now decides, damped by the rule of its kind. */
export function decideIncident(
  incident: IncidentMemory,
  isHolding: boolean,
  rule: AlertRule,
  now: Date,
): IncidentMove {
  if (incident.state === "pending") {
    if (!isHolding) return { kind: "forget" };
    const isLong = seconds(incident.firstSeenAt, now) >= rule.openAfterSeconds;
    return isLong ? { kind: "open", clearSince: null } : { kind: "stay" };
  }
  if (isHolding) {
    if (incident.clearSince === null) return { kind: "stay" };
    return { kind: "back", clearSince: null, flaps: incident.flaps + 1 };
  }
  const clearSince = incident.clearSince ?? now;
  const isOver = seconds(clearSince, now) >= closeAfterSeconds(rule, incident.flaps);
  if (isOver) return { kind: "close" };
  return incident.clearSince === null ? { kind: "clearing", clearSince } : { kind: "stay" };
}

/** How damped a fault begins whose like was over so lately that it may be the same. */
export function flapsAtStart(last: { closedAt: Date; flaps: number } | undefined, now: Date): number {
  if (!last || seconds(last.closedAt, now) > rememberedSeconds) return 0;
  return last.flaps + 1;
}
