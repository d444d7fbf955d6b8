import type { ServiceState } from "./schemas.ts";

export type StateFacts = {
  isCritical: boolean;
  manual:
    | { state: "operational" | "reduced" | "down"; reason: string; setByName: string; expiresAt: Date | null }
    | undefined;
  /** Priorities of the open incidents of the service. */
  openIncidents: readonly number[];
  isWindowRunning: boolean;
  lastProbe: { at: Date; isUp: boolean } | undefined;
};

export type DecidedState = {
  state: ServiceState;
  source: "manual" | "incident" | "window" | "probe" | "none";
};

/** An older probe is ignored. */
export const probeFreshSeconds = 180;

/**
 * The state to show: a manual state until it expires, then open incidents, then a running window, then the probe; without a
 * recent probe it is unknown, never green by default.
 */
export function decideState(facts: StateFacts, now: Date): DecidedState {
  if (facts.manual && (!facts.manual.expiresAt || now < facts.manual.expiresAt)) {
    return { state: facts.manual.state, source: "manual" };
  }
  if (facts.openIncidents.length > 0) {
    return { state: Math.min(...facts.openIncidents) === 1 ? "down" : "reduced", source: "incident" };
  }
  if (facts.isWindowRunning) return { state: "maintenance", source: "window" };
  if (facts.lastProbe && now.getTime() - facts.lastProbe.at.getTime() <= probeFreshSeconds * 1000) {
    if (facts.lastProbe.isUp) return { state: "operational", source: "probe" };
    return { state: facts.isCritical ? "down" : "reduced", source: "probe" };
  }
  return { state: "unknown", source: "none" };
}

const gravity: readonly ServiceState[] = ["operational", "maintenance", "unknown", "reduced", "down"];

/** The worst of several states: the overall traffic light. Unknown without any. */
export function gravestState(states: readonly ServiceState[]): ServiceState {
  if (states.length === 0) return "unknown";
  return states.reduce((worst, state) => (gravity.indexOf(state) > gravity.indexOf(worst) ? state : worst));
}

type Aging = DecidedState & {
  isCritical: boolean;
  environment: string;
  probe: string | null;
  lastProbeAt: Date | null;
  manual: { expiresAt: Date | null } | null;
};

/**
 * The state at `now` of a service read before the database became unreachable: probes and manual states expire, and the database
 * itself is shown as failing for the environment that asks (`own`).
 */
export function agedState<Service extends Aging>(service: Service, own: string, now: Date): Service {
  if (service.probe === "database" && service.environment === own) {
    return { ...service, state: service.isCritical ? "down" : "reduced", source: "probe" };
  }
  const probeAge = service.lastProbeAt
    ? now.getTime() - service.lastProbeAt.getTime()
    : Number.POSITIVE_INFINITY;
  const isOld =
    (service.source === "probe" && probeAge > probeFreshSeconds * 1000) ||
    (service.source === "manual" && Boolean(service.manual?.expiresAt && service.manual.expiresAt <= now));
  return isOld ? { ...service, state: "unknown", source: "none" } : service;
}

/** Whether a window is running: between its planned times, unless an update closed it. */
export function isWindowRunning(
  window: { plannedStart: Date | null; plannedEnd: Date | null; closedAt: Date | null; state: string },
  now: Date,
): boolean {
  if (window.closedAt) return false;
  if (window.state === "in-progress" || window.state === "extended") return true;
  return Boolean(
    window.plannedStart && window.plannedEnd && window.plannedStart <= now && now < window.plannedEnd,
  );
}

/** Whether a notice is current: not closed, and its planned end not passed. */
export function isCurrent(
  notice: { closedAt: Date | null; plannedEnd: Date | null; state: string },
  now: Date,
): boolean {
  if (notice.closedAt) return false;
  if (notice.state === "extended") return true;
  return notice.plannedEnd === null || now < notice.plannedEnd;
}
