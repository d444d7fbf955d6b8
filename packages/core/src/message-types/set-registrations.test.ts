import { beforeAll, expect, test } from "vitest";

import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import {
  createEndpoint,
  createSupplier,
  EndpointFields,
  LocationFields,
  SupplierFields,
} from "../endpoints/index.ts";
import { completeGln, Gln } from "../identifiers/index.ts";
import { listJournal } from "../journal/index.ts";
import type { Actor, Role } from "../permissions/index.ts";
import { registerLocation, testDatabase } from "../testing/index.ts";
import {
  addRegistration,
  endRegistration,
  listRegistrations,
  NewRegistration,
  previewRegistrations,
  RegistrationEnd,
  RegistrationSet,
  registrationsEtag,
  setRegistrations,
} from "./index.ts";
import { registrations } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
let db: Database;
let root: Context;
const a = { supplierId: "", endpointId: "" };
const b = { supplierId: "", endpointId: "" };
let serial = 0;

const user = (supplierId: string, role: Role = "vendor-editor"): Actor => ({
  kind: "user",
  id: `${role}-${supplierId}`,
  name: "Bruger",
  supplierId,
  grants: [{ role, scope: { kind: "supplier", supplierId }, validFrom: new Date(0), validTo: null }],
});
const as = (actor: Actor, at = now) => createContext(db, actor, at);

async function aSupplier(into: typeof a, name: string): Promise<void> {
  into.supplierId = (await createSupplier(root, SupplierFields.parse({ name }))).id;
  const fields = EndpointFields.parse({ supplierId: into.supplierId, name: "Ind", transport: "mailbox" });
  into.endpointId = (await createEndpoint(root, fields)).endpoint.id;
}

beforeAll(async () => {
  db = await testDatabase();
  root = createContext(db, { kind: "system", job: "test" }, now);
  await aSupplier(a, "Leverandør A");
  await aSupplier(b, "Leverandør B");
});

async function aLocation(supplierId = a.supplierId): Promise<Gln> {
  const gln = Gln.parse(completeGln(`57900${String(++serial).padStart(7, "0")}`));
  await registerLocation(root, {
    gln,
    validFrom: "2020-01-01",
    validTo: null,
    fields: LocationFields.parse({ supplierId }),
  });
  return gln;
}

const one = (gln: Gln, messageType: string, version: string, over: object = {}) =>
  NewRegistration.parse({ gln, messageType, version, endpointId: a.endpointId, ...over });
const present = async (gln: Gln, at = now) =>
  (await listRegistrations(root, { gln, at })).map((each) => `${each.messageType} ${each.version}`);
const etagNow = async (gln: Gln) => registrationsEtag(await listRegistrations(root, { gln }));
const setting = (gln: Gln, etag: string, pairs: [string, string][]) =>
  RegistrationSet.parse({
    gln,
    etag,
    registrations: pairs.map(([messageType, version]) => ({
      messageType,
      version,
      endpointId: a.endpointId,
    })),
  });

test("a set is saved as a whole, with one journal entry with the location number and the changes", async () => {
  const gln = await aLocation();
  const ctx = as(user(a.supplierId));
  await addRegistration(ctx, one(gln, "DIS91", "D9134L"));
  await setRegistrations(
    ctx,
    setting(gln, await etagNow(gln), [
      ["DIS01", "D0134L"],
      ["CTL03", "C0330Q"],
    ]),
  );
  expect(await present(gln)).toEqual(["CTL03 C0330Q", "DIS01 D0134L"]);
  const [entry, ...rest] = await listJournal(db, { gln, limit: 10 });
  expect(rest.map((each) => each.action)).toEqual(["registration.edit", "location.edit"]);
  expect(entry).toMatchObject({
    action: "registration.edit",
    outcome: "done",
    subjectType: "location",
    subjectId: gln,
    glns: [gln],
    supplierId: a.supplierId,
    before: { registrations: [{ messageType: "DIS91" }] },
    after: { registrations: [{ messageType: "CTL03" }, { messageType: "DIS01" }] },
  });
});

