import type { Context } from "@sor/core";
import { getAlert, kindTitles, suggestNotice } from "@sor/core/alerts";
import { Uuid } from "@sor/core/identifiers";
import { draftVersion, getDraft, listTemplates, type NoticeDraft } from "@sor/core/notice-plans";
import { kindOfSlug, listNoticesOfAlerts, listServices, type NoticeKind } from "@sor/core/status";
import { formatDanishInstant } from "@sor/core/validity";
import { z } from "zod";

/** What a new notice is begun with: a draft, an alert or a template. */
export const BegunQuery = z.object({
  type: z.string().max(40).default(""),
  kladde: Uuid.optional(),
  alarm: Uuid.optional(),
  skabelon: Uuid.optional(),
});

type Begun = {
  kind: NoticeKind | null;
  /** Values of the form's fields, by name. */
  values: Record<string, string[]>;
  draft?: { id: string; version: string; isTimed: boolean; refusedFor: NoticeDraft["refusedFor"] };
  alert?: { title: string; noticeId: string | null };
};

const written = (fields: Record<string, string | string[] | undefined>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat()]])),
  );

/** The form of a new notice as it is first shown. */
export async function beginNotice(
  ctx: Context,
  { type, kladde, alarm, skabelon }: z.output<typeof BegunQuery>,
  { isDemo, isEnglish }: { isDemo: boolean; isEnglish: boolean },
): Promise<Begun> {
  const kind = kindOfSlug(type) ?? null;
  if (kladde !== undefined) return await fromDraft(ctx, kladde);
  if (alarm !== undefined) return await fromAlert(ctx, alarm, { isDemo, isEnglish });
  if (skabelon === undefined || kind === null) return { kind, values: {} };
  const template = (await listTemplates(ctx, kind)).find(({ id }) => id === skabelon);
  return { kind, values: template ? written({ title: template.title, text: template.text }) : {} };
}

async function fromDraft(ctx: Context, id: string): Promise<Begun> {
  const draft = await getDraft(ctx, id);
  const { publishAt, refusedFor, fields } = draft;
  const at = publishAt ? clockText(publishAt) : {};
  return {
    kind: fields.kind,
    values: written({ ...fields, ...named("publishAt", at) }),
    draft: { id, version: draftVersion(draft), isTimed: publishAt !== null, refusedFor },
  };
}

/** A time as it is typed, and which of two hours is meant. */
function clockText(instant: Date): { text?: string; hour?: string } {
  const [text = "", which] = formatDanishInstant(instant).split(" (");
  return which === undefined ? { text } : { text, hour: which.startsWith("sommer") ? "summer" : "normal" };
}
const named = (name: string, { text, hour }: ReturnType<typeof clockText>) => ({
  [name]: text,
  [`${name}Hour`]: hour,
});

async function fromAlert(
  ctx: Context,
  id: string,
  { isDemo, isEnglish }: { isDemo: boolean; isEnglish: boolean },
): Promise<Begun> {
  const { kind } = await getAlert(ctx, { id });
  const title = isEnglish ? kindTitles[kind].en : kindTitles[kind].da;
  const noticeId = (await listNoticesOfAlerts(ctx, [id])).get(id) ?? null;
  const suggested = suggestNotice(kind);
  if (!suggested) return { kind: "incident", values: {}, alert: { title, noticeId } };
  const known = new Set((await listServices(ctx)).map((service) => service.id));
  const services = suggested.services.map((service) => (isDemo ? `${service}-demo` : service));
  const nextUpdate = new Date(ctx.now.getTime() + suggested.nextUpdateMinutes * 60_000);
  return {
    kind: "incident",
    values: written({
      ...{ title: suggested.title, text: suggested.text, priority: String(suggested.priority) },
      ...{ state: "investigating", services: services.filter((service) => known.has(service)), alertId: id },
      ...named("nextUpdateBy", clockText(nextUpdate)),
    }),
    alert: { title, noticeId },
  };
}
