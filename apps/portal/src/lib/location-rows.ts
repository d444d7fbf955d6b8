import type { Location } from "@sor/core/message-types";
import { dayInDenmark } from "@sor/core/validity";

/** The last day, in Denmark, on which something that ends at this instant was valid. */
export function lastDayOf(end: Date): string {
  return dayInDenmark(new Date(end.getTime() - 1));
}

/** One registration as the matrix shows it; days are Danish, the last day inclusive. */
export type LocationRow = {
  messageType: string;
  version: string;
  direction: "receive" | "send";
  endpointId: string | null;
  endpointName: string | null;
  nameDa: string | null;
  nameEn: string | null;
  isSuperseded: boolean;
  /** Whether it has begun; then its first day can no longer be changed. */
  hasBegun: boolean;
  from: string;
  to: string;
  /** Null for a registration that will be added again. */
  start: Date | null;
  end: Date | null;
};

/** A registration of a location number as the matrix shows it. */
export function rowOf(row: Location["registrations"][number], now: Date): LocationRow {
  const { messageType, version, direction, endpointId, endpointName, nameDa, nameEn, isSuperseded } = row;
  return {
    messageType,
    version,
    direction,
    endpointId,
    endpointName,
    nameDa,
    nameEn,
    isSuperseded,
    hasBegun: row.validFrom <= now,
    from: dayInDenmark(row.validFrom),
    to: row.validTo === null ? "" : lastDayOf(row.validTo),
    start: row.validFrom,
    end: row.validTo,
  };
}

/** The hidden fields of a row: its registration, and its values when the page was opened. */
export function carriedOf(row: LocationRow): Record<string, string> {
  return {
    type: row.messageType,
    version: row.version,
    direction: row.direction,
    start: row.start?.toISOString() ?? "",
    end: row.end?.toISOString() ?? "",
    was: row.endpointId ?? "",
  };
}

/** The rows of a form: the current ones, and those that it restores although others have ended them. */
export function rowsOfForm(
  present: readonly LocationRow[],
  values: Record<string, string[]> | undefined,
): LocationRow[] {
  const rows = [...present];
  for (let at = rows.length; values?.[`type-${at}`]; at += 1) {
    const text = (field: string) => values[`${field}-${at}`]?.[0] ?? "";
    rows.push({
      messageType: text("type"),
      version: text("version"),
      direction: text("direction") === "send" ? "send" : "receive",
      endpointId: text("was") || null,
      endpointName: null,
      nameDa: null,
      nameEn: null,
      isSuperseded: false,
      hasBegun: values[`from-${at}`] === undefined,
      from: "",
      to: "",
      start: null,
      end: null,
    });
  }
  return rows;
}
