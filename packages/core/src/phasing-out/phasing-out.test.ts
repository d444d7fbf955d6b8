import { beforeEach, expect, test } from "vitest";
import { applyChangeSet, submitChangeSet } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import { LocationFilter, listGlns, listRegistrations } from "../message-types/index.ts";
import {
  aLocation,
  anEndpoint,
  aSupplier,
  aUser,
  editorsOfRegister,
  newGln,
  receives,
} from "../testing/index.ts";
import {
  countOutdated,
  draftMove,
  importPhases,
  listOutdated,
  listVersions,
  MoveToSuccessor,
  reportOutdated,
  setPhase,
  VersionPhaseFields,
} from "./index.ts";

const old = { messageType: "DIS01", version: "D0133L" };
const successor = { messageType: "DIS01", version: "D0134L" };
let db: Database;
let authority: Context;
let vendor: Context;
let system: Context;
const glns: string[] = [];
let endpointId: string;

beforeEach(async () => {
  const world = await editorsOfRegister();
  ({ db, system } = world);
  authority = world.authority();
  const [ours, theirs] = [await aSupplier(db, "Vores"), await aSupplier(db, "Deres")];
  const scope = { kind: "supplier", supplierId: ours } as const;
  vendor = (await aUser(db, "anna", { role: "vendor-editor", scope, supplierId: ours }, system.now)).ctx;
  endpointId = await anEndpoint(db, { supplierId: ours });
  glns.splice(0);
  for (const supplierId of [ours, ours, ours, theirs]) {
    const gln = newGln();
    glns.push(gln);
    await aLocation(db, { gln, supplierId });
    const own = supplierId === ours ? endpointId : await anEndpoint(db, { supplierId });
    await receives(db, gln, own, [glns.length === 3 ? ["DIS01", "D0134L"] : ["DIS01", "D0133L"]]);
  }
});

const phase = (more: object = {}) =>
  VersionPhaseFields.parse({ ...old, phase: { phasedOutFrom: "2026-01-01", successor, ...more } });
const versionOf = async (ctx = system) =>
  (await listVersions(ctx)).find(
    ({ messageType, version }) => `${messageType} ${version}` === "DIS01 D0133L",
  );

test("the authority alone says what is phased out; the owner finds its numbers by it and in one set moves them to the next version", async () => {
  expect(await countOutdated(vendor)).toBe(0);
  await expect(setPhase(vendor, phase())).rejects.toMatchObject({ code: "not-allowed" });
  await setPhase(authority, phase());
  expect(await versionOf()).toMatchObject({ status: "phasing-out", phase: { successor } });
  expect([await countOutdated(vendor), await countOutdated(authority)]).toEqual([2, 3]);
  expect([...(await listOutdated(vendor))]).toEqual([["DIS01 D0133L", 2]]);
  const filter = LocationFilter.parse({ phasingOut: "yes" });
  expect(await listGlns(vendor, filter, 10)).toEqual(glns.slice(0, 2));

  const set = await draftMove(vendor, MoveToSuccessor.parse(old));
  expect(set.items).toHaveLength(2);
  await submitChangeSet(vendor, { id: set.id });
  await applyChangeSet(vendor, { id: set.id });
  expect([await countOutdated(vendor), await countOutdated(authority)]).toEqual([0, 1]);
  const held = await listRegistrations(vendor, {
    gln: glns[0] ?? "",
    at: new Date(system.now.getTime() + 1),
  });
  expect(held).toMatchObject([{ version: "D0134L", endpointId }]);
  await expect(draftMove(vendor, MoveToSuccessor.parse(old))).rejects.toMatchObject({ code: "invalid" });
});

test("the report counts by vendor and region, each actor's own", async () => {
  await setPhase(authority, phase());
  await db.$client.query("update location_versions set region_code = '1084' where gln = $1", [glns[0]]);
  const line = { ...old, locations: 1 };
  expect(await reportOutdated(authority)).toEqual([
    { ...line, supplierName: "Deres", regionCode: null },
    { ...line, supplierName: "Vores", regionCode: "1084" },
    { ...line, supplierName: "Vores", regionCode: null },
  ]);
  expect((await reportOutdated(vendor)).map(({ supplierName }) => supplierName)).toEqual(["Vores", "Vores"]);
});

