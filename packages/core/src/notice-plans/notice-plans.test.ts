import { describe, expect, test } from "vitest";
import type { Actor } from "../access/index.ts";
import { createContext } from "../context.ts";
import {
  addNoticeUpdate,
  getNotice,
  listCurrentNotices,
  listFeedNotices,
  listNoticeAuthors,
  NewNoticeForm,
} from "../status/index.ts";
import { testDatabase } from "../testing/index.ts";
import {
  announceWindows,
  createSeries,
  DraftForm,
  discardDraft,
  draftVersion,
  endSeries,
  getDraft,
  listDrafts,
  listSeries,
  listTemplates,
  NewSeriesForm,
  publishDraft,
  publishDueDrafts,
  removeTemplate,
  saveDraft,
  saveTemplate,
  TemplateForm,
} from "./index.ts";

const db = await testDatabase();
const grants = [
  { role: "authority" as const, scope: { kind: "all" as const }, validFrom: new Date(0), validTo: null },
];
const editor: Actor = { kind: "user", id: "u1", name: "Vagten", supplierId: null, grants };
const vendor: Actor = { ...editor, id: "u2", grants: [] };
const at = (text: string, actor: Actor = editor) => createContext(db, actor, new Date(text));
const job = (text: string) => at(text, { kind: "system", job: "alerts" });
const fields = {
  ...{ kind: "incident", title: "Langsomt", text: "Vi undersøger.", state: "investigating" },
  ...{ priority: "2", services: ["portal"] },
};
const placeOf = (draft: { id: string; updatedAt: Date }) => ({
  draftId: draft.id,
  draftVersion: draftVersion(draft),
});
const titles = async (text: string) => (await listCurrentNotices(at(text))).map(({ title }) => title);

