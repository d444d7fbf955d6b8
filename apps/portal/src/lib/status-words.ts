import type { NoticeKind, NoticeState, ServiceState } from "@sor/core/status";
import { m } from "#lib/words/index.ts";

/** A state of a service in the page's language. */
export function serviceStateText(state: ServiceState): string {
  const texts = {
    operational: m.status_operational,
    reduced: m.status_reduced,
    down: m.status_down,
    maintenance: m.status_maintenance,
    unknown: m.status_unknown,
  } satisfies Record<ServiceState, () => string>;
  return texts[state]();
}

/** A kind of notice in the page's language. */
export function kindText(kind: NoticeKind): string {
  const texts = {
    incident: m.status_kind_incident,
    window: m.status_kind_window,
    information: m.status_kind_information,
  } satisfies Record<NoticeKind, () => string>;
  return texts[kind]();
}

/** The kinds in the order of the buttons for a new notice: the most urgent first. */
export const noticeKindsInOrder = [
  "incident",
  "window",
  "information",
] as const satisfies readonly NoticeKind[];

/** The label of the button for a new notice of a kind. */
export function newKindText(kind: NoticeKind): string {
  const texts = {
    incident: m.status_new_incident,
    window: m.status_new_window,
    information: m.status_new_information,
  } satisfies Record<NoticeKind, () => string>;
  return texts[kind]();
}

/** The kinds in URLs of the portal; the same as core's. */
export const kindSlugs = {
  incident: "haendelse",
  window: "servicevindue",
  information: "information",
} as const satisfies Record<NoticeKind, string>;

/** A state of a notice in the page's language. */
export function noticeStateText(state: NoticeState): string {
  const texts = {
    investigating: m.status_state_investigating,
    identified: m.status_state_identified,
    monitoring: m.status_state_monitoring,
    resolved: m.status_state_resolved,
    scheduled: m.status_state_scheduled,
    "in-progress": m.status_state_in_progress,
    extended: m.status_state_extended,
    completed: m.status_state_completed,
    cancelled: m.status_state_cancelled,
    published: m.status_state_published,
    ended: m.status_state_ended,
  } satisfies Record<NoticeState, () => string>;
  return texts[state]();
}

/** The tone of a notice's tag: calm when over, planned for a window, warning for an incident. */
export function noticeTone(notice: {
  kind: NoticeKind;
  closedAt: Date | null;
  priority: number | null;
}): string {
  if (notice.closedAt) return "";
  if (notice.kind === "window") return "plan";
  if (notice.kind === "information") return "";
  return notice.priority === 1 ? "bad" : "warn";
}
