import { z } from "zod";

export const environments = ["production", "demo"] as const;
export type Environment = (typeof environments)[number];

/** Who can be asked whether a service answers. */
export const probeTargets = ["gateway", "database", "portal"] as const;
export type ProbeTarget = (typeof probeTargets)[number];

/** What a service is in: measured, announced or set by hand. `unknown` is never shown as green. */
export const serviceStates = ["operational", "reduced", "down", "maintenance", "unknown"] as const;
export type ServiceState = (typeof serviceStates)[number];

export const noticeKinds = ["incident", "window", "information"] as const;
export const NoticeKind = z
  .enum(noticeKinds)
  .meta({ id: "NoticeKind", description: "incident (hændelse), window (servicevindue) or information" });
export type NoticeKind = z.infer<typeof NoticeKind>;

/** The states that an update can put a notice in, by kind; the last ones close it. */
export const statesOfKind = {
  incident: ["investigating", "identified", "monitoring", "resolved"],
  window: ["scheduled", "in-progress", "extended", "completed", "cancelled"],
  information: ["published", "ended"],
} as const satisfies Record<NoticeKind, readonly string[]>;
export type NoticeState = (typeof statesOfKind)[NoticeKind][number];
export const noticeStates: readonly NoticeState[] = Object.values(statesOfKind).flat();
export const closingStates: ReadonlySet<NoticeState> = new Set([
  "resolved",
  "completed",
  "cancelled",
  "ended",
]);

export const ServiceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, "a service id is lower case with hyphens")
  .meta({ id: "ServiceId", description: "Service id", examples: ["edi-gateway"] });

const Title = z.string().trim().min(3).max(200);
const Text = z.string().trim().min(3).max(10_000);

const NoticeState = z.enum(noticeStates as [NoticeState, ...NoticeState[]]);

/** A new notice with its first update. */
export const NewNotice = z
  .object({
    kind: NoticeKind,
    title: Title,
    text: Text,
    state: NoticeState,
    services: z.array(ServiceId).min(1).max(50),
    /** 1 (a critical service is down) to 4; only incidents have one. */
    priority: z.coerce.number().int().min(1).max(4).nullable().default(null),
    plannedStart: z.date().nullable().default(null),
    plannedEnd: z.date().nullable().default(null),
    send: z.boolean().default(true),
  })
  .superRefine((notice, issues) => {
    const states: readonly string[] = statesOfKind[notice.kind];
    if (!states.includes(notice.state)) {
      issues.addIssue({ code: "custom", path: ["state"], message: "the state does not belong to the kind" });
    }
    if (notice.kind === "incident" && notice.priority === null) {
      issues.addIssue({ code: "custom", path: ["priority"], message: "an incident has a priority" });
    }
    if (notice.kind === "window" && (!notice.plannedStart || !notice.plannedEnd)) {
      issues.addIssue({ code: "custom", path: ["plannedStart"], message: "a window has a start and an end" });
    }
    if (notice.plannedStart && notice.plannedEnd && notice.plannedEnd <= notice.plannedStart) {
      issues.addIssue({ code: "custom", path: ["plannedEnd"], message: "the end is after the start" });
    }
  });
export type NewNotice = z.input<typeof NewNotice>;

/** One more update of a notice; a closing state closes it. */
export const NewUpdate = z.object({
  noticeId: z.uuid(),
  state: NoticeState,
  text: Text,
  send: z.boolean().default(true),
  plannedStart: z.date().optional(),
  plannedEnd: z.date().optional(),
});
export type NewUpdate = z.input<typeof NewUpdate>;

/** A typing error mended in place: keeps id and time, sends nothing. */
export const UpdateCorrection = z.object({ updateId: z.uuid(), text: Text });
export type UpdateCorrection = z.input<typeof UpdateCorrection>;

/** A state set by hand; it wins over what is measured until it expires or is taken back. */
export const ManualState = z.object({
  serviceId: ServiceId,
  state: z.enum(["operational", "reduced", "down"]),
  reason: z.string().trim().min(3).max(500),
  expiresAt: z.date().nullable().default(null),
});
export type ManualState = z.input<typeof ManualState>;
