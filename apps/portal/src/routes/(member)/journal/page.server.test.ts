import { DomainError } from "@sor/core";
import { appendEntries, type NewEntry } from "@sor/core/journal";
import { createNotice } from "@sor/core/status";
import { aWorldOfVendors } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { load } from "./+page.server.ts";
import type { PageData } from "./$types";
import { GET } from "./journal.csv/+server.ts";
import { journalRows } from "./journal-rows.ts";

let world: Awaited<ReturnType<typeof aWorldOfVendors>>;
const day = new Date("2026-03-01T10:00:00Z");

beforeAll(async () => {
  world = await aWorldOfVendors();
});

const write = (entry: Partial<NewEntry>, job = "natjob") =>
  world.db.transaction((tx) =>
    appendEntries(tx, { kind: "system", job }, day, [
      { action: "unit.edit", outcome: "done", subjectType: "unit", subjectId: "1", ...entry },
    ]),
  );

async function read(query = "", ctx = world.authority.ctx): Promise<PageData> {
  try {
    return (await load(testEvent({ ctx, path: `/journal?${query}` }) as never)) as PageData;
  } catch (thrown) {
    return thrown as PageData;
  }
}

test("subjects have their names and links, and only changed fields are shown", async () => {
  const services = ["edi-gateway"];
  const incident = { kind: "incident", title: "Langsomme opslag", text: "Langsomt.", services } as const;
  const notice = await createNotice(world.authority.ctx, {
    ...incident,
    state: "investigating",
    priority: 2,
  });
  const [newest] = (await read("action=notice.edit")).entries;
  expect(newest?.subject).toEqual({
    id: notice,
    name: "Langsomme opslag",
    href: `/driftsbeskeder/${notice}`,
  });
  const userId = world.admin.userId;
  const was = { name: "Adam", scopes: ["a"] };
  await write({ subjectType: "user", subjectId: userId, before: was, after: { ...was, scopes: ["a", "b"] } });
  const [user] = (await read("subjectType=user&who=natjob")).entries;
  expect(user?.subject).toMatchObject({ href: `/brugere/${userId}`, name: expect.any(String) });
  expect(user?.changes?.fields).toEqual([{ path: ["scopes"], from: ["a"], to: ["a", "b"] }]);
  expect(user?.changes?.data).toBeNull();
});

test("message types of a location number are shown as in its history, deeply nested values as raw data", async () => {
  const period = { messageType: "DIS01", version: "D0134L", direction: "receive", endpointId: null };
  const after = { registrations: [{ ...period, validFrom: "2026-03-01T00:00:00.000Z", validTo: null }] };
  const gln = "5790000123117";
  const about = { subjectType: "location", subjectId: gln, glns: [gln] };
  await write({ ...about, action: "registration.edit", before: { registrations: [] }, after });
  const [line] = (await read(`gln=${gln}`)).entries;
  expect(line?.subject?.href).toBe(`/lokationer/${gln}`);
  expect(line?.changes).toMatchObject({ history: [{ kind: "added" }], fields: [], data: null });
  await write({ subjectId: "2", after: { versions: [{ name: "Klinikken" }] } });
  const [unit] = (await read("action=unit.edit&who=NAT")).entries;
  expect(unit?.subject?.name).toBe("Klinikken");
  expect(unit?.changes?.data?.after).toContain("Klinikken");
});

test("a step of a change set has its states in words, and may be undone only where the register changed", async () => {
  const set = {
    subjectType: "change-set",
    action: "change-set.edit",
    subjectId: "019a0000-0000-7000-8000-00000000000a",
  } as const;
  await write({ ...set, before: { state: "draft" }, after: { state: "submitted", title: "Nye navne" } });
  const [step] = (await read("action=change-set.edit")).entries;
  expect(step?.subject?.name).toBe("Nye navne");
  expect(step?.changes?.fields[0]).toEqual({ path: ["state"], from: "Kladde", to: "Sendt til godkendelse" });
  expect(step?.isUndoable).toBe(false);
  await write({ subjectId: "3", after: { versions: [] } });
  await write({ subjectId: "3", outcome: "refused" });
  expect((await read("action=unit.edit")).entries.slice(0, 2).map((entry) => entry.isUndoable)).toEqual([
    false,
    true,
  ]);
});

test("a refusal without a particular or existing subject has no link", async () => {
  for (const subjectId of ["any", "019a0000-0000-7000-8000-000000000000", "ikke en id"]) {
    await write({ subjectType: "endpoint", subjectId, action: "endpoint.read", outcome: "refused" });
    const [entry] = (await read("outcome=refused&action=endpoint.read")).entries;
    expect(entry?.subject).toEqual({ id: subjectId, name: null, href: null });
  }
});

test("the next page's URL keeps the filter, and an invalid day is reported at its field", async () => {
  for (let count = 0; count < 51; count += 1) await write({}, "sidejob");
  const page = await read("who=sidejob&fromDay=01-03-2026&toDay=2026-03-01");
  expect([page.entries.length, page.next]).toEqual([50, expect.stringContaining("who=sidejob")]);
  expect((await read(page.next?.split("?")[1])).entries).toHaveLength(1);
  expect((await read("who=sidejob&fromDay=02-03-2026")).entries).toEqual([]);
  const wrong = await read("who=sidejob&fromDay=30-02-2026");
  expect(wrong.problem?.fieldFaults).toEqual({ fromDay: ["Datoen findes ikke i kalenderen."] });
  expect([wrong.entries, wrong.query.who]).toEqual([[], "sidejob"]);
  expect(await read("action=registration")).toBeInstanceOf(DomainError);
  expect(await read("", world.admin.ctx)).toMatchObject({ status: 403 });
});

test("the file has the page's columns for the filter, formulas as text, and says where it ends", async () => {
  const asked = (query: string, ctx = world.authority.ctx) =>
    testEvent({ ctx, path: `/journal/journal.csv?${query}` }) as never;
  await write({ subjectId: "4", comment: "=1+1" }, "=filjob");
  await write({ subjectId: "5", before: { name: "A;B" }, after: { name: "C" } }, "=filjob");
  const answer = await GET(asked("who=%3Dfil"));
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="journal.csv"');
  const lines = new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(await answer.arrayBuffer())
    .split("\r\n");
  expect(lines[0]).toBe("\uFEFFNr.;Hvornår;Hvem;Hvad;Emne;Ændringer");
  expect(lines[1]).toMatch(/^\d+;01-03-2026 kl\. 11:00:00;'=filjob;[^;]+;Enhed: C;"Navn: A;B → C"$/);
  expect(lines[2]).toMatch(/;Enhed: 4;„=1\+1”$/);
  expect(lines.slice(3)).toEqual([""]);
  const firsts: (string | undefined)[] = [];
  for await (const [first] of journalRows(world.authority.ctx, { who: "=fil" }, 1)) firsts.push(first);
  expect(firsts).toEqual(["Nr.", lines[1]?.split(";")[0], expect.stringContaining("1 linje")]);
  await expect(async () => GET(asked("", world.admin.ctx))).rejects.toMatchObject({ status: 403 });
});
