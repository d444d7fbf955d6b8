import { expect, test } from "vitest";
import { ManualStateForm, NewNoticeForm } from "./schemas.ts";

const window = {
  kind: "window",
  title: "Vedligehold",
  text: "Vi vedligeholder.",
  state: "scheduled",
  services: ["sor"],
  plannedStart: "2026-10-24T22:00",
  plannedEnd: "2026-10-25T02:30",
};
const faults = (form: object) =>
  NewNoticeForm.safeParse(form).error?.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`) ??
  [];

test("for a repeated hour a choice is required", () => {
  expect(faults(window)).toEqual(["plannedEnd: ambiguous-time"]);
  const summer = NewNoticeForm.parse({ ...window, plannedEndHour: "summer" });
  const normal = NewNoticeForm.parse({ ...window, plannedEndHour: "normal" });
  expect(summer.plannedEnd).toEqual(new Date("2026-10-25T00:30:00Z"));
  expect(normal.plannedEnd).toEqual(new Date("2026-10-25T01:30:00Z"));
});

test("a skipped hour is rejected", () => {
  expect(faults({ ...window, plannedEnd: "2027-03-28T02:30" })).toEqual(["plannedEnd: no-such-time"]);
});

test("a day that does not exist is not reported as a skipped hour", () => {
  expect(faults({ ...window, plannedEnd: "2027-02-30T10:00" })).toEqual(["plannedEnd: no-such-day"]);
  expect(faults({ ...window, plannedEnd: "2027-02-28T24:00" })).toEqual(["plannedEnd: no-such-day"]);
});

test("a time is written in Danish format; another format is distinguished from a time that does not exist", () => {
  const written = NewNoticeForm.parse({
    ...window,
    plannedStart: "24.10.2026 kl. 22.00",
    plannedEndHour: "normal",
  });
  expect(written.plannedStart).toEqual(new Date("2026-10-24T20:00:00Z"));
  expect(faults({ ...window, plannedEnd: "i morgen" })).toEqual(["plannedEnd: not-a-time"]);
});

test("all errors of a form are reported at once", () => {
  const incident = {
    ...window,
    kind: "incident",
    title: "x",
    text: "",
    services: [],
    plannedStart: "2027-02-30T10:00",
  };
  expect(
    faults(incident)
      .map((fault) => fault.split(":")[0])
      .sort(),
  ).toEqual(["plannedEnd", "plannedStart", "priority", "services", "state", "text", "title"].sort());
});

test("a manual state needs a reason of three characters, as in core", () => {
  const form = { serviceId: "edi-gateway", state: "down", seen: ["edi-gateway:1", "sor:"] };
  for (const reason of ["", "a", "no "]) {
    expect(ManualStateForm.safeParse({ ...form, reason }).error?.issues[0]?.path).toEqual(["reason"]);
  }
  expect(ManualStateForm.parse({ ...form, reason: "Omstart" })).toMatchObject({
    seenStateId: "1",
    expiresAt: null,
  });
  expect(ManualStateForm.parse({ ...form, state: "", serviceId: "sor" })).toEqual({
    serviceId: "sor",
    seenStateId: null,
    state: "",
  });
});

test.each([
  ["a window without times", { ...window, plannedStart: "", plannedEnd: "" }, "plannedStart"],
  ["an end before the start", { ...window, plannedEnd: "2026-10-23T10:00" }, "plannedEnd"],
  [
    "an incident without priority",
    { ...window, kind: "incident", state: "investigating", plannedEndHour: "normal" },
    "priority",
  ],
  ["a state of another kind", { ...window, state: "resolved", plannedEndHour: "summer" }, "state"],
  ["no service", { ...window, services: [], plannedEndHour: "summer" }, "services"],
  ["an empty text", { ...window, text: " ", plannedEndHour: "summer" }, "text"],
])("%s is refused at its field", (_name, form, field) => {
  expect(faults(form).some((fault) => fault.startsWith(`${field}:`))).toBe(true);
});
