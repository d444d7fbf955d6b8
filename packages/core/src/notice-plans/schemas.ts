import { z } from "zod";
import type { Fault } from "../faults/index.ts";
import { singleLine, Uuid } from "../identifiers/index.ts";
import { clockField, clockText, NewNoticeForm, NoticeKind, ServiceId, WhichHour } from "../status/index.ts";
import { WrittenClock, WrittenDay } from "../validity/index.ts";

/** The fields of the form of a notice as they were typed; whether they are right is asked when it is published. */
export const NoticeFields = z.object({
  kind: NoticeKind,
  title: z.string().max(500).default(""),
  text: z.string().max(20_000).default(""),
  state: z.string().max(40).default(""),
  services: z.array(z.string().max(40)).max(50).default([]),
  priority: z.string().max(1).default(""),
  alertId: z.string().max(40).default(""),
  isQuiet: z.string().max(10).optional(),
  plannedStart: clockText,
  plannedStartHour: WhichHour,
  plannedEnd: clockText,
  plannedEndHour: WhichHour,
  nextUpdateBy: clockText,
  nextUpdateByHour: WhichHour,
});
export type NoticeFields = z.output<typeof NoticeFields>;

/** The draft that a form of a notice shows: its id, and the version that its author has seen; empty for a new one. */
export const DraftPlace = z.object({
  draftId: z.union([z.literal(""), Uuid]).default(""),
  draftVersion: z.string().max(40).default(""),
});
export type DraftPlace = z.output<typeof DraftPlace>;

/** A draft as posted by a web form. With a time of publishing the notice must be right already. */
export const DraftForm = z
  .object({ ...NoticeFields.shape, ...DraftPlace.shape, publishAt: clockText, publishAtHour: WhichHour })
  .transform(({ draftId, draftVersion, publishAt: text, publishAtHour, ...fields }, issues) => {
    const read = clockField(text, publishAtHour, "publishAt", issues);
    const publishAt = read instanceof Date ? read : null;
    const notice = publishAt === null ? undefined : NewNoticeForm.safeParse(fields);
    for (const issue of notice?.error?.issues ?? []) {
      issues.issues.push({ ...issue, input: fields } as z.core.$ZodRawIssue);
    }
    return { place: { draftId, draftVersion }, fields, publishAt };
  });
export type DraftForm = z.output<typeof DraftForm>;

/** A template as posted by a web form; without an id it is a new one. */
export const TemplateForm = z.object({
  templateId: z.union([z.literal(""), Uuid]).default(""),
  kind: NoticeKind,
  name: singleLine(60),
  title: singleLine(200),
  text: z.string().trim().min(3).max(10_000),
});
export type TemplateForm = z.output<typeof TemplateForm>;

/** When a window recurs: on which days of the month, and from when to when on the Danish clock. */
export type WindowRule = {
  /** Which of the month's days of that weekday: 1 to 4, or -1 for the last. */
  weeks: readonly number[];
  /** 1 is Monday. */
  weekday: number;
  /** `HH:mm`; an end at or before the start is on the next day. */
  startClock: string;
  endClock: string;
};

export const weeksOfMonth = [1, 2, 3, 4, -1] as const;
const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;

/** A recurring service window as posted by a web form. */
export const NewSeriesForm = z
  .object({
    title: singleLine(200),
    text: z.string().trim().min(3).max(10_000),
    services: z
      .array(ServiceId)
      .min(1, "choose-one" satisfies Fault)
      .max(50)
      .prefault([]),
    weeks: z
      .array(z.enum(weeksOfMonth.map(String)))
      .min(1, "choose-one" satisfies Fault)
      .prefault([])
      .transform((texts) => weeksOfMonth.filter((week) => texts.includes(String(week)))),
    weekday: z.enum(weekdays.map(String)).transform(Number),
    startClock: WrittenClock,
    endClock: WrittenClock,
    announceDays: z.coerce.number().int().min(1).max(60),
    firstDay: WrittenDay,
  })
  .refine(({ startClock, endClock }) => startClock !== endClock, {
    path: ["endClock"],
    message: "clocks-equal" satisfies Fault,
  });
export type NewSeries = z.output<typeof NewSeriesForm>;
