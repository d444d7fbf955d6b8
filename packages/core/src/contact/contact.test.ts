import { beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { takeLetters } from "../outbox/index.ts";
import { testDatabase } from "../testing/index.ts";
import { danishClock, instantsOnDanishClock } from "../validity/index.ts";
import { EnquiryForm, openState, type Support, sendEnquiry } from "./index.ts";
import { holdsPatientNumber } from "./patient-number.ts";

const danish = (text: string) => instantsOnDanishClock(text)[0] ?? new Date(Number.NaN);

test.each<[Support, string, boolean, string]>([
  ["technical", "2026-12-01T08:59", false, "2026-12-01T09:00"],
  ["technical", "2026-12-01T09:00", true, "2026-12-01T15:00"],
  ["technical", "2026-12-01T15:00", false, "2026-12-02T09:00"],
  ["technical", "2026-12-04T16:00", false, "2026-12-07T09:00"],
  ["professional", "2026-12-01T10:30", false, "2026-12-02T10:00"],
  ["professional", "2026-12-02T11:29", true, "2026-12-02T11:30"],
  ["professional", "2026-12-02T11:30", false, "2026-12-02T13:00"],
  ["professional", "2026-12-02T14:30", false, "2026-12-04T10:00"],
  // Christmas Eve to the second day of Christmas, and a weekend.
  ["technical", "2026-12-23T15:00", false, "2026-12-28T09:00"],
  ["technical", "2026-12-31T10:00", false, "2027-01-04T09:00"],
  // Maundy Thursday to Easter Monday.
  ["technical", "2026-04-02T10:00", false, "2026-04-07T09:00"],
  ["professional", "2026-04-02T10:00", false, "2026-04-08T10:00"],
  // The nights on which the clocks change.
  ["technical", "2026-03-29T01:59", false, "2026-03-30T09:00"],
  ["technical", "2026-10-25T02:30", false, "2026-10-26T09:00"],
  ["technical", "2028-02-29T09:00", true, "2028-02-29T15:00"],
])("%s support at %s is open: %s, until %s", (support, at, isOpen, changesAt) => {
  const state = openState(support, danish(at));
  expect([state.isOpen, danishClock(state.changesAt)]).toEqual([isOpen, changesAt]);
});

test.each([
  ["Patienten 010190-1234 mangler", true],
  ["0101901234", true],
  ["010190 1234", true],
  ["610190-1234", true],
  ["CPR:311299-4321.", true],
  ["5790000120420", false],
  ["SOR 331234567890123", false],
  ["ring 33 32 39 00", false],
  ["320190-1234", false],
  ["011390-1234", false],
  ["fejl 20261201-12345", false],
])("%s holds what may be a personal number: %s", (text, is) => {
  expect(holdsPatientNumber(text)).toBe(is);
});

const start = new Date("2026-12-01T12:00:00Z");
let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});
const fields = {
  ...{ support: "technical", name: "Anna\nBcc: ond@example.org", mail: "anna@example.dk" },
  ...{ subject: "Fejl i opslag", text: "Opslaget svarer ikke." },
};
const send = async (client: string, more: Record<string, string> = {}) => {
  const { isByProgram: _, ...form } = EnquiryForm.parse({ ...fields, ...more });
  const ctx = createContext(db, { kind: "anonymous" }, start);
  return await sendEnquiry(ctx, { ...form, client, supportAddress: "support@example.org", language: "da" });
};

test("an enquiry goes to its support, answered to its author, who gets a receipt that repeats nothing; both are unreadable at rest", async () => {
  const reference = await send("192.0.2.1");
  const { rows } = await db.execute("select content::text as text from letters");
  expect(JSON.stringify(rows)).not.toContain("Opslaget");
  const job = createContext(db, { kind: "system", job: "test" }, start);
  const letters = await takeLetters(job, { limit: 9, leaseSeconds: 60 });
  const of = (purpose: string) => letters.find((letter) => letter.purpose === purpose);
  expect(letters).toHaveLength(2);
  expect(of("enquiry")).toMatchObject({ to: "support@example.org", replyTo: "anna@example.dk" });
  expect(of("enquiry")?.content.subject).toBe(`[SOR ${reference}] Fejl i opslag`);
  expect(of("enquiry")?.content.text).toContain("Anna Bcc: ond@example.org <anna@example.dk>");
  expect(of("receipt")).toMatchObject({ to: "anna@example.dk", replyTo: null });
  expect(of("receipt")?.content.text).toContain(reference);
  expect(JSON.stringify(of("receipt")?.content)).not.toMatch(/Opslag|Anna|Fejl/);
});

test("an address and a network are used a limited number of times, and nothing of what is refused is sent", async () => {
  const refused = async (client: string, mail: string) =>
    await send(client, { mail }).then(
      () => "sent",
      (error: unknown) => (error instanceof DomainError ? error.code : error),
    );
  const byAddress = [];
  for (let count = 0; count < 5; count += 1)
    byAddress.push(await refused(`192.0.2.${count}`, "anna@example.dk"));
  expect(byAddress).toEqual(["sent", "sent", "sent", "too-many", "too-many"]);
  const byNetwork = [];
  for (let count = 0; count < 22; count += 1)
    byNetwork.push(await refused("198.51.100.1", `a${count}@example.dk`));
  expect(byNetwork.filter((outcome) => outcome === "sent")).toHaveLength(20);
  const { rows } = await db.execute("select count(*)::int as letters from letters");
  expect(rows).toEqual([{ letters: 46 }]);
});

test("a personal number is refused in every field, by name", () => {
  for (const field of ["name", "subject", "text"]) {
    const read = EnquiryForm.safeParse({ ...fields, [field]: "Om patient 010190-1234 i dag" });
    expect(read.error?.issues.map(({ path, message }) => [path[0], message])).toEqual([
      [field, "patient-number"],
    ]);
  }
});
