import { Uuid } from "@sor/core/identifiers";
import {
  gravestState,
  NewNotice,
  type Notice,
  NoticeKind,
  NoticeState,
  ServiceId,
  type ServiceStatus,
  serviceStates,
} from "@sor/core/status";
import { instantText } from "@sor/core/validity";
import { z } from "zod";

const Instant = instantText({ offset: true });
const ServiceStateName = z.enum(serviceStates).meta({
  id: "ServiceState",
  description: "unknown: not measured lately, and nobody has said how it is; never to be read as working",
});

const Update = z.object({
  number: z.int(),
  state: NoticeState,
  text: z.string().meta({ description: "Plain text, in Danish" }),
  publishedAt: z.string(),
  correctedAt: z.string().nullable(),
});

/** A notice as everybody may read it. */
export const NoticeView = z
  .object({
    id: Uuid,
    kind: NoticeKind,
    title: z.string(),
    state: NoticeState,
    priority: z.int().nullable().meta({ description: "1 (a critical service is down) to 4; of incidents" }),
    services: z.array(ServiceId),
    plannedStart: z.string().nullable(),
    plannedEnd: z.string().nullable(),
    nextUpdateBy: z.string().nullable().meta({ description: "When the next update is promised" }),
    createdAt: z.string(),
    updatedAt: z.string(),
    closedAt: z.string().nullable(),
    updates: z.array(Update).meta({ description: "Oldest first" }),
  })
  .meta({ id: "Notice", description: "A notice about the operation, with its updates" });

/** The answer about the services. */
export const StatusView = z
  .object({
    at: z.string(),
    environment: z.enum(["production", "demo"]),
    state: ServiceStateName.meta({ description: "The gravest state of this environment's services" }),
    services: z.array(
      z.object({
        id: ServiceId,
        environment: z.enum(["production", "demo"]),
        nameDa: z.string(),
        nameEn: z.string(),
        isCritical: z.boolean(),
        state: ServiceStateName,
        source: z.enum(["manual", "incident", "window", "probe", "none"]),
        measuredAt: z.string().nullable(),
      }),
    ),
    notices: z
      .array(NoticeView)
      .meta({ description: "Open incidents and information, running and coming windows" }),
  })
  .meta({ id: "Status", description: "How the services are doing" });

const iso = (at: Date | null) => at?.toISOString() ?? null;

/** The view of a notice; who wrote it is not told. */
export function noticeView(notice: Notice): z.infer<typeof NoticeView> {
  const { id, kind, title, state, priority } = notice;
  return {
    ...{ id, kind, title, state, priority },
    services: notice.services.map((service) => service.id),
    plannedStart: iso(notice.plannedStart),
    plannedEnd: iso(notice.plannedEnd),
    nextUpdateBy: iso(notice.nextUpdateBy),
    createdAt: notice.createdAt.toISOString(),
    updatedAt: notice.updatedAt.toISOString(),
    closedAt: iso(notice.closedAt),
    updates: notice.updates.map(({ number, state: said, text, publishedAt, correctedAt }) => ({
      ...{ number, state: said, text },
      publishedAt: publishedAt.toISOString(),
      correctedAt: iso(correctedAt),
    })),
  };
}

/** The view of all services; those of another environment are not measured from here. */
export function statusView(
  { services, notices }: { services: readonly ServiceStatus[]; notices: readonly Notice[] },
  environment: "production" | "demo",
  now: Date,
): z.infer<typeof StatusView> {
  const own = services.filter((service) => service.environment === environment);
  return {
    at: now.toISOString(),
    environment,
    state: gravestState(own.map(({ state }) => state)),
    services: services.map(
      ({ id, environment: of, nameDa, nameEn, isCritical, state, source, lastProbeAt }) => ({
        ...{ id, environment: of, nameDa, nameEn, isCritical, state, source },
        measuredAt: iso(lastProbeAt),
      }),
    ),
    notices: notices.map(noticeView),
  };
}

const { kind, title, text, state, services, priority, isSent } = NewNotice.shape;
const times = {
  plannedStart: Instant.nullable().default(null),
  plannedEnd: Instant.nullable().default(null),
  nextUpdateBy: Instant.nullable().default(null).meta({ description: "When the next update is promised" }),
};
const dryRun = z.boolean().default(false).meta({ description: "Only say what would happen" });

const dated = (at: string | null) => (at === null ? null : new Date(at));
const datesOf = ({ plannedStart, plannedEnd, nextUpdateBy }: Record<keyof typeof times, string | null>) => ({
  plannedStart: dated(plannedStart),
  plannedEnd: dated(plannedEnd),
  nextUpdateBy: dated(nextUpdateBy),
});

const Written = z.strictObject({ kind, title, text, state, services, priority, isSent, ...times, dryRun });
const noticeOf = ({ dryRun: _, ...body }: z.output<typeof Written>) => ({ ...body, ...datesOf(body) });

/** A notice as a program publishes it: the rules between its members are core's. */
export const NoticeInput = Written.superRefine((body, issues) => {
  for (const { path, message } of NewNotice.safeParse(noticeOf(body)).error?.issues ?? []) {
    issues.addIssue({ code: "custom", path: [...path], message });
  }
}).meta({ id: "NoticeInput", description: "A notice with its first update" });

/** What core publishes, of a body. */
export const readNotice = noticeOf;

/** A further update as a program publishes it; planned times that are left out stay. */
export const UpdateInput = z
  .strictObject({
    state,
    text,
    isSent,
    ...times,
    seenNumber: z.int().min(1).max(100_000).optional().meta({
      description: "Number of the newest update that is known: 409 when there is a newer one",
    }),
    dryRun,
  })
  .meta({ id: "NoticeUpdateInput", description: "A further update of a notice; a closing state closes it" });

/** What core adds, of a body. */
export function readUpdate(noticeId: string, { dryRun: _, ...body }: z.output<typeof UpdateInput>) {
  const { plannedStart, plannedEnd, nextUpdateBy } = datesOf(body);
  const { state: said, text: written, isSent: sent, seenNumber } = body;
  return {
    ...{ noticeId, state: said, text: written, isSent: sent, nextUpdateBy },
    ...(plannedStart && { plannedStart }),
    ...(plannedEnd && { plannedEnd }),
    ...(seenNumber !== undefined && { seenNumber }),
  };
}
