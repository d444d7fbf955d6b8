import { beforeAll, describe, expect, test } from "vitest";

import { type Context, createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import {
  createEndpoint,
  createSupplier,
  createSystem,
  EndpointFields,
  LocationFields,
  SupplierFields,
  SystemFields,
} from "../endpoints/index.ts";
import { completeGln, Gln, makeSorId } from "../identifiers/index.ts";
import { organisations, organisationVersions } from "../organisations/tables.ts";
import type { Actor, GrantScope, Role } from "../permissions/index.ts";
import { registerLocation, testDatabase, updateLocation } from "../testing/index.ts";
import {
  addRegistration,
  endRegistration,
  getLocation,
  listLocationHistory,
  NewRegistration,
  RegistrationEnd,
} from "./index.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let root: Context;
let endpointId: string;
const ids = { a: "", b: "" };
const glns: Record<string, Gln> = {};
let serial = 0;

const user = (scope: GrantScope, role: Role = "vendor-editor"): Actor => ({
  kind: "user",
  id: `user-${role}`,
  name: "Berit Bruger",
  supplierId: scope.kind === "supplier" ? scope.supplierId : null,
  grants: [{ role, scope, validFrom: new Date(0), validTo: null }],
});
const as = (actor: Actor, at = now) => createContext(db, actor, at);
const vendorA = () => as(user({ kind: "supplier", supplierId: ids.a }));

async function aUnit(name: string, gln: Gln | null, parentSorId: string | null = null): Promise<string> {
  const sorId = makeSorId(800_000 + ++serial);
  await db.insert(organisations).values({ sorId, level: "unit", firstFrom: "2000-01-01" });
  await db.insert(organisationVersions).values({
    id: newId(),
    sorId,
    validFrom: "2000-01-01",
    recordedAt: now,
    parentSorId,
    name,
    searchText: name.toLowerCase().replaceAll("æ", "ae").replaceAll("ø", "oe").replaceAll("å", "aa"),
    gln,
  });
  return sorId;
}

async function aLocation(name: string, fields: object, validFrom = "2020-01-01"): Promise<Gln> {
  const gln = Gln.parse(completeGln(`57900${String(++serial).padStart(7, "0")}`));
  glns[name] = gln;
  await registerLocation(root, { gln, validFrom, validTo: null, fields: LocationFields.parse(fields) });
  return gln;
}

beforeAll(async () => {
  db = await testDatabase();
  root = createContext(db, { kind: "system", job: "test" }, now);
  ids.a = (
    await createSupplier(root, SupplierFields.parse({ name: "Leverandør A", email: "a@example.dk" }))
  ).id;
  ids.b = (await createSupplier(root, SupplierFields.parse({ name: "Leverandør B" }))).id;
  const systemId = (await createSystem(root, SystemFields.parse({ supplierId: ids.a, name: "Beta" }))).id;
  const fields = EndpointFields.parse({ supplierId: ids.a, name: "Ind", transport: "mailbox" });
  endpointId = (await createEndpoint(root, fields)).endpoint.id;
  await aUnit("Åby Læger", await aLocation("aaby", { supplierId: ids.a, systemId }));
  for (const pair of ["DIS91 D9134L", "DIS01 D0134L"]) {
    const [messageType, version] = pair.split(" ");
    await addRegistration(root, NewRegistration.parse({ gln: glns.aaby, messageType, version, endpointId }));
  }
});

describe("one location number", () => {
  test("includes everything around it, and to editors that they may edit", async () => {
    const gln = glns.aaby ?? "";
    const found = await getLocation(vendorA(), { gln });
    expect(found).toMatchObject({
      gln,
      status: "active",
      mayEdit: true,
      helper: null,
      system: { name: "Beta" },
    });
    expect(found.units.map((unit) => unit.name)).toEqual(["Åby Læger"]);
    expect(found.registrations.map((each) => [each.messageType, each.endpointName])).toEqual([
      ["DIS01", "Ind"],
      ["DIS91", "Ind"],
    ]);
    expect(found.endpointChoices.map((choice) => choice.id)).toEqual([endpointId]);
    expect(JSON.stringify(found)).not.toMatch(/whsec_|signingSecrets/);
  });

  test("names whom to ask to actors without the permission: a colleague, the supplier, or the authority if there is none", async () => {
    const b = as(user({ kind: "supplier", supplierId: ids.b }));
    expect(await getLocation(b, { gln: glns.aaby ?? "" })).toMatchObject({
      mayEdit: false,
      helper: { kind: "supplier", name: "Leverandør A", email: "a@example.dk" },
    });
    const reader = user({ kind: "supplier", supplierId: ids.a }, "reader");
    const own = await getLocation(as(reader), { gln: glns.aaby ?? "" });
    expect([own.mayEdit, own.helper]).toEqual([false, { kind: "colleague", name: "Leverandør A" }]);
    const gln = await aLocation("orphan", {});
    expect((await getLocation(b, { gln })).helper).toEqual({ kind: "authority" });
    await expect(getLocation(b, { gln: "5790000000005" })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the history of a location number", () => {
  test("shows who did what and when, newest first, by types and fields", async () => {
    const gln = await aLocation("told", { supplierId: ids.a });
    const later = as(user({ kind: "supplier", supplierId: ids.a }), new Date("2026-03-02T10:00:00Z"));
    await addRegistration(
      vendorA(),
      NewRegistration.parse({
        gln,
        messageType: "DIS91",
        version: "D9134L",
        endpointId,
        comment: "efter aftale",
      }),
    );
    await endRegistration(later, RegistrationEnd.parse({ gln, messageType: "DIS91", version: "D9134L" }));
    await updateLocation(root, { gln, validFrom: "2026-04-01", validTo: null, fields: { nonActive: true } });
    const { items } = await listLocationHistory(vendorA(), { gln });
    expect(items.map((line) => [line.action, line.who, line.supplierName])).toEqual([
      ["location.edit", "test", null],
      ["registration.edit", "Berit Bruger", "Leverandør A"],
      ["registration.edit", "Berit Bruger", "Leverandør A"],
      ["location.edit", "test", null],
    ]);
    expect(items[0]?.changes.map((change) => change.subject)).toContainEqual({
      of: "field",
      name: "nonActive",
      from: "false",
      to: "true",
    });
    expect(items[1]?.changes).toMatchObject([
      { kind: "ended", subject: { messageType: "DIS91" }, after: [] },
    ]);
    expect(items[2]).toMatchObject({
      comment: "efter aftale",
      changes: [{ kind: "added", after: [{ endpointName: "Ind" }] }],
    });
    const seenBy = async (actor: Actor) => {
      const [, , line] = (await listLocationHistory(as(actor), { gln })).items;
      return [line?.who, line?.comment, line?.supplierName];
    };
    expect(await seenBy(user({ kind: "supplier", supplierId: ids.b }))).toEqual([null, null, "Leverandør A"]);
    const told = ["Berit Bruger", "efter aftale", "Leverandør A"];
    expect(await seenBy(user({ kind: "all" }, "authority"))).toEqual(told);
    expect(await seenBy(user({ kind: "all" }, "reader"))).toEqual([null, null, "Leverandør A"]);
    const first = await listLocationHistory(vendorA(), { gln, limit: 3 });
    const rest = await listLocationHistory(vendorA(), { gln, limit: 3, after: first.next ?? "" });
    expect([...first.items, ...rest.items].map((line) => line.sequence)).toEqual(
      items.map((line) => line.sequence),
    );
  });

  test("shows refused attempts to editors, not to others, and nothing to anonymous actors", async () => {
    const gln = await aLocation("tried", { supplierId: ids.a });
    const b = as(user({ kind: "supplier", supplierId: ids.b }));
    const attempt = addRegistration(
      b,
      NewRegistration.parse({ gln, messageType: "DIS91", version: "D9134L", endpointId }),
    );
    await expect(attempt).rejects.toMatchObject({ code: "not-allowed" });
    const outcomes = async (ctx: Context) =>
      (await listLocationHistory(ctx, { gln })).items.map((line) => line.outcome);
    expect(await outcomes(vendorA())).toEqual(["refused", "done"]);
    expect(await outcomes(b)).toEqual(["done"]);
    await expect(outcomes(as({ kind: "anonymous" }))).rejects.toMatchObject({ code: "not-signed-in" });
  });
});
