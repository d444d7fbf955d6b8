import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { addRegistration, NewRegistration } from "@sor/core/message-types";
import { endpointHealth } from "@sor/core/probes";
import { aLocation, aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { endpointPage, vendorUser, webhook } from "../../../../testing/endpoint-page.ts";
import { testEvent } from "../../../../testing/events.ts";
import { actions as creating, load as loadNew } from "../ny/+page.server.ts";
import { load as loadNewSystem } from "../system/ny/+page.server.ts";
import { actions } from "./+page.server.ts";

const now = new Date("2026-03-01T10:00:00Z");
let db: Database;
let supplierId: string;
let mine: Actor;
let other: Actor;
let serial = 0;

beforeAll(async () => {
  db = await testDatabase();
  ({ supplierId } = await aVendor(db));
  mine = vendorUser(supplierId);
  other = vendorUser((await aVendor(db)).supplierId);
});

const { post, oneOf } = endpointPage(() => ({ db, mine, now }));

describe("another address", () => {
  async function used(): Promise<{ id: string; etag: string }> {
    const { made } = await post(creating.default, webhook(`Brugt ${++serial}`));
    const id = made?.id ?? "";
    for (const [n, pair] of ["DIS91 D9134L", "DIS01 D0134L"].entries()) {
      const gln = completeGln(`5790008${String(serial).padStart(4, "0")}${n}`);
      await aLocation(db, { gln, supplierId });
      const [messageType, version] = pair.split(" ");
      const added = NewRegistration.parse({ gln, messageType, version, endpointId: id });
      await addRegistration(createContext(db, mine, now), added);
    }
    return { id, etag: (await oneOf(id)).endpoint.etag };
  }
  const moved = (etag: string, more: object = {}) => ({
    ...webhook("Flyttet"),
    address: "https://ny.example.dk/ind",
    etag,
    ...more,
  });

  test("is reviewed with its dependents before it is saved, and the review can be left", async () => {
    const { id, etag } = await used();
    const { review, values } = await post(actions.save, moved(etag), mine, id);
    expect(review).toMatchObject({ use: { locations: 2, types: 2, waiting: 0 }, isTestable: true });
    expect(review?.changes).toContainEqual({
      label: "Adresse",
      before: "https://edi.example.dk/ind",
      after: "https://ny.example.dk/ind",
    });
    expect((await oneOf(id)).endpoint).toMatchObject({ address: "https://edi.example.dk/ind", etag });
    const carried = Object.fromEntries(
      Object.entries(values ?? {}).map(([name, [value]]) => [name, value ?? ""]),
    );
    const back = await post(actions.edit, carried, mine, id);
    expect(back.problem?.values["address"]).toEqual(["https://ny.example.dk/ind"]);
    expect(await post(actions.save, { ...carried, confirmed: "on" }, mine, id)).toMatchObject({
      status: 303,
    });
    expect((await oneOf(id)).endpoint).toMatchObject({
      address: "https://ny.example.dk/ind",
      name: "Flyttet",
    });
  });

  test("that is invalid, or was changed concurrently, is reported instead of the review", async () => {
    const { id, etag } = await used();
    const wrong = await post(actions.save, moved(etag, { address: "http://ny.example.dk" }), mine, id);
    expect(wrong.data?.problem.fieldFaults).toHaveProperty("address");
    await post(actions.save, { ...webhook("Omdøbt"), etag }, mine, id);
    const late = await post(actions.save, moved(etag), mine, id);
    expect(late.data?.problem.formFaults[0]).toContain("En anden har gemt ændringer");
    expect((await post(actions.save, moved(etag), other, id)).status).toBe(403);
  });

  test("can be tested first, without storing the result", async () => {
    const { id, etag } = await used();
    const { tried, review } = await post(
      actions.try,
      moved(etag, { address: "https://ny.invalid/ind" }),
      mine,
      id,
    );
    expect(tried).toMatchObject({ isUp: false, text: expect.stringContaining("Værtsnavnet findes ikke") });
    expect(review).toBeDefined();
    const again = await post(actions.try, moved(etag), mine, id);
    expect(again.tried?.text).toContain("Vent ti sekunder");
    const { probes } = await endpointHealth(createContext(db, mine, now), { id });
    expect(probes.latest).toEqual([]);
  });
});

test("a reader sees no form to edit or create an endpoint or a system", async () => {
  const { made } = await post(creating.default, webhook("Læst"));
  const reader = vendorUser(supplierId, "reader");
  expect(await oneOf(made?.id ?? "", reader)).toMatchObject({ mayEdit: false });
  expect(await oneOf(made?.id ?? "")).toMatchObject({ mayEdit: true });
  for (const open of [loadNew, loadNewSystem]) {
    const event = (actor: Actor) =>
      testEvent({ ctx: createContext(db, actor, now), path: "/endepunkter/ny" });
    const opening = async (actor: Actor) => await open(event(actor) as never);
    await expect(opening(reader)).rejects.toMatchObject({ status: 403 });
    await expect(opening(mine)).resolves.not.toThrow();
  }
  expect(await listJournal(db, { actorId: `reader-${supplierId}`, outcome: "refused", limit: 1 })).toEqual(
    [],
  );
});
