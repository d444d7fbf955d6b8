import { render } from "svelte/server";
import { expect, test } from "vitest";
import ReceivedTable from "./ReceivedTable.svelte";

const now = new Date("2026-03-01T10:00:00Z");
const row = {
  ...{ id: "1", messageType: "DIS91", version: "D9134L", format: "EDIFACT" as const },
  ...{ nameDa: "Korrespondance", nameEn: null, isSuperseded: false, endpointName: null },
};

test.each([
  ["2020-01-01T00:00:00Z", null, "Nu"],
  ["2020-01-01T00:00:00Z", "2027-03-31T22:00:00Z", "Nu til og med 31-03-2027"],
  ["2020-01-01T00:00:00Z", "2027-03-31T12:00:00Z", "Nu til 31-03-2027 kl. 14:00"],
  ["2026-12-31T23:00:00Z", null, "Kommende fra 01-01-2027"],
  ["2026-12-31T23:00:00Z", "2027-03-31T22:00:00Z", "Kommende fra 01-01-2027 til og med 31-03-2027"],
])("a type received from %s to %s is shown as %s", (from, to, shown) => {
  const rows = [{ ...row, validFrom: new Date(from), validTo: to === null ? null : new Date(to) }];
  const { body } = render(ReceivedTable, { props: { rows, gln: "5790000000000", now } });
  const cells = body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  expect(cells).toMatch(new RegExp(`EDIFACT ${shown}$`));
});