test("saving the same set again writes nothing and keeps the ETag", async () => {
  const gln = await aLocation();
  const { etag } = await addRegistration(root, one(gln, "DIS91", "D9134L"));
  const count = async () => (await listJournal(db, { gln, limit: 100 })).length;
  const before = await count();
  const again = await setRegistrations(
    as({ kind: "system", job: "later" }, later(5)),
    setting(gln, etag, [["DIS91", "D9134L"]]),
  );
  expect(again.etag).toBe(etag);
  expect(await count()).toBe(before);
});

test("a preview shows the changes and writes nothing", async () => {
  const gln = await aLocation();
  const { etag } = await addRegistration(root, one(gln, "DIS91", "D9134L"));
  const seen = await previewRegistrations(as(user(a.supplierId)), setting(gln, etag, [["DIS01", "D0133L"]]));
  expect(seen.etag).toBe(etag);
  expect(seen.plan.changes.map((change) => `${change.kind} ${change.messageType}`)).toEqual([
    "added DIS01",
    "ended DIS91",
  ]);
  expect(seen.plan.problems.map((problem) => problem.code)).toEqual([
    "superseded-version",
    "missing-receipt",
  ]);
  expect(await present(gln)).toEqual(["DIS91 D9134L"]);
});

test("after changes, both the state at an instant and the knowledge at an instant can be queried", async () => {
  const gln = await aLocation();
  const system: Actor = { kind: "system", job: "test" };
  await addRegistration(as(system, later(0)), one(gln, "DIS91", "D9134L"));
  await endRegistration(
    as(system, later(2)),
    RegistrationEnd.parse({ gln, messageType: "DIS91", version: "D9134L" }),
  );
  expect(await present(gln, later(1))).toEqual(["DIS91 D9134L"]);
  expect(await present(gln, later(2))).toEqual([]);
  const known = await listRegistrations(root, { gln, at: later(3), knownAt: later(1) });
  expect(known.map((each) => each.messageType)).toEqual(["DIS91"]);
  expect(await listRegistrations(root, { gln, at: later(3), knownAt: later(2) })).toEqual([]);
});

