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
import { closeLocation, registerLocation, testDatabase } from "../testing/index.ts";
import { addRegistration, LocationFilter, listLocations, NewRegistration } from "./index.ts";
import { locationConditions } from "./location-conditions.ts";
import { selectInOrder } from "./location-order.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let root: Context;
let endpointId: string;
const ids = { a: "", b: "", systemA: "", systemB: "" };
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

async function aUnit(
  name: string,
  gln: Gln | null,
  parentSorId: string | null = null,
  district?: string,
): Promise<string> {
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
    postalAddress: district === undefined ? null : { district },
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
  ids.systemA = (await createSystem(root, SystemFields.parse({ supplierId: ids.a, name: "Alfa" }))).id;
  ids.systemB = (await createSystem(root, SystemFields.parse({ supplierId: ids.a, name: "Beta" }))).id;
  const fields = EndpointFields.parse({ supplierId: ids.a, name: "Ind", transport: "mailbox" });
  endpointId = (await createEndpoint(root, fields)).endpoint.id;
  await aUnit("Åby Læger", await aLocation("aaby", { supplierId: ids.a, systemId: ids.systemB }));
  await aUnit("Zoneterapi", await aLocation("zone", { supplierId: ids.a, systemId: ids.systemA }));
  const two = await aLocation("two", { supplierId: ids.a, nonActive: true });
  await aUnit("Ærø Læger", two, null, "Marstal");
  await aUnit("Bornholm", two, null, "Rønne");
  await aLocation("bare", { supplierId: ids.a, systemId: ids.systemA });
  await aLocation("coming", { supplierId: ids.a }, "2026-09-01");
  await closeLocation(root, {
    gln: await aLocation("closed", { supplierId: ids.a }),
    validFrom: "2026-01-01",
    successorGln: null,
  });
  await aUnit("Fremmed", await aLocation("foreign", { supplierId: ids.b }));
  for (const pair of ["DIS91 D9134L", "DIS01 D0134L"]) {
    const [messageType, version] = pair.split(" ");
    await addRegistration(root, NewRegistration.parse({ gln: glns.aaby, messageType, version, endpointId }));
  }
});

const namesOf = (found: { gln: string }[]) =>
  found.map((item) => Object.keys(glns).find((name) => glns[name] === item.gln));
const list = async (ctx: Context, filter: object = {}) =>
  await listLocations(ctx, LocationFilter.parse(filter));

