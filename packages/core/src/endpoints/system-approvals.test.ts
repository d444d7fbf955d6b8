import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import type { Actor } from "../permissions/index.ts";
import { aVendor, testDatabase } from "../testing/index.ts";
import { countDeployments, createSystem, listApprovals, setApprovals } from "./index.ts";
import { SystemApproval, SystemFields } from "./schemas.ts";
import { endpoints, locations, locationVersions } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
const authority: Actor = {
  kind: "user",
  id: "u",
  name: "Myndighed",
  supplierId: null,
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null }],
};
let db: Database;
let vendor: Awaited<ReturnType<typeof aVendor>>;
let systemId: string;
const as = (actor: Actor) => createContext(db, actor, now);
const approval = (more: Partial<SystemApproval> = {}) =>
  SystemApproval.parse({
    ...{ productVersion: "4.2", messageType: "DIS91", version: "D9134L", direction: "send" },
    ...{ approvedOn: "2026-01-01", ...more },
  });

beforeAll(async () => {
  db = await testDatabase();
  vendor = await aVendor(db);
  const own = as({ ...vendor.key, scopes: ["endpoints:write"] });
  systemId = (await createSystem(own, SystemFields.parse({ supplierId: vendor.supplierId, name: "Journal" })))
    .id;
});

test("approvals are set by the authority, as a whole and journalled once, not by the vendor", async () => {
  const approvals = [approval(), approval({ direction: "receive", expiresOn: "2027-01-01" })];
  expect(await setApprovals(as(authority), { systemId, approvals })).toHaveLength(2);
  await setApprovals(as(authority), { systemId, approvals });
  const told = (await listJournal(db, { limit: 10 })).filter(
    (each) => each.subjectType === "system-approvals",
  );
  expect(told).toHaveLength(1);
  const own = as({ ...vendor.key, scopes: ["endpoints:write"] });
  await expect(setApprovals(own, { systemId, approvals: [] })).rejects.toMatchObject({ code: "not-allowed" });
  expect((await listApprovals(db, systemId)).map((each) => each.direction)).toEqual(["receive", "send"]);
});

test.each([
  ["twice", [approval(), approval()]],
  ["ends-before-it-begins", [approval({ expiresOn: "2026-01-01" })]],
])("an approval that is there %s is refused", async (fault, approvals) => {
  const setting = setApprovals(as(authority), { systemId, approvals });
  await expect(setting).rejects.toMatchObject({ code: "invalid", details: { fault } });
});

test("deployments are the current location numbers and the open endpoints", async () => {
  const { supplierId } = vendor;
  await db.insert(locations).values([{ gln: "5790000128686" }, { gln: "5790000120420" }]);
  const version = { validFrom: "2020-01-01", recordedAt: now, systemId, supplierId };
  await db.insert(locationVersions).values([
    { id: "0196f1f0-0000-7000-8000-000000000001", gln: "5790000128686", ...version },
    { id: "0196f1f0-0000-7000-8000-000000000002", gln: "5790000120420", ...version, validTo: "2026-03-01" },
  ]);
  const endpoint = { supplierId, systemId, transport: "mailbox" as const };
  await db.insert(endpoints).values([
    { id: "0196f1f0-0000-7000-8000-000000000003", name: "a", ...endpoint },
    { id: "0196f1f0-0000-7000-8000-000000000004", name: "b", ...endpoint, state: "closed" },
  ]);
  expect(await countDeployments(as(authority), systemId)).toEqual({ locationNumbers: 1, endpoints: 1 });
});
