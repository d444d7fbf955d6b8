import type { Notice } from "./read-notices.ts";
import { feedItemsMost } from "./read-notices.ts";
import type { NoticeKind, NoticeState } from "./schemas.ts";

/** One published update, as every feed shows it. Texts are plain; each feed adds its own markup. */
export type FeedEntry = {
  id: string;
  noticeId: string;
  number: number;
  title: string;
  kind: NoticeKind;
  state: NoticeState;
  text: string;
  services: { id: string; nameDa: string }[];
  plannedStart: Date | null;
  plannedEnd: Date | null;
  publishedAt: Date;
  changedAt: Date;
};

/**
 * The entries of a feed, newest first: every update of an open notice whatever its age, then the newest others up to
 * `feedItemsMost` (rule F21).
 */
export function feedEntries(notices: readonly Notice[]): FeedEntry[] {
  const entries = notices.flatMap((notice) =>
    notice.updates.map((update) => ({ isOpen: notice.closedAt === null, entry: entryOf(notice, update) })),
  );
  const byNewest = entries.sort(
    (a, b) =>
      b.entry.publishedAt.getTime() - a.entry.publishedAt.getTime() || (a.entry.id < b.entry.id ? 1 : -1),
  );
  let room = feedItemsMost - byNewest.filter(({ isOpen }) => isOpen).length;
  return byNewest.flatMap(({ isOpen, entry }) => {
    if (isOpen) return [entry];
    room -= 1;
    return room >= 0 ? [entry] : [];
  });
}

function entryOf(notice: Notice, update: Notice["updates"][number]): FeedEntry {
  return {
    id: update.id,
    noticeId: notice.id,
    number: update.number,
    title: notice.title,
    kind: notice.kind,
    state: update.state,
    text: update.text,
    services: notice.services.map(({ id, nameDa }) => ({ id, nameDa })),
    plannedStart: notice.plannedStart,
    plannedEnd: notice.plannedEnd,
    publishedAt: update.publishedAt,
    changedAt: update.correctedAt ?? update.publishedAt,
  };
}

/** When the content of a feed last changed (rule F8); undefined for an empty one. */
export function newestChange(entries: readonly FeedEntry[]): Date | undefined {
  return entries.reduce<Date | undefined>(
    (newest, entry) => (newest && newest >= entry.changedAt ? newest : entry.changedAt),
    undefined,
  );
}
