import { z } from "zod";
import { Uuid } from "../identifiers/index.ts";
import { instantsOnDanishClock } from "../validity/index.ts";

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
    priority: z.number().int().min(1).max(4).nullable().default(null),
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
  noticeId: Uuid,
  state: NoticeState,
  text: Text,
  send: z.boolean().default(true),
  plannedStart: z.date().optional(),
  plannedEnd: z.date().optional(),
});
export type NewUpdate = z.input<typeof NewUpdate>;

/** A typing error mended in place: keeps id and time, sends nothing. */
export const UpdateCorrection = z.object({ updateId: Uuid, text: Text });
export type UpdateCorrection = z.input<typeof UpdateCorrection>;

/** A state set by hand; it wins over what is measured until it expires or is taken back. */
export const ManualState = z.object({
  serviceId: ServiceId,
  state: z.enum(["operational", "reduced", "down"]),
  reason: z.string().trim().min(3).max(500),
  expiresAt: z.date().nullable().default(null),
});
export type ManualState = z.input<typeof ManualState>;

type FormIssues = { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void };

/** `none` when the field is empty; undefined, with an issue, when the clock never or twice shows the time given. */
function clockField(
  text: string,
  hour: string,
  field: string,
  issues: FormIssues,
): Date | "none" | undefined {
  if (text === "") return "none";
  const instants = instantsOnDanishClock(text);
  const [first, second] = instants;
  if (first && !second) return first;
  if (first && second && hour !== "") return hour === "summer" ? first : second;
  const message = first ? "ambiguous" : "no such time";
  issues.addIssue({ code: "custom", path: [field], message });
  return undefined;
}

const clockText = z.string().max(16).default("");
/** Which of the two hours is meant when the clock is set back. */
const WhichHour = z.enum(["", "summer", "normal"]).default("");
const ticked = z.enum(["on"]).optional();

function plannedTimes(
  form: { plannedStart: string; plannedStartHour: string; plannedEnd: string; plannedEndHour: string },
  issues: FormIssues,
): { start: Date | null; end: Date | null } | undefined {
  const start = clockField(form.plannedStart, form.plannedStartHour, "plannedStart", issues);
  const end = clockField(form.plannedEnd, form.plannedEndHour, "plannedEnd", issues);
  if (!start || !end) return undefined;
  return { start: start === "none" ? null : start, end: end === "none" ? null : end };
}

const PlannedFields = {
  plannedStart: clockText,
  plannedStartHour: WhichHour,
  plannedEnd: clockText,
  plannedEndHour: WhichHour,
};

/** A new notice as a web form posts it: Danish clock times, ticked boxes, empty text for what is left out. */
export const NewNoticeForm = z
  .object({
    kind: NoticeKind,
    title: z.string(),
    text: z.string(),
    state: z.string(),
    services: z.array(z.string()),
    priority: z.enum(["", "1", "2", "3", "4"]).default(""),
    send: ticked,
    ...PlannedFields,
  })
  .transform((form, issues): NewNotice => {
    const planned = plannedTimes(form, issues);
    if (!planned) return z.NEVER;
    const { kind, title, text, services } = form;
    const priority = form.priority === "" ? null : Number(form.priority);
    const state = form.state as NoticeState;
    const times = { plannedStart: planned.start, plannedEnd: planned.end };
    return { kind, title, text, state, services, priority, ...times, send: form.send === "on" };
  })
  .pipe(NewNotice);

/** An update as a web form posts it; empty times leave the notice's own. */
export const NewUpdateForm = z
  .object({ noticeId: z.string(), state: z.string(), text: z.string(), send: ticked, ...PlannedFields })
  .transform((form, issues): NewUpdate => {
    const planned = plannedTimes(form, issues);
    if (!planned) return z.NEVER;
    return {
      noticeId: form.noticeId,
      state: form.state as NoticeState,
      text: form.text,
      send: form.send === "on",
      plannedStart: planned.start ?? undefined,
      plannedEnd: planned.end ?? undefined,
    };
  })
  .pipe(NewUpdate);

/** A state set by hand as a web form posts it; an empty state takes the present one back. */
export const ManualStateForm = z
  .object({
    serviceId: ServiceId,
    state: z.enum(["", "operational", "reduced", "down"]),
    reason: z.string().default(""),
    expiresAt: clockText,
    expiresAtHour: WhichHour,
  })
  .transform((form, issues) => {
    const expires = clockField(form.expiresAt, form.expiresAtHour, "expiresAt", issues);
    if (!expires) return z.NEVER;
    const expiresAt = expires === "none" ? null : expires;
    return { ...form, expiresAt };
  });
