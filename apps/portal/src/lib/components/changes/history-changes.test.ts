import type { HistoryChange } from "@sor/core/message-types";
import { render } from "svelte/server";
import { expect, test } from "vitest";
import EntryChanges from "../../../routes/(member)/journal/EntryChanges.svelte";
import HistoryChanges from "./HistoryChanges.svelte";

const textOf = (body: string) =>
  body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

const field = (name: string, from: string | null, to: string | null): HistoryChange => ({
  ...{ kind: "changed", before: [], after: [] },
  subject: { of: "field", name, from, to },
});

test("the history of a location number shows days as people write them, the last one inclusive", () => {
  const changes = [field("validFrom", "2026-01-01", "2026-02-01"), field("validTo", null, "2026-04-01")];
  const { body } = render(HistoryChanges, { props: { changes } });
  expect(textOf(body)).toBe("Gælder fra: 01-01-2026 → 01-02-2026 Til og med: tom → 31-03-2026");
});

test.each([
  ["2026-04-01", "til og med 31-03-2026"],
  ["2026-03-31T22:00:00.000Z", "til og med 31-03-2026"],
  ["2026-03-31T12:00:00.000Z", "til 31-03-2026 kl. 14:00"],
])("the journal shows that something ends at %s as %s", (to, shown) => {
  const fields = [{ path: ["versions", "validTo"], from: null, to }];
  const changes = { history: [], fields, fieldsMore: 0 };
  const { body } = render(EntryChanges, { props: { changes: changes as never, vendors: {} } });
  expect(textOf(body)).toMatch(new RegExp(`Slutter: .* → ${shown}$`));
});