test.each([
  ["another supplier's editor", () => user(b.supplierId)],
  ["a reader", () => user(a.supplierId, "reader")],
])("%s is refused, nothing changes, and the attempt is journalled", async (_who, actor) => {
  const gln = await aLocation();
  const etag = await etagNow(gln);
  const ctx = as(actor());
  const input = setting(gln, etag, [["DIS91", "D9134L"]]);
  await expect(setRegistrations(ctx, input)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(previewRegistrations(ctx, input)).rejects.toMatchObject({ code: "not-allowed" });
  await expect(addRegistration(ctx, one(gln, "DIS91", "D9134L"))).rejects.toMatchObject({
    code: "not-allowed",
  });
  expect(await present(gln)).toEqual([]);
  const refused = await listJournal(db, { gln, outcome: "refused", limit: 10 });
  // Repeated requests within the minute are counted in the same entry.
  expect(refused).toHaveLength(1);
  expect(new Set(refused.map((entry) => entry.actorId))).toEqual(new Set([(ctx.actor as { id: string }).id]));
});

test("an anonymous actor must sign in, and an unregistered number is not found", async () => {
  const gln = await aLocation();
  const anonymous = as({ kind: "anonymous" });
  await expect(addRegistration(anonymous, one(gln, "DIS91", "D9134L"))).rejects.toMatchObject({
    code: "not-signed-in",
  });
  const unknown = Gln.parse(completeGln("579999999999"));
  await expect(addRegistration(root, one(unknown, "DIS91", "D9134L"))).rejects.toMatchObject({
    code: "not-found",
  });
});

test("another supplier's endpoint and an overlap are rejected with their index, and nothing is written", async () => {
  const gln = await aLocation();
  await addRegistration(root, one(gln, "DIS91", "D9134L"));
  const twice = addRegistration(root, one(gln, "DIS91", "D9134L"));
  await expect(twice).rejects.toMatchObject({
    code: "invalid",
    details: { problems: [{ code: "overlap", at: 1 }] },
  });
  const foreign = addRegistration(root, one(gln, "DIS01", "D0134L", { endpointId: b.endpointId }));
  await expect(foreign).rejects.toMatchObject({
    details: { problems: [{ code: "foreign-endpoint", at: 1 }] },
  });
  expect(await present(gln)).toEqual(["DIS91 D9134L"]);
});

test("an end may be in the future; the type is received until then", async () => {
  const gln = await aLocation();
  await addRegistration(root, one(gln, "DIS91", "D9134L"));
  const end = RegistrationEnd.parse({
    gln,
    messageType: "DIS91",
    version: "D9134L",
    at: later(24).toISOString(),
  });
  await endRegistration(root, end);
  expect(await present(gln, later(23))).toEqual(["DIS91 D9134L"]);
  expect(await present(gln, later(24))).toEqual([]);
  const none = RegistrationEnd.parse({ gln, messageType: "DIS02", version: "D0234L" });
  await expect(endRegistration(root, none)).rejects.toMatchObject({ code: "not-found" });
  const past = { ...end, at: now };
  await expect(endRegistration(root, past)).rejects.toMatchObject({ code: "invalid" });
});

test("of two writers with the same ETag one succeeds, the other gets a conflict, and nothing of the first is lost", async () => {
  for (let round = 0; round < 5; round += 1) {
    const gln = await aLocation();
    const etag = await etagNow(gln);
    const sets: [string, string][][] = [[["DIS91", "D9134L"]], [["DIS01", "D0134L"]]];
    const done = await Promise.allSettled(
      sets.map((pairs, i) => setRegistrations(as(user(a.supplierId), later(i)), setting(gln, etag, pairs))),
    );
    const won = done.findIndex((each) => each.status === "fulfilled");
    expect(done[1 - won]).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
    expect(await present(gln, later(9))).toEqual([(sets[won] ?? [])[0]?.join(" ")]);
  }
});

test("ten concurrent writers who each add a type all succeed, one after the other", async () => {
  const gln = await aLocation();
  const types = ["DIS01 D0134L", "DIS02 D0234L", "DIS03 D0334L", "DIS05 D0533L", "DIS06 D0633L"];
  const more = ["DIS91 D9134L", "REF01 H0131R", "CTL01 C0130Q", "CTL02 C0230Q", "CTL03 C0330Q"];
  const all = [...types, ...more];
  // The writers' clocks differ, and the one who waits longest may have the earliest time.
  await Promise.all(
    all.map((pair, i) => {
      const [messageType = "", version = ""] = pair.split(" ");
      return addRegistration(as(user(a.supplierId), later(10 - i)), one(gln, messageType, version));
    }),
  );
  expect((await present(gln, later(11))).toSorted()).toEqual(all.toSorted());
  const entries = await listJournal(db, { gln, limit: 100 });
  expect(entries.filter((entry) => entry.action === "registration.edit")).toHaveLength(10);
});

test("a writer whose clock is behind continues from the recorded time: no knowledge period is reversed", async () => {
  const gln = await aLocation();
  await addRegistration(as(user(a.supplierId), later(2)), one(gln, "DIS91", "D9134L"));
  const end = RegistrationEnd.parse({ gln, messageType: "DIS91", version: "D9134L" });
  await endRegistration(as(user(a.supplierId), later(1)), end);
  const rows = (await db.select().from(registrations)).filter((row) => row.gln === gln);
  expect(rows.map((row) => [row.recordedAt, row.supersededAt])).toEqual([[later(2), later(2)]]);
});

test("SQL in any field is rejected by the schema or stored as plain text", async () => {
  const sql = "'; drop table registrations; --";
  const gln = await aLocation();
  const good = { gln, messageType: "DIS91", version: "D9134L", endpointId: a.endpointId };
  for (const field of ["gln", "messageType", "version", "endpointId", "direction", "validFrom", "validTo"]) {
    expect(NewRegistration.safeParse({ ...good, [field]: sql }).success).toBe(false);
  }
  const { plan } = await addRegistration(root, NewRegistration.parse({ ...good, comment: sql }));
  expect(plan.added).toHaveLength(1);
  const [entry] = await listJournal(db, { gln, limit: 1 });
  expect(entry?.comment).toBe(sql);
});
