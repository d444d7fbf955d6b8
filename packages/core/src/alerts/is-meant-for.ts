import { type AlertKind, type AlertSeverity, isAtLeast } from "./kinds.ts";

type Wishes = {
  supplierId: string | null;
  kinds: readonly AlertKind[];
  leastSeverity: AlertSeverity;
  endpointIds: readonly string[];
};
type About = {
  supplierId: string | null;
  kind: AlertKind;
  severity: AlertSeverity;
  endpointId: string | null;
};

/**
 * Whether a receiver wants to be notified of an incident, and may be: a supplier of its own incidents, the operators of the
 * gateway of all.
 */
export function isMeantFor(wishes: Wishes, incident: About): boolean {
  const { supplierId, kinds, leastSeverity, endpointIds } = wishes;
  if (supplierId !== null && supplierId !== incident.supplierId) return false;
  if (kinds.length > 0 && !kinds.includes(incident.kind)) return false;
  if (endpointIds.length > 0 && !endpointIds.includes(incident.endpointId ?? "")) return false;
  return isAtLeast(incident.severity, leastSeverity);
}
