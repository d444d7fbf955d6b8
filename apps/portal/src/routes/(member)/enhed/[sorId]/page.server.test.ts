import { createContext } from "@sor/core";
import { saveEdit } from "@sor/core/changesets";
import { listLocationVersions } from "@sor/core/endpoints";
import { createRange } from "@sor/core/location-numbers";
import { addRegistration, listRegistrations, NewRegistration } from "@sor/core/message-types";
import { findOrganisation, getUnitLine, listSuccessors } from "@sor/core/organisations";
import { anEndpoint, aSupplier, newGln } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { aHospital, type Outcome, open, post, untouched } from "../../../../testing/unit-pages.ts";
import * as splitting from "./del/+page.server.ts";
import * as moving from "./flyt/+page.server.ts";
import * as numbering from "./lokationsnummer/+page.server.ts";
import * as closing from "./luk/+page.server.ts";
import * as creating from "./ny/+page.server.ts";
import * as merging from "./sammenlaeg/+page.server.ts";

type Page = {
  load: (event: never) => unknown;
  actions: { preview?: unknown; save?: unknown; number?: unknown };
};
type Data = { etag: string; fields: FieldView[]; below: { count: number; inheriting: number } };
type Action = (event: never) => unknown;

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
});

const opened = async (page: Page, sorId: string, ctx = world.region()) =>
  await open<Data>(page.load, { ctx, sorId });
const formOf = async (page: Page, sorId: string) => {
  const { fields, etag } = await opened(page, sorId);
  return { ...untouched(fields), etag };
};
const preview = async (page: Page, sorId: string, form: Record<string, string>, ctx = world.region()) =>
  await post(page.actions.preview as Action, form, { ctx, sorId, query: "?/preview" });
const save = async (page: Page, sorId: string, form: Record<string, string>) =>
  await post(
    page.actions.save as Action,
    { into: "now", ...form },
    { ctx: world.region(), sorId, query: "?/save" },
  );

/** Sees the effect and saves the same form. */
async function carryOut(page: Page, sorId: string, form: Record<string, string>): Promise<Outcome> {
  const { effect, data } = await preview(page, sorId, form);
  if (!effect) throw new Error(JSON.stringify(data?.problem ?? "no effect"));
  const saved = await save(page, sorId, form);
  expect(saved.status, JSON.stringify(saved)).toBe(303);
  return saved;
}
const unitIn = ({ location }: Outcome) => /\/enhed\/(\d+)/.exec(location ?? "")?.[1] ?? "";
const on = async (sorId: string, validAt: string) =>
  await findOrganisation(world.region(), { sorId, validAt });
const successorsOf = async (sorId: string) =>
  (await listSuccessors(world.region(), { sorId })).replacedBy.map((each) => each.name);

/** A location number of its own for the unit, which receives letters, or another type. */
async function giveNumber(
  sorId: string,
  { ofSupplier, messageType = "DIS91", version = "D9134L" }: Partial<Record<string, string>> = {},
): Promise<string> {
  const gln = newGln();
  const supplierId = ofSupplier ?? (await aSupplier(world.db, `Leverandør ${gln}`));
  const command = {
    kind: "location.create",
    gln,
    validFrom: "2020-01-01",
    unitSorId: sorId,
    fields: { supplierId },
  };
  await saveEdit(world.system, { title: "Nummer", commands: [command], into: "now" });
  const endpointId = await anEndpoint(world.db, { supplierId, address: "https://example.org/ind" });
  const wanted = { gln, messageType, version, endpointId };
  await addRegistration(world.system, NewRegistration.parse(wanted));
  return gln;
}

test("a new ward is prefilled from its department, previewed, and holds from its day", async () => {
  const form = { ...(await formOf(creating, world.heart)), name: "Afsnit 2", validFrom: "01-01-2027" };
  const missing = await preview(creating, world.heart, { ...form, shakCode: "12345" });
  expect(Object.keys(missing.data?.problem.fieldFaults ?? {})).toEqual(["shakCode"]);
  const gln = newGln();
  const whole = {
    ...form,
    ...{
      hasAmbulantActivity: "nej",
      admitsPatients: "ja",
      isReportingLevel: "nej",
      glnRule: "own",
      newGln: gln,
    },
  };
  const count = (await opened(creating, world.heart)).below.count;
  const { effect } = await preview(creating, world.heart, whole);
  expect(effect?.items.map(({ name }) => name)).toEqual(["Afsnit 2", `Lokationsnummer ${gln}`]);
  expect(effect?.items[0]).toMatchObject({
    kind: "added",
    effect: { lines: [{ period: "fra 01-01-2027" }] },
  });
  expect(effect?.warnings.join()).toContain("lokationsnummer");
  expect((await opened(creating, world.heart)).below.count).toBe(count);
  const sorId = unitIn(await carryOut(creating, world.heart, whole));
  expect(await on(sorId, "2026-12-31")).toBeUndefined();
  expect(await on(sorId, "2027-01-01")).toMatchObject({ name: "Afsnit 2", gln, parentSorId: world.heart });
});

