/** Answers which notices are prepared: templates, drafts, those that publish themselves, and recurring windows. */
export {
  discardDraft,
  draftVersion,
  getDraft,
  listDrafts,
  type NoticeDraft,
  publishDraft,
  saveDraft,
} from "./drafts.ts";
export { type Occurrence, occurrencesBetween } from "./occurrences.ts";
export { publishDueDrafts } from "./publish-due.ts";
export { DraftForm, DraftPlace, NewSeriesForm, NoticeFields, TemplateForm, weeksOfMonth } from "./schemas.ts";
export { announceWindows, createSeries, endSeries, listSeries, type WindowSeries } from "./series.ts";
export { listTemplates, type NoticeTemplate, removeTemplate, saveTemplate } from "./templates.ts";
