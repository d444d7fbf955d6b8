import { planRegistrations } from "../message-types/plan-registrations.ts";
import type { PlanInput, RegistrationRow } from "../message-types/registration-plan.ts";
import type { WantedRegistration } from "../message-types/schemas.ts";

export const now = new Date("2026-03-01T10:00:00Z");
export const day = (text: string) => new Date(`${text}T00:00:00Z`);
export const mine = { id: "e-mine", supplierId: "s-mine", state: "active" as const };
export const second = { id: "e-second", supplierId: "s-mine", state: "active" as const };
export const paused = { id: "e-paused", supplierId: "s-mine", state: "paused" as const };
export const closed = { id: "e-closed", supplierId: "s-mine", state: "closed" as const };
export const foreign = { id: "e-foreign", supplierId: "s-other", state: "active" as const };

/** The supplier of the location number, at all times. */
export const ofMine = { validFrom: "2020-01-01", validTo: null, supplierId: "s-mine" };

let serial = 0;

/** A recorded registration: DIS91 received at `mine` since the beginning of the year. */
export const row = (over: Partial<RegistrationRow> = {}): RegistrationRow => ({
  id: `row-${++serial}`,
  gln: "5790000000005",
  messageType: "DIS91",
  version: "D9134L",
  format: "EDIFACT",
  direction: "receive",
  endpointId: mine.id,
  validFrom: day("2026-01-01"),
  validTo: null,
  recordedAt: day("2026-01-01"),
  supersededAt: null,
  ...over,
});

/** The same as a wanted registration. */
export const want = (over: Partial<WantedRegistration> = {}): WantedRegistration => ({
  messageType: "DIS91",
  version: "D9134L",
  direction: "receive",
  endpointId: mine.id,
  validFrom: day("2026-01-01"),
  validTo: null,
  ...over,
});

export const receipts = ["CTL01 C0130Q", "CTL02 C0230Q", "CTL03 C0330Q"].map((pair) => {
  const [messageType = "", version = ""] = pair.split(" ");
  return { messageType, version };
});

/** The plan for a location number that has and keeps the receipts in addition to the given rows. */
export const plan = (
  current: RegistrationRow[],
  wanted: WantedRegistration[],
  over: Partial<PlanInput> = {},
) =>
  planRegistrations({
    current: [...receipts.map(row), ...current],
    wanted: [...wanted, ...receipts.map(want)],
    endpoints: [mine, second, paused, closed, foreign],
    suppliers: [ofMine],
    closesOn: null,
    allowGaps: false,
    now,
    ...over,
  });

/** The changes of a plan, without unchanged ones. */
export const touched = (done: ReturnType<typeof plan>) =>
  done.changes.filter((change) => change.kind !== "unchanged");
