import { MessageFilter } from "@sor/core/tracking";
import { expect, test } from "vitest";
import { MessageQuery } from "./message-query.ts";
import { readFilter } from "./queries.ts";

const typed = ["fromDay", "toDay", "reference"] as const;
const read = (query: string) =>
  readFilter(
    MessageQuery.extend({ after: MessageFilter.shape.after }),
    new URL(`https://sor.example/meddelelser?${query}`),
    typed,
  );

test("an invalid value is reported at its field, and the rest of the filter is used", () => {
  expect(read("messageType=DIS01&fromDay=i+morgen&toDay=31-02-2026&lang=en")).toEqual({
    query: { messageType: "DIS01" },
    problem: {
      values: { messageType: ["DIS01"], fromDay: ["i morgen"], toDay: ["31-02-2026"] },
      fieldFaults: {
        fromDay: ["Skriv datoen som dd-mm-åååå, fx 31-12-2026."],
        toDay: ["Datoen findes ikke i kalenderen."],
      },
      formFaults: [],
    },
  });
});

test("a valid query is parsed, with days as calendar days", () => {
  expect(read("fromDay=1.3.2026&reference=M2")).toEqual({
    query: { fromDay: "2026-03-01", reference: "M2" },
    problem: null,
  });
});

test("a query that no form can produce is refused", () => {
  expect(() => read("state=%27%3B+drop+table&fromDay=i+morgen")).toThrow("cannot be read");
});
