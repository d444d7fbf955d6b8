/** Answers how the services are doing: states, notices with their updates, probes, and the feed. */
export { statusBadge } from "./badge.ts";
export {
  agedState,
  type DecidedState,
  decideState,
  gravestState,
  isCurrent,
  isWindowRunning,
  probeFreshSeconds,
} from "./decide-state.ts";
export { type FeedEntry, feedEntries, newestChange } from "./feed-entries.ts";
export { atomFeed, jsonFeed } from "./notice-formats.ts";
export { asksDatabase, asksHttp, type ProbeResult, probe, recordProbes } from "./probe.ts";
export { type ProberOptions, startProber } from "./prober.ts";
export {
  getNotice,
  listCurrentNotices,
  listEarlierNotices,
  listFeedNotices,
  listNoticeAuthors,
  listNoticePages,
  listNoticesOfAlerts,
  type Notice,
  type NoticeFilter,
  type NoticeUpdate,
} from "./read-notices.ts";
export { listServices, readStatus, type Service, type ServiceStatus } from "./read-status.ts";
export { entryHtml, entryTitle, type FeedAddress, kindOfSlug, rssFeed } from "./rss.ts";
export {
  ClearedState,
  clockField,
  clockText,
  closingStates,
  type Environment,
  ManualState,
  ManualStateForm,
  NewNotice,
  NewNoticeForm,
  NewUpdate,
  NewUpdateForm,
  type NoticeFaultCode,
  NoticeKind,
  NoticeState,
  noticeFaultCodes,
  noticeKinds,
  type ProbeTarget,
  type ReadNotice,
  ServiceId,
  type ServiceState,
  serviceStates,
  statesOfKind,
  UpdateCorrection,
  WhichHour,
} from "./schemas.ts";
export { clearServiceState, setServiceState } from "./set-service-state.ts";
export { type StatuspageName, statuspageAnswer, statuspageNames } from "./statuspage.ts";
export { tendWindows } from "./tend-windows.ts";
export { windowsCalendar } from "./windows-calendar.ts";
export {
  kindNamesDa,
  kindSlugs,
  overallSentencesDa,
  serviceStateNamesDa,
  stateNamesDa,
} from "./wording.ts";
export {
  addNoticeUpdate,
  correctNoticeUpdate,
  createNotice,
  insertNotice,
  refuseTimesThatAreOver,
} from "./write-notices.ts";
