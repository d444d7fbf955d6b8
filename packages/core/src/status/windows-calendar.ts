import { calendarDocument } from "../markup/index.ts";
import type { Notice } from "./read-notices.ts";
import { stateNamesDa } from "./wording.ts";

/** The service windows as a calendar: each keeps its UID, and every update raises its SEQUENCE. */
export function windowsCalendar(windows: readonly Notice[], origin: string): string {
  return calendarDocument({
    name: "SOR servicevinduer",
    about: "Servicevinduer",
    days: windows.flatMap((notice) => {
      const { plannedStart: from, plannedEnd: to } = notice;
      if (!from || !to) return [];
      const last = notice.updates.at(-1);
      return [
        {
          uid: `${notice.id}@sor`,
          ...{ from, to },
          changedAt: notice.updatedAt,
          sequence: notice.updates.length - 1,
          isCancelled: notice.state === "cancelled",
          title: `${stateNamesDa[notice.state]}: ${notice.title}`,
          text: `${last?.text ?? ""} Berører: ${notice.services.map(({ nameDa }) => nameDa).join(", ")}`,
          address: `${origin}/drift/${notice.id}`,
        },
      ];
    }),
  });
}
