import type { ChangePage } from "../changes/index.ts";
import { parsePosition } from "../journal/index.ts";

type Rows = NonNullable<ChangePage["rows"]>;

/** An event of CloudEvents 1.0 in the JSON format, with the extension `sequence` and ours. */
type CloudEvent = Readonly<Record<string, unknown>>;

const types = { changed: "sor.register.changed", rows: "sor.register.rows" } as const;
const sequenceDigits = 15;

/** The number as the extension `sequence` wants it: as text it sorts as the numbers do. */
const sequenceText = (sequence: number): string => String(sequence).padStart(sequenceDigits, "0");

function begin(type: keyof typeof types, source: string, id: string, sequence: number) {
  return {
    specversion: "1.0",
    ...{ id, source, type: types[type] },
    ...{ datacontenttype: "application/json", sequence: sequenceText(sequence) },
  };
}

const hasRows = ({ units, locations }: Rows) => units.length + locations.length > 0;

/**
 * A page of the feed as a batch: an event for each entry, and then one with what a copy replaces. Every event has the mark of its
 * transaction, and the same id however often it is sent. Pure.
 */
export function eventsOfPage(page: ChangePage, { source, at }: { source: string; at: Date }): CloudEvent[] {
  const events: CloudEvent[] = page.items.map((entry) => ({
    ...begin("changed", source, entry.offset, entry.sequence),
    time: entry.at,
    subject: `${entry.entity}/${entry.id}`,
    transaction: String(entry.transaction),
    islast: entry.isLast,
    data: entry,
  }));
  const { rows } = page;
  if (!rows || !hasRows(rows)) return events;
  const { sequence = 0 } = parsePosition(page.next) ?? {};
  const told = begin("rows", source, `${page.next}-rows`, sequence);
  return [...events, { ...told, time: at.toISOString(), data: rows }];
}

/** A part of a refresh as one event, marked with the id of the refresh. Pure. */
export function eventOfRefresh(
  {
    rows,
    told,
    refresh,
  }: { rows: Rows; told: string; refresh: { id: string; part: string; isLast: boolean } },
  { source, at }: { source: string; at: Date },
): CloudEvent {
  const { sequence = 0 } = parsePosition(told) ?? {};
  return {
    ...begin("rows", source, `${refresh.id}-${refresh.part}`, sequence),
    ...{ time: at.toISOString(), refresh: refresh.id, islast: refresh.isLast, data: rows },
  };
}
