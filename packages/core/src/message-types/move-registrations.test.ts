import { expect, test } from "vitest";
import { movedFacts } from "./move-registrations.ts";
import type { RegistrationRow } from "./registration-plan.ts";

const now = new Date("2026-03-01T10:00:00Z");
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const row = (validFrom: Date, validTo: Date | null): RegistrationRow => ({
  id: "r",
  gln: "5790000000005",
  messageType: "DIS91",
  version: "D9134L",
  format: "EDIFACT",
  direction: "receive",
  endpointId: "old",
  validFrom,
  validTo,
  recordedAt: day("2026-01-01"),
  supersededAt: null,
});

test.each([
  [
    "holds now: what has been stays where it was, and ends as it would have",
    row(day("2026-01-01"), day("2027-01-01")),
    [
      { endpointId: "old", validFrom: day("2026-01-01"), validTo: now },
      { endpointId: "new", validFrom: now, validTo: day("2027-01-01") },
    ],
  ],
  [
    "begins later: it is moved whole",
    row(day("2026-06-01"), null),
    [{ endpointId: "new", validFrom: day("2026-06-01"), validTo: null }],
  ],
  [
    "begins this moment: it is moved whole",
    row(now, null),
    [{ endpointId: "new", validFrom: now, validTo: null }],
  ],
])("a registration that %s", (_, given, wanted) => {
  const moved = movedFacts(given, "new", now);
  expect(moved.map(({ endpointId, validFrom, validTo }) => ({ endpointId, validFrom, validTo }))).toEqual(
    wanted,
  );
});