test("a closing is refused while units stand below and messages are received, and offers what to do with them", async () => {
  const { heart, ward, eyes } = world;
  const gln = await giveNumber(heart);
  const form = {
    ...(await formOf(closing, heart)),
    lastDay: "30-06-2026",
    "successor.0": `Øjenafdelingen · ${eyes}`,
  };
  const { data } = await preview(closing, heart, form);
  expect(Object.keys(data?.problem.fieldFaults ?? {}).toSorted()).toEqual(["below", "numbers"]);
  await carryOut(closing, heart, { ...form, below: "move", numbers: "give" });
  expect(await on(heart, "2026-06-30")).toBeDefined();
  expect(await on(heart, "2026-07-01")).toBeUndefined();
  expect(await on(ward, "2026-07-01")).toMatchObject({ parentSorId: eyes });
  expect(await on(eyes, "2026-07-01")).toMatchObject({ gln });
  expect(await successorsOf(heart)).toEqual(["Øjenafdelingen"]);
});

test("a unit is closed as registered in error with its reason, and its page and effect say so", async () => {
  const { hospital, eyes } = world;
  const form = { ...(await formOf(creating, hospital)), name: "Øjnene", validFrom: "01-01-2026" };
  const answers = { hasAmbulantActivity: "nej", admitsPatients: "nej", isReportingLevel: "nej" };
  const sorId = unitIn(await carryOut(creating, hospital, { ...form, ...answers }));
  const wrong = {
    ...(await formOf(closing, sorId)),
    ...{ lastDay: "01-06-2026", closing: "registered-in-error", "successor.0": eyes, "share.0": "part" },
  };
  const { data } = await preview(closing, sorId, wrong);
  expect(Object.keys(data?.problem.fieldFaults ?? {})).toEqual(["reason"]);
  const whole = { ...wrong, reason: "duplicate" };
  const { effect } = await preview(closing, sorId, whole);
  expect(effect?.items[0]?.effect).toMatchObject({
    withdrawal: "Enheden er registreret to gange",
    successors: "Øjenafdelingen (overtager en del)",
  });
  await carryOut(closing, sorId, whole);
  const before = await on(sorId, "2026-06-01");
  expect(before?.withdrawal).toEqual({ reason: "duplicate", validTo: "2026-06-02" });
});

test("a closing without successor ends the units below and their location numbers", async () => {
  const { eyes, ward } = world;
  const gln = await giveNumber(ward);
  const form = { ...(await formOf(closing, eyes)), lastDay: "31-12-2027", closing: "ended" };
  const whole = { ...form, below: "close", numbers: "end" };
  const { effect } = await preview(closing, eyes, whole);
  const ending = effect?.items.find(({ id }) => id === gln);
  expect(ending).toMatchObject({
    kind: "ended",
    effect: { registrations: [{ subject: { messageType: "DIS91" } }] },
  });
  const { status, effect: again } = await save(closing, eyes, {
    ...whole,
    into: "draft",
  });
  expect([status, again]).toEqual([303, undefined]);
  expect(await on(ward, "2028-01-01")).toBeDefined();
});

test("a unit moves below another, and not below itself", async () => {
  const { hospital, heart, eyes, ward } = world;
  const form = { ...(await formOf(moving, ward)), validFrom: "01-02-2027" };
  const circle = await preview(moving, eyes, { ...(await formOf(moving, eyes)), parentSorId: ward });
  expect(circle.data?.problem.fieldFaults.parentSorId?.join()).toContain("under sig selv");
  const foreign = await preview(moving, ward, { ...form, parentSorId: world.otherOwner });
  expect(foreign.status).toBe(400);
  const closed = await preview(moving, ward, { ...form, parentSorId: heart });
  expect(closed.data?.problem.fieldFaults.parentSorId?.join()).toContain("findes ikke den dag");
  await carryOut(moving, ward, { ...form, parentSorId: hospital });
  expect(await on(ward, "2027-01-31")).toMatchObject({ parentSorId: eyes });
  expect(await on(ward, "2027-02-01")).toMatchObject({ parentSorId: hospital });
});

