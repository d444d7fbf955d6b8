import type { AlertRule } from "./kinds.ts";

/** The state of a fault between two checks. */
export type IncidentMemory = {
  state: "pending" | "open";
  firstSeenAt: Date;
  /** Since when the fault has been absent; null while it is present. */
  clearSince: Date | null;
  /** How often it recurred before it was closed. */
  flaps: number;
};

type IncidentMove =
  | { kind: "stay" }
  /** It ended before anybody was notified: delete it. */
  | { kind: "forget" }
  | { kind: "open"; clearSince: null }
  | { kind: "clearing"; clearSince: Date }
  | { kind: "back"; clearSince: null; flaps: number }
  | { kind: "close" };

const doublingsMost = 4;
const rememberedSeconds = 3600;
const seconds = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** How long the fault must be absent before it is closed: doubled for each recurrence, sixteenfold at most. */
export function closeAfterSeconds(rule: AlertRule, flaps: number): number {
  return rule.closeAfterSeconds * 2 ** Math.min(flaps, doublingsMost);
}

/** The transition after one more check of a known fault, damped by the rule of its kind. */
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

/** The initial damping of a fault when the same fault was closed recently. */
export function flapsAtStart(last: { closedAt: Date; flaps: number } | undefined, now: Date): number {
  if (!last || seconds(last.closedAt, now) > rememberedSeconds) return 0;
  return last.flaps + 1;
}