describe("my location numbers", () => {
  test("are the supplier's own that are valid today, each once, with unit, system, types and count", async () => {
    const page = await list(vendorA());
    expect(page.count).toBe(4);
    expect(namesOf(page.items)).toEqual(["aaby", "zone", "two", "bare"]);
    expect(page.items[0]).toMatchObject({
      unitName: "Åby Læger",
      systemName: "Beta",
      typeCount: 2,
      status: "active",
    });
    expect(page.items[2]).toMatchObject({
      unitName: "Bornholm",
      unitCount: 2,
      towns: ["Rønne", "Marstal"],
      status: "inactive",
      systemName: null,
    });
    expect(page.items[3]).toMatchObject({ unitName: null, unitCount: 0, supplierName: "Leverandør A" });
  });

  const orders: [string, string[]][] = [
    ["gln", ["aaby", "zone", "two", "bare"]],
    ["-gln", ["bare", "two", "zone", "aaby"]],
    ["name", ["two", "zone", "aaby", "bare"]],
    ["-name", ["aaby", "zone", "two", "bare"]],
    ["system", ["zone", "bare", "aaby", "two"]],
    ["-system", ["aaby", "bare", "zone", "two"]],
  ];
  test.each(orders)("sorted by %s, paging shows each one once, in that order", async (sort, expected) => {
    const seen: (string | undefined)[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(vendorA(), {
        sort,
        limit: 1,
        ...(after && { after }),
      });
      seen.push(...namesOf(page.items));
      after = page.next;
    } while (after !== null && seen.length < 10);
    expect(seen).toEqual(expected);
  });

  test.each(["name", "-name", "system", "-system"])(
    "sorted by %s, index order and sorting give the same pages",
    async (sort) => {
      const where = await locationConditions(root, LocationFilter.parse({}), "exact");
      const walk = async (total: number) => {
        const seen: string[] = [];
        let after: { key: string | null; gln: string } | undefined;
        for (let pages = 0; pages < 20; pages += 1) {
          const ask = { where, after, isDescending: sort.startsWith("-"), limit: 2, day: "2026-03-01" };
          const rows = await selectInOrder(root, sort.replace("-", ""), ask, total);
          seen.push(...rows.map((row) => `${row.key} ${row.location.gln}`));
          const last = rows.at(-1);
          if (!last || rows.length < 2) break;
          after = { key: last.key, gln: last.location.gln };
        }
        return seen;
      };
      const sorted = await walk(0);
      expect(sorted.length).toBe((await list(root)).count);
      expect(await walk(1_000_000)).toEqual(sorted);
    },
  );

  const filters: [object, string[]][] = [
    [{ text: "aby" }, ["aaby"]],
    [{ text: "xyzzyxyz" }, []],
    [{ text: "Åby" }, ["aaby"]],
    [{ text: "læger ÆRØ" }, ["two"]],
    [{ text: "57900" }, ["aaby", "zone", "two", "bare"]],
    [{ text: "%" }, ["aaby", "zone", "two", "bare"]],
    [{ text: "'; drop table locations; --" }, []],
    [{ status: "active" }, ["aaby", "zone", "bare"]],
    [{ status: "inactive" }, ["two"]],
    [{ status: "coming" }, ["coming"]],
    [{ status: "closed" }, ["closed"]],
    [{ messageType: "DIS91" }, ["aaby"]],
    [{ messageType: "DIS91", version: "D9133L" }, []],
    [{ messageType: "DIS02" }, []],
  ];
  test.each(filters)("filtered by %j", async (filter, expected) => {
    const page = await list(vendorA(), filter);
    expect(namesOf(page.items)).toEqual(expected);
    expect(page.count).toBe(expected.length);
    const byName = await list(vendorA(), { ...filter, sort: "name" });
    expect(namesOf(byName.items).toSorted()).toEqual(expected.toSorted());
  });

  test("by number: a prefix, and a system's", async () => {
    expect(namesOf((await list(vendorA(), { text: glns.zone })).items)).toEqual(["zone"]);
    const filter = { systemId: ids.systemA };
    expect(namesOf((await list(vendorA(), filter)).items)).toEqual(["zone", "bare"]);
  });

  test("another supplier sees only its own, a list grant only its list, an anonymous actor none", async () => {
    const b = as(user({ kind: "supplier", supplierId: ids.b }));
    expect(namesOf((await list(b)).items)).toEqual(["foreign"]);
    const some = as(user({ kind: "locations", glns: [glns.bare ?? ""] }, "reader"));
    expect(namesOf((await list(some)).items)).toEqual(["bare"]);
    expect((await list(as(user({ kind: "all" }, "authority")))).count).toBe(5);
    const lapsed = user({ kind: "all" }, "authority") as Extract<Actor, { kind: "user" }>;
    const ended = { ...lapsed, grants: lapsed.grants.map((grant) => ({ ...grant, validTo: now })) };
    expect((await list(as(ended))).count).toBe(0);
    await expect(list(as({ kind: "anonymous" }))).rejects.toMatchObject({ code: "not-signed-in" });
  });

  test("a region sees those of the units below its own", async () => {
    const owner = await aUnit("Region", null);
    const gln = await aLocation("below", {});
    await aUnit("Afdeling", gln, await aUnit("Sygehus", null, owner));
    const ctx = as(user({ kind: "subtree", sorId: owner }, "region"));
    expect(namesOf((await list(ctx)).items)).toEqual(["below"]);
  });

  test("a key limited to some location numbers lists only those", async () => {
    const grants = [
      {
        role: "vendor-editor" as const,
        scope: { kind: "supplier" as const, supplierId: ids.a },
        validFrom: new Date(0),
        validTo: null,
      },
    ];
    const key: Actor = {
      kind: "key",
      id: "k",
      name: "k",
      supplierId: ids.a,
      scopes: [],
      grants,
      limitedTo: [glns.zone ?? "", glns.foreign ?? ""],
    };
    expect(namesOf((await list(as(key))).items)).toEqual(["zone"]);
  });

  test("an invalid cursor is rejected", async () => {
    await expect(list(vendorA(), { after: "bm90IG91cnM" })).rejects.toMatchObject({ code: "invalid" });
  });
});
