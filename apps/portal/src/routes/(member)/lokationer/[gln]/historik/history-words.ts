import type { HistoryLine } from "@sor/core/message-types";
import { m } from "#lib/words/index.ts";

/** The text of a line of a location number's history, in the page's language. */
export function actionText({ action }: HistoryLine): string {
  const texts: Record<string, () => string> = {
    "registration.edit": m.locations_action_registration,
    "endpoint.edit": m.locations_action_moved,
    "location.edit": m.locations_action_location,
    "unit.edit": m.locations_action_unit,
  };
  return (texts[action] ?? m.locations_action_other)();
}

/** The author of a change, in the page's language. */
export function whoText({ who, whoKind, supplierName }: HistoryLine): string {
  const name = who ?? supplierName ?? m.locations_unknown();
  return whoKind === "system" ? m.locations_by_job({ name }) : name;
}
