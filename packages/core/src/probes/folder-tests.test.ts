import { beforeAll, beforeEach, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import type { Actor } from "../permissions/index.ts";
import { anEndpoint, aVendor, testDatabase } from "../testing/index.ts";
import { endpointHealth, orderFolderTest, takeFolderTests, testEndpoint, tryWantedFolder } from "./index.ts";
import { endpointChecks } from "./tables.ts";

const now = new Date("2026-03-01T10:20:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
let db: Database;
let owner: Actor;
let supplierId: string;
let folder: string;

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  await db.delete(endpointChecks);
  const vendor = await aVendor(db);
  supplierId = vendor.supplierId;
  owner = { ...vendor.key, scopes: ["endpoints:write"] } as Actor;
  folder = await anEndpoint(db, { supplierId, transport: "folder", address: "edi/ind" });
});

const asOwner = (at = now) => createContext(db, owner, at);
const asGateway = (at = now) => createContext(db, { kind: "system", job: "probe" }, at);
const take = (at = now) => takeFolderTests(asGateway(at), { limit: 10, leaseSeconds: 60 });
const probesOf = async (at = now) => (await endpointHealth(asOwner(at), { id: folder })).probes;

test("only a process with access to folders can test one: without it nothing is tested and nothing claimed", async () => {
  const tried = testEndpoint(asOwner(), { id: folder, method: "test-event", privateHosts: [] });
  await expect(tried).rejects.toMatchObject({ code: "invalid", details: { fault: "folder" } });
  expect((await probesOf()).latest).toEqual([]);
  // The refusal did not count against the rate limit.
  await orderFolderTest(asOwner(), { id: folder });
});

test("an ordered test waits until exactly one gateway has tested the folder", async () => {
  await orderFolderTest(asOwner(), { id: folder });
  expect((await probesOf()).folderWantedAt).toBe(now.toISOString());
  await expect(orderFolderTest(asOwner(later(9)), { id: folder })).rejects.toMatchObject({
    code: "too-many",
  });
  const taken = (await Promise.all([take(), take()])).flat();
  expect(taken).toEqual([{ endpointId: folder, supplierId, path: "edi/ind" }]);
  const [wanted] = taken;
  if (!wanted) throw new Error("nothing was taken");
  await tryWantedFolder(asGateway(later(1)), wanted, async () => ({ fault: "ENOENT" }));
  const { latest, folderWantedAt } = await probesOf(later(1));
  expect(folderWantedAt).toBeNull();
  expect(latest).toMatchObject([
    { origin: "test", isUp: false, detail: { method: "folder", fault: "folder", excerpt: "ENOENT" } },
  ]);
  await orderFolderTest(asOwner(later(11)), { id: folder });
  expect(await take(later(11))).toHaveLength(1);
});

test("a gateway that crashes during a test leaves it to another", async () => {
  await orderFolderTest(asOwner(), { id: folder });
  expect(await take()).toHaveLength(1);
  expect(await take(later(59))).toEqual([]);
  expect(await take(later(61))).toHaveLength(1);
});

test("a test of an endpoint that is not a folder, or another's, is refused", async () => {
  const mailbox = await anEndpoint(db, { supplierId });
  await expect(orderFolderTest(asOwner(), { id: mailbox })).rejects.toMatchObject({ code: "invalid" });
  const stranger = { ...(await aVendor(db)).key, scopes: ["endpoints:write"] } as Actor;
  const ordered = orderFolderTest(createContext(db, stranger, now), { id: folder });
  await expect(ordered).rejects.toMatchObject({ code: "not-allowed" });
  expect(await take()).toEqual([]);
});
