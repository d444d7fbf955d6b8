import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { Uuid } from "../identifiers/index.ts";
import { faultIn, instantsOnDanishClock, WrittenTime } from "../validity/index.ts";

const environments = ["production", "demo"] as const;
export type Environment = (typeof environments)[number];

/** Targets that can be probed. */
export const probeTargets = ["gateway", "database", "portal"] as const;
export type ProbeTarget = (typeof probeTargets)[number];

/** States of a service: measured, announced or set manually. `unknown` is never shown as green. */
export const serviceStates = ["operational", "reduced", "down", "maintenance", "unknown"] as const;
export type ServiceState = (typeof serviceStates)[number];

export const noticeKinds = ["incident", "window", "information"] as const;
export const NoticeKind = z
  .enum(noticeKinds)
  .meta({ id: "NoticeKind", description: "incident (hændelse), window (servicevindue) or information" });
export type NoticeKind = z.infer<typeof NoticeKind>;

/** The states that an update can give a notice, by kind; the last ones close it. */
export const statesOfKind = {
  incident: ["investigating", "identified", "monitoring", "resolved"],
  window: ["scheduled", "in-progress", "extended", "completed", "cancelled"],
  information: ["published", "ended"],
} as const satisfies Record<NoticeKind, readonly string[]>;
export type NoticeState = (typeof statesOfKind)[NoticeKind][number];
const noticeStates: readonly NoticeState[] = Object.values(statesOfKind).flat();
export const closingStates: ReadonlySet<NoticeState> = new Set([
  "resolved",
  "completed",
  "cancelled",
  "ended",
]);

export const ServiceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, "service-id-form" satisfies Fault)
  .meta({ id: "ServiceId", description: "Service id", examples: ["edi-gateway"] });

const Title = z.string().trim().min(3).max(200);
const Text = z.string().trim().min(3).max(10_000);

export const NoticeState = z
  .enum(noticeStates as [NoticeState, ...NoticeState[]])
  .meta({ id: "NoticeState", description: "What an update says; each kind of notice has its own" });

/** Errors of rules between form fields; their texts are in the portal. */
export const noticeFaultCodes = [
  "state-of-other-kind",
  "incident-without-priority",
  "window-without-times",
  "window-over",
  "end-before-start",
  "not-a-time",
  "no-such-day",
  "no-such-time",
  "ambiguous-time",
  "next-update-over",
] as const;
export type NoticeFaultCode = (typeof noticeFaultCodes)[number];

type Planned = { plannedStart?: Date | null | undefined; plannedEnd?: Date | null | undefined };
const endsAfterStart = ({ plannedStart, plannedEnd }: Planned) =>
  !(plannedStart instanceof Date && plannedEnd instanceof Date) || plannedEnd > plannedStart;
// Checked even if single fields are invalid, so that all errors are reported at once.
const rule = (path: string, error: NoticeFaultCode) => ({ path: [path], error, when: () => true });

// Whether subscribers are told; whoever was told of a beginning is told of the end all the same.
const IsSent = z.boolean().default(true);

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
    nextUpdateBy: z.date().nullable().default(null),
    isSent: IsSent,
    /** The alert that it tells of; at most one notice tells of an alert. */
    alertId: Uuid.nullable().default(null),
  })
  .refine(
    ({ kind, state }) => (statesOfKind[kind] as readonly string[] | undefined)?.includes(state) ?? true,
    rule("state", "state-of-other-kind"),
  )
  .refine(
    ({ kind, priority }) => kind !== "incident" || (priority ?? null) !== null,
    rule("priority", "incident-without-priority"),
  )
  .refine(
    ({ kind, plannedStart, plannedEnd }) => kind !== "window" || Boolean(plannedStart && plannedEnd),
    rule("plannedStart", "window-without-times"),
  )
  .refine(endsAfterStart, rule("plannedEnd", "end-before-start"));
export type NewNotice = z.input<typeof NewNotice>;
/** A new notice that has been read. */
export type ReadNotice = z.output<typeof NewNotice>;

/**
 * A further update of a notice; a closing state closes it. `seenNumber` is the newest update the author has seen: if there is a
 * newer one the update is rejected (`conflict`).
 */
export const NewUpdate = z
  .object({
    noticeId: Uuid,
    state: NoticeState,
    text: Text,
    plannedStart: z.date().optional(),
    plannedEnd: z.date().optional(),
    seenNumber: z.number().int().optional(),
    /** By when the next update comes; without it none is promised. */
    nextUpdateBy: z.date().nullable().default(null),
    isSent: IsSent,
  })
  .refine(endsAfterStart, rule("plannedEnd", "end-before-start"));
export type NewUpdate = z.input<typeof NewUpdate>;

/**
 * Corrects a typing error in place: id and time are unchanged, nobody is notified. `seenText` is the text the author corrected:
 * if it has changed meanwhile the correction is rejected (`conflict`).
 */
export const UpdateCorrection = z.object({
  updateId: Uuid,
  text: Text,
  seenText: z.string().max(10_000).optional(),
});
export type UpdateCorrection = z.input<typeof UpdateCorrection>;

/**
 * A manual state; it overrides measurements until it expires or is cleared. `seenStateId` is the manual state the author has
 * seen, null for none: if there is another one the change is rejected (`conflict`).
 */
export const ManualState = z.object({
  serviceId: ServiceId,
  state: z.enum(["operational", "reduced", "down"]),
  reason: z.string().trim().min(3).max(500),
  expiresAt: z.date().nullable().default(null),
  seenStateId: z.string().nullable().optional(),
});
export type ManualState = z.input<typeof ManualState>;

