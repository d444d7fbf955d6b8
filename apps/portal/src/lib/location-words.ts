import type { LocationStatus } from "@sor/core/endpoints";
import type { PlannedChange, PlanProblem } from "@sor/core/message-types";
import { m } from "./paraglide/messages.js";

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

/** What becomes of a type, in the page's language, before it is saved. */
export function kindOf(kind: PlannedChange["kind"]): { text: string; tone: string } {
  if (kind === "added") return { text: m.locations_added(), tone: "good" };
  return kind === "ended"
    ? { text: m.locations_ended(), tone: "bad" }
    : { text: m.locations_changed(), tone: "plan" };
}

type Told = Pick<PlanProblem, "supersededBy" | "receipts"> & { code: PlanProblem["code"] | "day" };

/** What is wrong with, or worth knowing about, a wanted registration, in the page's language. */
export function problemText({ code, supersededBy, receipts }: Told): string {
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
    "begins-now": () => m.locations_fault_begins_now(),
    "start-kept": () => m.locations_fault_start_kept(),
    gap: () => m.locations_fault_gap(),
    day: () => m.locations_fault_day(),
  } satisfies Record<Told["code"], () => string>;
  return texts[code]();
}

/** The direction in the page's language. */
export function directionText(direction: "receive" | "send"): string {
  return direction === "receive" ? m.locations_receive() : m.locations_send();
}