describe("drafts", () => {
  test("a draft may lack everything but its kind, is not public, and is kept as it was typed", async () => {
    const typed = DraftForm.parse({ kind: "window", plannedStart: "i morgen" });
    const id = await saveDraft(at("2026-05-01T08:00:00Z"), typed);
    expect((await getDraft(at("2026-05-01T08:00:00Z"), id)).fields).toMatchObject({
      plannedStart: "i morgen",
      title: "",
    });
    expect(await titles("2026-05-01T08:01:00Z")).toEqual([]);
    await discardDraft(at("2026-05-01T08:02:00Z"), { id });
    expect(await listDrafts(at("2026-05-01T08:03:00Z"))).toEqual([]);
  });

  test("of two editors of a draft the second is refused, and it is published once, under its own id", async () => {
    const id = await saveDraft(at("2026-05-02T08:00:00Z"), DraftForm.parse(fields));
    const place = placeOf(await getDraft(at("2026-05-02T08:00:00Z"), id));
    await saveDraft(
      at("2026-05-02T08:01:00Z"),
      DraftForm.parse({ ...fields, ...place, title: "Meget langsomt" }),
    );
    const late = saveDraft(at("2026-05-02T08:02:00Z"), DraftForm.parse({ ...fields, ...place }));
    await expect(late).rejects.toMatchObject({ code: "conflict" });
    const now = placeOf(await getDraft(at("2026-05-02T08:03:00Z"), id));
    const notice = NewNoticeForm.parse({ ...fields, title: "Meget langsomt" });
    const both = await Promise.allSettled([
      publishDraft(at("2026-05-02T08:03:00Z"), now, notice),
      publishDraft(at("2026-05-02T08:03:00Z"), now, notice),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await getNotice(at("2026-05-02T08:04:00Z"), id)).title).toBe("Meget langsomt");
    await addNoticeUpdate(at("2026-05-02T08:05:00Z"), { noticeId: id, state: "resolved", text: "Løst." });
  });

  test("a timed draft must be right when it is saved, and cannot be meant for a time that has passed", async () => {
    const wrong = DraftForm.safeParse({ ...fields, title: "", publishAt: "03-05-2026 kl. 12:00" });
    expect(wrong.error?.issues.map(({ path }) => path[0])).toEqual(["title"]);
    const form = DraftForm.parse({ ...fields, publishAt: "03-05-2026 kl. 12:00" });
    const late = saveDraft(at("2026-05-03T10:00:00Z"), form);
    await expect(late).rejects.toMatchObject({ details: { field: "publishAt" } });
  });

  test("a timed draft publishes itself once at its time, in its author's name, however many processes look", async () => {
    const form = DraftForm.parse({ ...fields, title: "Til tiden", publishAt: "04-05-2026 kl. 12:00" });
    const id = await saveDraft(at("2026-05-04T08:00:00Z"), form);
    const look = (text: string) => Promise.all([1, 2, 3, 4].map(() => publishDueDrafts(job(text))));
    expect(await look("2026-05-04T09:59:59Z")).toEqual([0, 0, 0, 0]);
    expect((await look("2026-05-04T10:00:00Z")).reduce((sum, one) => sum + one)).toBe(1);
    const notice = await getNotice(at("2026-05-04T10:01:00Z"), id);
    expect(notice.updates).toMatchObject([{ publishedAt: new Date("2026-05-04T10:00:00Z") }]);
    expect(await listNoticeAuthors(at("2026-05-04T10:01:00Z"), id)).toEqual(new Map([[1, "Vagten"]]));
    expect(await listDrafts(at("2026-05-04T10:01:00Z"))).toEqual([]);
  });

  test("a draft that cannot be published at its time stays and says why, and is not tried for ever", async () => {
    const window = {
      ...{ kind: "window", title: "Vindue", text: "Vi opdaterer.", state: "scheduled", services: ["portal"] },
      ...{ plannedStart: "05-05-2026 kl. 13:00", plannedEnd: "05-05-2026 kl. 14:00" },
    };
    const timed = DraftForm.parse({ ...window, publishAt: "05-05-2026 kl. 12:00" });
    const id = await saveDraft(at("2026-05-05T08:00:00Z"), timed);
    // No process looked until the window was over.
    expect(await publishDueDrafts(job("2026-05-05T12:30:00Z"))).toBe(0);
    expect((await getDraft(at("2026-05-05T12:31:00Z"), id)).refusedFor?.da).toBe("Vinduet er allerede slut.");
    const place = placeOf(await getDraft(at("2026-05-05T12:31:00Z"), id));
    const moved = { ...window, plannedEnd: "05-05-2026 kl. 18:00", publishAt: "05-05-2026 kl. 15:00" };
    await saveDraft(at("2026-05-05T12:32:00Z"), DraftForm.parse({ ...moved, ...place }));
    expect(await publishDueDrafts(job("2026-05-05T13:00:00Z"))).toBe(1);
  });

  test("two notices of one alert are published once", async () => {
    const alertId = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a36";
    const drafts = await Promise.all(
      [1, 2].map(() => saveDraft(at("2026-05-06T08:00:00Z"), DraftForm.parse({ ...fields, alertId }))),
    );
    const notice = NewNoticeForm.parse({ ...fields, alertId });
    const places = await Promise.all(
      drafts.map(async (id) => placeOf(await getDraft(at("2026-05-06T08:01:00Z"), id))),
    );
    const both = await Promise.allSettled(
      places.map((place) => publishDraft(at("2026-05-06T08:01:00Z"), place, notice)),
    );
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
  });
});

