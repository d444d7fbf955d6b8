import { danishTimestamp, danishZone } from "../validity/index.ts";
import { gravestState } from "./decide-state.ts";
import type { Notice } from "./read-notices.ts";
import type { ServiceStatus } from "./read-status.ts";
import type { NoticeState, ServiceState } from "./schemas.ts";
import { overallSentencesDa } from "./wording.ts";

const pageId = "sor";

/** What clients of Statuspage ask for, below `/api/v2/`. */
export const statuspageNames = [
  "summary",
  "status",
  "components",
  "incidents",
  "incidents/unresolved",
  "scheduled-maintenances",
  "scheduled-maintenances/upcoming",
  "scheduled-maintenances/active",
] as const;
export type StatuspageName = (typeof statuspageNames)[number];

type Facts = {
  /** The services of this installation's own environment. */
  services: readonly ServiceStatus[];
  /** Open incidents and windows, and the newest closed ones. */
  notices: readonly Notice[];
  /** Address of the portal, without a trailing slash. */
  origin: string;
};

/** Statuspage has no word for "not measured": it is never told as working. */
const componentStates: Readonly<Record<ServiceState, string>> = {
  operational: "operational",
  reduced: "degraded_performance",
  down: "major_outage",
  maintenance: "under_maintenance",
  unknown: "degraded_performance",
};

const indicators: Readonly<Record<ServiceState, string>> = {
  operational: "none",
  reduced: "minor",
  down: "critical",
  maintenance: "maintenance",
  unknown: "minor",
};

const incidentStates: Readonly<Record<NoticeState, string>> = {
  investigating: "investigating",
  identified: "identified",
  monitoring: "monitoring",
  resolved: "resolved",
  scheduled: "scheduled",
  "in-progress": "in_progress",
  extended: "in_progress",
  completed: "completed",
  cancelled: "completed",
  published: "investigating",
  ended: "resolved",
};

const impactOf = ({ kind, priority }: Notice) => {
  if (kind === "window") return "maintenance";
  if (priority === 1) return "critical";
  return priority === 2 ? "major" : "minor";
};

const newest = (instants: readonly Date[]) =>
  new Date(Math.max(0, ...instants.map((instant) => instant.getTime())));

function component(service: ServiceStatus) {
  const changedAt = service.source === "manual" ? service.manual?.setAt : service.lastProbeAt;
  return {
    id: service.id,
    name: service.nameDa,
    status: componentStates[service.state],
    created_at: null,
    updated_at: changedAt ? danishTimestamp(changedAt) : null,
    position: service.position,
    description:
      service.state === "unknown" ? `${service.descriptionDa}. Status er ukendt.` : service.descriptionDa,
    showcase: true,
    start_date: null,
    group_id: null,
    page_id: pageId,
    group: false,
    only_show_if_degraded: false,
  };
}

function updateOf(notice: Notice, update: Notice["updates"][number]) {
  return {
    id: update.id,
    status: incidentStates[update.state],
    body: update.text,
    incident_id: notice.id,
    created_at: danishTimestamp(update.publishedAt),
    updated_at: danishTimestamp(update.correctedAt ?? update.publishedAt),
    display_at: danishTimestamp(update.publishedAt),
    affected_components: null,
    deliver_notifications: update.isSent,
    custom_tweet: null,
    tweet_id: null,
  };
}

function incident(notice: Notice, { services, origin }: Facts) {
  const monitoring = notice.updates.find(({ state }) => state === "monitoring");
  const affected = new Set(notice.services.map(({ id }) => id));
  const { plannedStart, plannedEnd, closedAt } = notice;
  return {
    id: notice.id,
    name: notice.title,
    status: incidentStates[notice.state],
    created_at: danishTimestamp(notice.createdAt),
    updated_at: danishTimestamp(notice.updatedAt),
    monitoring_at: monitoring ? danishTimestamp(monitoring.publishedAt) : null,
    resolved_at: closedAt ? danishTimestamp(closedAt) : null,
    started_at: danishTimestamp(notice.createdAt),
    impact: impactOf(notice),
    shortlink: `${origin}/drift/${notice.id}`,
    page_id: pageId,
    incident_updates: notice.updates.toReversed().map((update) => updateOf(notice, update)),
    components: services.filter(({ id }) => affected.has(id)).map(component),
    ...(plannedStart && plannedEnd
      ? { scheduled_for: danishTimestamp(plannedStart), scheduled_until: danishTimestamp(plannedEnd) }
      : {}),
  };
}

/** The answer to one name in the shapes of Statuspage's API, version 2, so that its clients work unchanged. */
export function statuspageAnswer(name: StatuspageName, facts: Facts): Record<string, unknown> {
  const { services, notices, origin } = facts;
  const dates = notices.map(({ updatedAt }) => updatedAt);
  const probed = services.flatMap(({ lastProbeAt }) => (lastProbeAt ? [lastProbeAt] : []));
  const page = {
    id: pageId,
    name: "SOR",
    url: `${origin}/drift`,
    time_zone: danishZone,
    updated_at: danishTimestamp(newest([...dates, ...probed])),
  };
  const shown = (kind: Notice["kind"], isMeant: (notice: Notice) => boolean = () => true) =>
    notices.filter((notice) => notice.kind === kind && isMeant(notice)).map((one) => incident(one, facts));
  const isOpen = ({ closedAt }: Notice) => closedAt === null;
  const isComing = (notice: Notice) => isOpen(notice) && notice.state === "scheduled";
  const isActive = (notice: Notice) => isOpen(notice) && notice.state !== "scheduled";
  const gravest = gravestState(services.map(({ state }) => state));
  const status = { indicator: indicators[gravest], description: overallSentencesDa[gravest] };
  switch (name) {
    case "summary":
      return {
        ...{ page, components: services.map(component), incidents: shown("incident", isOpen) },
        scheduled_maintenances: shown("window", isOpen),
        status,
      };
    case "status":
      return { page, status };
    case "components":
      return { page, components: services.map(component) };
    case "incidents":
      return { page, incidents: shown("incident") };
    case "incidents/unresolved":
      return { page, incidents: shown("incident", isOpen) };
    case "scheduled-maintenances":
      return { page, scheduled_maintenances: shown("window") };
    case "scheduled-maintenances/upcoming":
      return { page, scheduled_maintenances: shown("window", isComing) };
    case "scheduled-maintenances/active":
      return { page, scheduled_maintenances: shown("window", isActive) };
  }
}