test("a phase that begins later, and a registration that ends in time, count nowhere", async () => {
  await setPhase(authority, phase({ phasedOutFrom: "2099-01-01" }));
  expect([await countOutdated(vendor), (await versionOf())?.status]).toEqual([0, "in-use"]);
  await setPhase(authority, phase({ endsOn: "2027-01-01" }));
  expect(await countOutdated(vendor)).toBe(2);
  for (const [n, end] of ["2027-01-01T00:00:00+01:00", "2027-01-01T00:00:01+01:00"].entries())
    await db.$client.query("update registrations set valid_to = $1 where gln = $2", [end, glns[n]]);
  expect(await listGlns(vendor, LocationFilter.parse({ phasingOut: "yes" }), 10)).toEqual([glns[1]]);
});

test("somebody else's change is not overwritten, and a version in use again is told by the journal", async () => {
  const before = (await versionOf())?.etag;
  await setPhase(authority, { ...phase(), etag: before });
  const late = setPhase(authority, { ...VersionPhaseFields.parse({ ...old, phase: null }), etag: before });
  await expect(late).rejects.toMatchObject({ code: "conflict" });
  await setPhase(authority, { ...old, phase: null, etag: (await versionOf())?.etag });
  expect(await versionOf()).toMatchObject({ status: "in-use", phase: null, etag: before });
  const entries = await listJournal(db, { limit: 2 });
  expect(entries.map(({ subjectType, subjectId }) => [subjectType, subjectId])).toEqual(
    Array.from({ length: 2 }, () => ["message-type-version", "DIS01 D0133L"]),
  );
});

test.each([
  [{ ...old, version: "D0000X", phase: null }],
  [{ ...old, phase: { phasedOutFrom: "2026-01-01", successor: old } }],
  [{ ...old, phase: { phasedOutFrom: "2026-01-02", endsOn: "2026-01-02" } }],
  [{ ...old, phase: { phasedOutFrom: "2026-01-01", successor: { ...successor, version: "X" } } }],
])("%j is refused", (given) => {
  expect(VersionPhaseFields.safeParse(given).success).toBe(false);
});

const header = "Version;Meddelelsestype;Udfases fra;Sidste dag;Afløses af version;Note";
const file = (...rows: string[]) => ({ bytes: Buffer.from(`\uFEFF${[header, ...rows].join("\r\n")}\r\n`) });

test("a file sets what it names, gives back what it leaves empty, and with a fault changes nothing", async () => {
  const given = file("D0133L;DIS01;1-1-2026;31-12-2026;D0134L;x", "D0134L;DIS01;;;;");
  expect(await importPhases(authority, given)).toEqual({ rows: 2, changed: 1, faults: [] });
  expect((await versionOf())?.phase).toEqual({
    phasedOutFrom: "2026-01-01",
    endsOn: "2027-01-01",
    successor,
  });
  expect(await importPhases(authority, given)).toMatchObject({ changed: 0 });
  const faulty = file("D0133L;DIS01;;;;", "D0199L;DIS01;1-1-2026;;;", "D0134L;DIS01;1/13/2026;;;");
  expect((await importPhases(authority, faulty)).faults).toEqual([
    { row: 3, column: "version", value: "D0199L", rule: "no-such-type" },
    { row: 4, column: "phasedOutFrom", value: "1/13/2026", rule: "file-day" },
  ]);
  expect((await versionOf())?.status).toBe("phasing-out");
  await expect(importPhases(vendor, given)).rejects.toMatchObject({ code: "not-allowed" });
  const stranger = { bytes: Buffer.from("a;b\r\n1;2\r\n") };
  await expect(importPhases(authority, stranger)).rejects.toMatchObject({
    details: { fault: "file-no-phases" },
  });
});