test("a department is split in two with successors; its location number goes on without a gap", async () => {
  const { eyes, ward } = world;
  const before = await on(eyes, "2026-08-31");
  const gln = before?.gln ?? "";
  const form = {
    ...(await formOf(splitting, eyes)),
    ...{ validFrom: "01-09-2026", "first.name": "Øjne nord", "second.name": "Øjne syd", gln: "second" },
    [`below.${ward}`]: "second",
  };
  await carryOut(splitting, eyes, form);
  expect((await successorsOf(eyes)).toSorted()).toEqual(["Øjne nord", "Øjne syd"]);
  const { replacedBy } = await listSuccessors(world.region(), { sorId: eyes });
  const south = replacedBy.find(({ name }) => name === "Øjne syd")?.sorId ?? "";
  expect(await on(south, "2026-09-01")).toMatchObject({ gln, level: "unit", hasAmbulantActivity: true });
  expect((await on(ward, "2026-09-01"))?.parentSorId).toBe(south);
  expect(await on(eyes, "2026-09-01")).toBeUndefined();
});

test("units are merged into a new one, which takes over what is below and the location number", async () => {
  const { replacedBy } = await listSuccessors(world.region(), { sorId: world.eyes });
  const [north, south] = replacedBy.toSorted((a, b) => String(a.name).localeCompare(String(b.name)));
  const gln = (await on(south?.sorId ?? "", "2027-02-28"))?.gln ?? "";
  const [{ supplierId }] = (await listLocationVersions(world.db, gln)) as unknown as [{ supplierId: string }];
  const letters = { ofSupplier: supplierId, messageType: "DIS01", version: "D0134L" };
  const kept = await giveNumber(north?.sorId ?? "", letters);
  const form = {
    ...(await formOf(merging, north?.sorId ?? "")),
    ...{ validFrom: "01-03-2027", name: "Øjne", "other.0": south?.sorId ?? "" },
  };
  const twice = await preview(merging, north?.sorId ?? "", { ...form, "other.1": south?.sorId ?? "" });
  expect(Object.keys(twice.data?.problem.fieldFaults ?? {})).toEqual(["other.1"]);
  const merged = unitIn(await carryOut(merging, north?.sorId ?? "", form));
  // The first unit's number is kept; what the other's receives goes on there from the very instant at which it ends.
  expect(await on(merged, "2027-03-01")).toMatchObject({ name: "Øjne", gln: kept });
  const midnight = new Date("2027-02-28T23:00:00Z");
  const receives = async (of: string) =>
    (await listRegistrations(world.region(), { gln: of })).map(
      ({ messageType, validFrom, validTo }) =>
        [messageType, validFrom.valueOf(), validTo?.valueOf()] as const,
    );
  expect(await receives(gln)).toEqual([["DIS91", expect.any(Number), midnight.valueOf()]]);
  expect(await receives(kept)).toContainEqual(["DIS91", midnight.valueOf(), undefined]);
  expect(await listLocationVersions(world.db, gln)).toMatchObject([
    { validTo: "2027-03-01", successorGln: kept },
  ]);
  for (const gone of [north, south]) expect(await on(gone?.sorId ?? "", "2027-03-01")).toBeUndefined();
});

test("a location number is taken from the ranges, and given to the unit", async () => {
  const { hospital, db, authority } = world;
  expect((await opened(numbering, hospital)).below.count).toBeGreaterThan(0);
  await createRange(authority(), { prefix: "5790077", from: 10, to: 11, note: null });
  const form = await formOf(numbering, hospital);
  const taken = await post(numbering.actions.number as Action, form, {
    ctx: world.region(),
    sorId: hospital,
  });
  const gln = taken.problem?.values.newGln?.[0] ?? "";
  expect(gln).toMatch(/^5790077/);
  await carryOut(numbering, hospital, { ...form, newGln: gln });
  expect((await getUnitLine(db, hospital)).versions.at(-1)).toMatchObject({ gln });
});

test.each([
  ["luk", closing],
  ["flyt", moving],
  ["ny", creating],
] as const)("%s of another's unit is refused", async (_, page) => {
  const refused = { status: 403 };
  await expect(opened(page, world.hospital, world.stranger)).rejects.toMatchObject(refused);
  expect(await preview(page, world.hospital, {}, world.stranger)).toMatchObject(refused);
  const visitor = createContext(world.db, { kind: "anonymous" }, world.region().now);
  expect(await preview(page, world.hospital, {}, visitor)).toMatchObject({ status: 303 });
});
