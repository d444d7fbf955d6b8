import { beforeEach, expect, test } from "vitest";
import { applyChangeSet, previewChangeSet, revertChangeSet, submitChangeSet } from "../changesets/index.ts";
import type { Context } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import { LocationFilter, listGlns } from "../message-types/index.ts";
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
  assignProfile,
  draftAlignment,
  findDeviation,
  getProfile,
  listProfiles,
  ProfileAssignment,
  ProfileFields,
  removeProfile,
  saveProfile,
  unassignProfile,
} from "./index.ts";

let db: Database;
let [authority, vendor, stranger]: Context[] = [];
let [ours, theirs] = ["", ""];
let endpointId: string;
let glns: string[];

beforeEach(async () => {
  const world = await editorsOfRegister();
  db = world.db;
  authority = world.authority();
  const vendorOf = async (name: string) => {
    const supplierId = await aSupplier(db, name);
    const scope = { kind: "supplier", supplierId } as const;
    const { ctx } = await aUser(db, name, { role: "vendor-editor", scope, supplierId }, world.system.now);
    return [supplierId, ctx] as const;
  };
  [ours, vendor] = await vendorOf("vores");
  [theirs, stranger] = await vendorOf("deres");
  endpointId = await anEndpoint(db, { supplierId: ours });
  glns = [newGln(), newGln(), newGln()];
  for (const gln of glns) await aLocation(db, { gln, supplierId: ours });
  await receives(db, glns[0] ?? "", endpointId, [["DIS91", "D9134L"]]);
  await receives(db, glns[1] ?? "", endpointId, [
    ["DIS91", "D9134L"],
    ["CTL01", "C0130Q"],
  ]);
  await receives(db, glns[2] ?? "", endpointId, [
    ["DIS91", "D9134L"],
    ["PID02", "I0230D"],
  ]);
});

const receive = (messageType: string, version: string) => ({ messageType, version, direction: "receive" });
const fields = (
  name = "LPS standard 2027",
  types = [receive("DIS91", "D9134L"), receive("CTL01", "C0130Q")],
) => ProfileFields.parse({ name, types });
const assign = (ctx: Context, profileId: string, of = glns) =>
  assignProfile(ctx, ProfileAssignment.parse({ profileId, glns: of }));
const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("the world is made");
  return value;
};
const deviating = (ctx: Context, profileId: string) =>
  listGlns(ctx, LocationFilter.parse({ profileId, deviates: "yes" }), 10);

test("a profile's deviations are found, brought in line by one change set that is previewed, and taken back", async () => {
  const as = given(vendor);
  const { id } = await saveProfile(given(authority), { ...fields(), supplierId: null });
  await assign(as, id);
  expect(await listProfiles(as)).toMatchObject([{ id, locations: 3, deviating: 2, mayEdit: false }]);
  expect(await deviating(as, id)).toEqual([glns[0], glns[2]]);
  expect(await findDeviation(as, { gln: glns[2] ?? "" })).toMatchObject({
    name: "LPS standard 2027",
    missing: [receive("CTL01", "C0130Q")],
    beyond: [receive("PID02", "I0230D")],
  });
  const set = await draftAlignment(as, { id, at: null });
  const { problems, differences } = await previewChangeSet(as, { id: set.id });
  expect([problems.filter(({ severity }) => severity === "error"), differences.length]).toEqual([[], 2]);
  expect(await deviating(as, id)).toHaveLength(2);
  await submitChangeSet(as, { id: set.id });
  await applyChangeSet(as, { id: set.id });
  expect(await deviating(as, id)).toEqual([]);
  await expect(draftAlignment(as, { id, at: null })).rejects.toMatchObject({ code: "invalid" });
  const undo = await revertChangeSet(as, { id: set.id });
  await submitChangeSet(as, { id: undo.id });
  await applyChangeSet(as, { id: undo.id });
  expect(await deviating(as, id)).toEqual([glns[0], glns[2]]);
});

test("what another vendor has named is neither seen nor used nor changed, and the authority's only used", async () => {
  const own = await saveProfile(given(vendor), { ...fields("Vores egen"), supplierId: ours });
  const general = await saveProfile(given(authority), { ...fields(), supplierId: null });
  expect((await listProfiles(given(stranger))).map(({ name }) => name)).toEqual(["LPS standard 2027"]);
  const as = given(stranger);
  await expect(getProfile(as, { id: own.id })).rejects.toMatchObject({ code: "not-found" });
  await expect(assign(as, own.id)).rejects.toMatchObject({ code: "not-found" });
  await expect(assign(as, general.id)).rejects.toMatchObject({ code: "not-found" });
  await expect(removeProfile(as, { id: general.id })).rejects.toMatchObject({ code: "not-allowed" });
  const taken = { ...fields("Andet"), id: own.id, supplierId: theirs };
  await expect(saveProfile(as, taken)).rejects.toMatchObject({ code: "not-found" });
  await expect(saveProfile(as, { ...fields("Andet"), supplierId: ours })).rejects.toMatchObject({
    code: "not-allowed",
  });
  expect((await listProfiles(given(authority))).map(({ name }) => name)).toEqual([
    "LPS standard 2027",
    "Vores egen",
  ]);
});

test("a location number that passes to another vendor has the former vendor's profile no more", async () => {
  const as = given(vendor);
  const { id } = await saveProfile(as, { ...fields(), supplierId: ours });
  await assign(as, id);
  await db.$client.query("update location_versions set supplier_id = $1 where gln = $2", [theirs, glns[0]]);
  expect(await findDeviation(given(stranger), { gln: glns[0] ?? "" })).toBeNull();
  expect(await findDeviation(given(authority), { gln: glns[0] ?? "" })).toBeNull();
  expect((await listProfiles(as))[0]).toMatchObject({ locations: 2, deviating: 1 });
});

test("a changed profile makes its location numbers deviate; a name counts once, and another's change stays", async () => {
  const as = given(vendor);
  const { id } = await saveProfile(as, { ...fields(), supplierId: ours });
  await assign(as, id, glns.slice(1, 2));
  const { etag } = await getProfile(as, { id });
  await saveProfile(as, { ...fields("Ny", [receive("DIS91", "D9134L")]), id, supplierId: ours, etag });
  expect(await findDeviation(as, { gln: glns[1] ?? "" })).toMatchObject({
    beyond: [receive("CTL01", "C0130Q")],
  });
  await expect(saveProfile(as, { ...fields(), id, supplierId: ours, etag })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(saveProfile(as, { ...fields("Ny"), supplierId: ours })).rejects.toMatchObject({
    code: "conflict",
  });
  await unassignProfile(as, ProfileAssignment.parse({ profileId: id, glns: glns.slice(1, 2) }));
  expect(await findDeviation(as, { gln: glns[1] ?? "" })).toBeNull();
  await assign(as, id);
  await removeProfile(as, { id });
  expect(await listProfiles(as)).toEqual([]);
  const kinds = (await listJournal(db, { limit: 20 })).map(({ subjectType }) => subjectType);
  expect(kinds.filter((kind) => kind === "location-profile")).toHaveLength(5);
});

test.each([
  ["an unknown version", [{ messageType: "DIS91", version: "X", direction: "receive" }]],
  ["no types", []],
])("%s is refused", (_name, types) => {
  expect(ProfileFields.safeParse({ name: "Profil", types }).success).toBe(false);
});
