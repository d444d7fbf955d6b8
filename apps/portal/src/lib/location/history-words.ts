import type { HistoryChange } from "@sor/core/message-types";
import { addDays } from "@sor/core/validity";
import { formatDay } from "#lib/format-time.ts";
import { directionText, kindOf } from "#lib/location/location-words.ts";
import { periodText } from "#lib/period-words.ts";
import { m } from "#lib/words/index.ts";

/** The periods that a registration has after the change, in the page's language. */
export function periodsText(change: HistoryChange): string {
  return change.after
    .map((period) => {
      const { validFrom, validTo } = period;
      const time = periodText({
        validFrom: new Date(validFrom),
        validTo: validTo ? new Date(validTo) : null,
      });
      return [period.endpointName, time].filter(Boolean).join(", ");
    })
    .join("; ");
}

function fieldText(name: string): string {
  const texts: Record<string, () => string> = {
    onlyInternal: m.locations_field_onlyInternal,
    nonActive: m.locations_field_nonActive,
    validFrom: m.locations_field_validFrom,
    validTo: m.locations_field_validTo,
    systemId: m.locations_field_systemId,
    supplierId: m.locations_field_supplierId,
    netOperatorCode: m.locations_field_netOperatorCode,
    regionCode: m.locations_field_regionCode,
    ediAdministrator: m.locations_field_ediAdministrator,
    note: m.locations_field_note,
    successorGln: m.locations_field_successorGln,
  };
  return texts[name]?.() ?? name;
}

/** A location number is valid until a day, exclusive; people are shown the last day. */
function valueText(name: string, value: string | null): string {
  if (value === null) return m.locations_empty();
  if (name === "validFrom") return formatDay(value);
  if (name === "validTo") return formatDay(addDays(value, -1));
  return value === "true" ? m.locations_yes() : value === "false" ? m.locations_no() : value;
}

/** A field of a location number that changed, in the page's language. */
export function locationChangeText({
  name,
  from,
  to,
}: {
  name: string;
  from: string | null;
  to: string | null;
}): string {
  const field = fieldText(name);
  if (name.endsWith("Id")) return m.locations_field_renewed({ field });
  return m.locations_field_change({ field, from: valueText(name, from), to: valueText(name, to) });
}

/** A change of a location number in one line, as its history tells it. */
export function historyText(change: HistoryChange): string {
  const { subject } = change;
  if (subject.of !== "registration") return locationChangeText(subject);
  const type = `${subject.messageType} ${subject.version}`;
  const words = [directionText(subject.direction), periodsText(change)].filter(Boolean).join(" ");
  return `${kindOf(change.kind, true).text}: ${type} ${words}`;
}