describe("recurring windows", () => {
  const form = {
    ...{ title: "Månedlig opdatering", text: "Vi opdaterer.", services: ["sor"], weeks: ["3"], weekday: "4" },
    ...{ startClock: "18.00", endClock: "kl. 22:00", announceDays: "7", firstDay: "01-06-2026" },
  };

  test("each day is announced once, a week ahead, as a planned window of its own", async () => {
    const id = await createSeries(at("2026-05-10T08:00:00Z"), NewSeriesForm.parse(form));
    const look = (text: string) => Promise.all([1, 2, 3].map(() => announceWindows(job(text))));
    expect(await look("2026-06-10T08:00:00Z")).toEqual([0, 0, 0]);
    expect((await look("2026-06-11T08:00:00Z")).reduce((sum, one) => sum + one)).toBe(1);
    expect(await look("2026-06-12T08:00:00Z")).toEqual([0, 0, 0]);
    const [series] = await listSeries(at("2026-06-12T08:00:00Z"));
    expect(series?.coming.map(({ day, noticeId }) => [day, noticeId !== null]).slice(0, 2)).toEqual([
      ["2026-06-18", true],
      ["2026-07-16", false],
    ]);
    const notice = await getNotice(at("2026-06-12T08:00:00Z"), series?.coming[0]?.noticeId ?? "");
    expect(notice).toMatchObject({
      ...{ kind: "window", state: "scheduled", title: "Månedlig opdatering" },
      ...{ plannedStart: new Date("2026-06-18T16:00:00Z"), plannedEnd: new Date("2026-06-18T20:00:00Z") },
    });
    const editor = at("2026-06-12T08:00:00Z");
    expect(await listNoticeAuthors(editor, notice.id)).toEqual(new Map([[1, "Vagten"]]));
    const anybody = createContext(db, { kind: "anonymous" }, new Date("2026-06-12T08:00:00Z"));
    await expect(listNoticeAuthors(anybody, notice.id)).rejects.toMatchObject({ code: "not-signed-in" });
    for (const shown of [notice, await listFeedNotices(anybody), await listCurrentNotices(anybody)]) {
      expect(JSON.stringify(shown)).not.toMatch(/Vagten|authorName|alertId/);
    }
    await endSeries(at("2026-06-13T08:00:00Z"), { id });
    expect(await announceWindows(job("2026-07-10T08:00:00Z"))).toBe(0);
    expect(await listSeries(at("2026-07-10T08:00:00Z"))).toEqual([]);
  });

  test("one without a day, a service or a length is refused", () => {
    const faults = (given: object) =>
      NewSeriesForm.safeParse({ ...form, ...given }).error?.issues.map(({ path }) => path[0]);
    expect(faults({ weeks: [] })).toEqual(["weeks"]);
    expect(faults({ services: [] })).toEqual(["services"]);
    // A form without a tick does not send the field.
    expect(faults({ services: undefined, weeks: undefined })).toEqual(["services", "weeks"]);
    expect(faults({ endClock: "18:00" })).toEqual(["endClock"]);
    expect(faults({ startClock: "25:00", announceDays: "0" })).toEqual(["startClock", "announceDays"]);
  });
});

test("templates have names of their own, are changed and removed, and belong to a kind", async () => {
  const now = "2026-05-20T08:00:00Z";
  const template = TemplateForm.parse({ ...fields, name: "Langsomme opslag" });
  const id = await saveTemplate(at(now), template);
  await expect(saveTemplate(at(now), template)).rejects.toMatchObject({ code: "conflict" });
  await saveTemplate(at(now), { ...template, templateId: id, title: "Meget langsomt" });
  expect(await listTemplates(at(now), "incident")).toMatchObject([{ title: "Meget langsomt" }]);
  expect(await listTemplates(at(now), "window")).toEqual([]);
  await removeTemplate(at(now), { id });
  expect(await listTemplates(at(now))).toEqual([]);
});

test("a vendor may prepare nothing", async () => {
  const now = at("2026-05-21T08:00:00Z", vendor);
  const template = TemplateForm.parse({ ...fields, name: "Skabelon" });
  const refused = { code: "not-allowed" };
  await expect(saveDraft(now, DraftForm.parse(fields))).rejects.toMatchObject(refused);
  await expect(saveTemplate(now, template)).rejects.toMatchObject(refused);
});
