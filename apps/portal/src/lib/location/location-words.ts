import type { LocationStatus } from "@sor/core/endpoints";
import type { PlannedChange, PlanProblem } from "@sor/core/message-types";
import { gapText } from "#lib/period-words.ts";
import type { MessageGroup } from "#lib/server/location/reading.ts";
import { m } from "#lib/words/index.ts";

/** The title of the location numbers page: a supplier sees its own, others those in the scope of their roles. */
export function locationsTitle(user: { isOfSupplier: boolean }): string {
  return user.isOfSupplier ? m.shell_member_locations() : m.shell_member_locations_all();
}

/** A location number's status in the page's language, and the tone of its tag. */
export function statusOf(status: LocationStatus): { text: string; tone: string } {
  const statuses = {
    active: { text: m.locations_active(), tone: "good" },
    inactive: { text: m.locations_inactive(), tone: "warn" },
    coming: { text: m.locations_coming(), tone: "plan" },
    closed: { text: m.locations_closed(), tone: "bad" },
  } satisfies Record<LocationStatus, { text: string; tone: string }>;
  return statuses[status];
}

/** The change of a type, planned or done, in the page's language. */
export function kindOf(kind: PlannedChange["kind"], isDone = false): { text: string; tone: string } {
  const kinds = {
    added: [m.locations_added, m.locations_was_added, "good"],
    changed: [m.locations_changed, m.locations_was_changed, "plan"],
    ended: [m.locations_ended, m.locations_was_ended, "bad"],
    unchanged: [m.locations_unchanged, m.locations_unchanged, "note"],
  } satisfies Record<PlannedChange["kind"], [() => string, () => string, string]>;
  const [ahead, done, tone] = kinds[kind];
  return { text: (isDone ? done : ahead)(), tone };
}

type Told = Pick<PlanProblem, "supersededBy" | "receipts" | "pairedWith" | "gap"> & {
  code: PlanProblem["code"] | "not-a-day" | "no-such-day";
};

/** An error or warning about a wanted registration, in the page's language. */
export function problemText({ code, supersededBy, receipts, pairedWith, gap }: Told): string {
  const texts = {
    "unknown-type": () => m.locations_fault_unknown_type(),
    "not-a-message": () => m.locations_fault_not_a_message(),
    "endpoint-missing": () => m.locations_fault_endpoint_missing(),
    "unknown-endpoint": () => m.locations_fault_unknown_endpoint(),
    "foreign-endpoint": () => m.locations_fault_foreign_endpoint(),
    "endpoint-closed": () => m.locations_fault_endpoint_closed(),
    "endpoint-paused": () => m.locations_fault_endpoint_paused(),
    "location-closed": () => m.locations_fault_location_closed(),
    "validity-reversed": () => m.locations_fault_validity_reversed(),
    "ends-in-past": () => m.locations_fault_ends_in_past(),
    overlap: () => m.locations_fault_overlap(),
    "superseded-version": () =>
      supersededBy
        ? m.locations_fault_superseded_version({ version: supersededBy })
        : m.locations_fault_superseded_plain(),
    "missing-receipt": () => m.locations_fault_missing_receipt({ receipts: (receipts ?? []).join(", ") }),
    "version-pair": () => m.locations_fault_version_pair({ pair: pairedWith ?? "" }),
    "no-receiver": () => m.locations_fault_no_receiver(),
    "begins-now": () => m.locations_fault_begins_now(),
    "start-kept": () => m.locations_fault_start_kept(),
    gap: () => (gap ? gapWords(gap) : ""),
    "not-a-day": () => m.form_fault_not_a_day(),
    "no-such-day": () => m.form_fault_no_such_day(),
  } satisfies Record<Told["code"], () => string>;
  return texts[code]();
}

/** The period in which nothing is received, or sent, in the page's language. */
export function gapWords({
  direction,
  ...gap
}: {
  direction: "receive" | "send";
  from: Date;
  to: Date;
}): string {
  const period = gapText(gap);
  return direction === "send" ? m.locations_gap_send({ period }) : m.locations_gap_receive({ period });
}

/** The field name of a gap's checkbox. */
export const gapField = (id: string): string => `gap-${id.replaceAll(/\W+/g, "-")}`;

/** The id of the checkbox of a message's row, and the field of its faults. */
export const rowFieldOf = (key: string): string => `valgt-${key.replaceAll(/\W+/g, "-")}`;

/** The heading of a group of messages, in the page's language. */
export function groupText(group: MessageGroup): string {
  const texts = {
    receipts: m.one_group_receipts,
    correspondence: m.one_group_correspondence,
    discharge: m.one_group_discharge,
    answers: m.one_group_answers,
    referrals: m.one_group_referrals,
    requests: m.one_group_requests,
    others: m.one_group_others,
  } satisfies Record<MessageGroup, () => string>;
  return texts[group]();
}

/** The direction in the page's language. */
export function directionText(direction: "receive" | "send"): string {
  return direction === "receive" ? m.locations_receive() : m.locations_send();
}