/** Clears a manual state. */
export const ClearedState = ManualState.pick({ serviceId: true, seenStateId: true });
export type ClearedState = z.input<typeof ClearedState>;

type FormIssues = {
  addIssue: (issue: { code: "custom"; path: string[]; message: NoticeFaultCode }) => void;
};

/** `none` when the field is empty; undefined, with an issue, when the local time does not exist or is ambiguous. */
export function clockField(
  text: string,
  hour: string,
  field: string,
  issues: FormIssues,
): Date | "none" | undefined {
  if (text.trim() === "") return "none";
  const refuse = (message: NoticeFaultCode) => issues.addIssue({ code: "custom", path: [field], message });
  const written = WrittenTime.safeParse(text);
  if (!written.success) {
    const isNoDay = written.error.issues.some((issue) => faultIn(issue) === "no-such-day");
    refuse(isNoDay ? "no-such-day" : "not-a-time");
    return undefined;
  }
  const [first, second] = instantsOnDanishClock(written.data);
  if (first && !second) return first;
  if (first && second && hour !== "") return hour === "summer" ? first : second;
  refuse(first ? "ambiguous-time" : "no-such-time");
  return undefined;
}

export const clockText = z.string().max(40).default("");
/** Which of the two hours is meant when the clock is set back. */
export const WhichHour = z.enum(["", "summer", "normal"]).default("");

/** The times of a form; an invalid time is left out, with an issue at its field. */
function plannedTimes(form: z.output<z.ZodObject<typeof PlannedFields>>, issues: FormIssues) {
  const start = clockField(form.plannedStart, form.plannedStartHour, "plannedStart", issues);
  const end = clockField(form.plannedEnd, form.plannedEndHour, "plannedEnd", issues);
  const next = clockField(form.nextUpdateBy, form.nextUpdateByHour, "nextUpdateBy", issues);
  const times = {
    plannedStart: start === "none" ? undefined : start,
    plannedEnd: end === "none" ? undefined : end,
  };
  const nextUpdateBy = next === "none" || next === undefined ? null : next;
  return { times, nextUpdateBy, isReadable: start !== undefined && end !== undefined };
}

const PlannedFields = {
  plannedStart: clockText,
  plannedStartHour: WhichHour,
  plannedEnd: clockText,
  plannedEndHour: WhichHour,
  nextUpdateBy: clockText,
  nextUpdateByHour: WhichHour,
};

/** A tick: present when it is set. */
const Tick = z
  .string()
  .optional()
  .transform((text) => text !== undefined);

/** Validates the converted form, and adds its errors to those already found. */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  found: Pick<z.core.ParsePayload, "issues">,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    found.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  }
  return z.NEVER;
}

/** A new notice as posted by a web form: Danish local times, checkboxes, empty text for absent values. */
export const NewNoticeForm = z
  .object({
    kind: NoticeKind,
    title: z.string(),
    text: z.string(),
    state: z.string(),
    services: z.array(z.string()).default([]),
    priority: z.enum(["", "1", "2", "3", "4"]).default(""),
    alertId: z.string().default(""),
    isQuiet: Tick,
    ...PlannedFields,
  })
  .transform((form, issues) => {
    const { times, nextUpdateBy, isReadable } = plannedTimes(form, issues);
    const isSent = !form.isQuiet;
    const { kind, title, text, state, services } = form;
    const alertId = form.alertId || null;
    const priority = form.priority === "" ? null : Number(form.priority);
    // An invalid time has its own issue: do not report it as missing too.
    const stand = isReadable ? times : { plannedStart: new Date(0), plannedEnd: new Date(1) };
    const said = { kind, title, text, state, services, priority, nextUpdateBy, isSent, alertId };
    return checked(NewNotice, { ...said, ...stand }, issues);
  });

/** An update as posted by a web form; empty times keep the notice's own. */
export const NewUpdateForm = z
  .object({
    noticeId: z.string(),
    state: z.string(),
    text: z.string(),
    seenNumber: z.coerce.number().int().min(1).max(100_000),
    isQuiet: Tick,
    ...PlannedFields,
  })
  .transform(({ noticeId, state, text, seenNumber, isQuiet, ...form }, issues) => {
    const { times, nextUpdateBy } = plannedTimes(form, issues);
    const said = { noticeId, state, text, seenNumber, nextUpdateBy, isSent: !isQuiet };
    return checked(NewUpdate, { ...said, ...times }, issues);
  });

/** A manual state as posted by a web form; an empty state clears the present one. */
export const ManualStateForm = z
  .object({
    serviceId: ServiceId,
    state: z.enum(["", "operational", "reduced", "down"]),
    reason: z.string().default(""),
    /** `service:id of the manual state`, one for each service that the page showed. */
    seen: z.array(z.string().max(100)).default([]),
    expiresAt: clockText,
    expiresAtHour: WhichHour,
  })
  .transform(({ serviceId, state, reason, seen, ...form }, issues) => {
    const seenStateId =
      seen.find((text) => text.startsWith(`${serviceId}:`))?.slice(serviceId.length + 1) || null;
    if (state === "") return { ...checked(ClearedState, { serviceId, seenStateId }, issues), state } as const;
    const expires = clockField(form.expiresAt, form.expiresAtHour, "expiresAt", issues);
    const expiresAt = expires === "none" || expires === undefined ? null : expires;
    return checked(ManualState, { serviceId, state, reason, expiresAt, seenStateId }, issues);
  });
