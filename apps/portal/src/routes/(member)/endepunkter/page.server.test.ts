import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listEndpoints, listSystems } from "@sor/core/endpoints";
import { listJournal } from "@sor/core/journal";
import { drainEndpoint } from "@sor/core/message-types";
import { aVendor, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { endpointPage, filled, vendorUser, webhook } from "../../../testing/endpoint-page.ts";
import { testEvent } from "../../../testing/events.ts";
import { load } from "./+page.server.ts";
import type { PageData } from "./$types";
import { actions } from "./[id]/+page.server.ts";
import { actions as creating } from "./ny/+page.server.ts";
import { actions as editingSystem } from "./system/[id]/+page.server.ts";
import { actions as creatingSystem } from "./system/ny/+page.server.ts";

const now = new Date("2026-03-01T10:00:00Z");
const sql = "'; drop table endpoints; --";
let db: Database;
let supplierId: string;
let mine: Actor;
let other: Actor;

beforeAll(async () => {
  db = await testDatabase();
  ({ supplierId } = await aVendor(db));
  mine = vendorUser(supplierId);
  other = vendorUser((await aVendor(db)).supplierId);
});

const { post, oneOf } = endpointPage(() => ({ db, mine, now }));
const own = async () => await listEndpoints(createContext(db, mine, now), { supplierId });

test("a mailbox is created and shown; a webhook's secret is shown once", async () => {
  const made = await post(creating.default, filled({ mimeTypes: "application/XML, application/edifact" }));
  expect(made).toMatchObject({ status: 303 });
  const hook = await post(creating.default, webhook("Krog"));
  expect(hook.made?.secret).toMatch(/^whsec_/);
  const event = testEvent({ ctx: createContext(db, mine, now), path: "/endepunkter" });
  const data = (await load(event as never)) as PageData;
  expect(data.endpoints.map((each) => each.name)).toEqual(["Ind", "Krog"]);
  expect(data.endpoints[0]?.mimeTypes).toEqual(["application/xml", "application/edifact"]);
  expect(JSON.stringify([data, await oneOf(hook.made?.id ?? "")])).not.toContain("whsec_");
});

test.each([
  [{ transport: "webhook" }, "address"],
  [{ transport: "webhook", address: "http://edi.example.dk" }, "address"],
  [{ transport: "webhook", address: sql }, "address"],
  [{ address: "https://edi.example.dk" }, "address"],
  [{ transport: sql }, "transport"],
  [{ systemId: sql }, "systemId"],
  [{ mimeTypes: sql }, "mimeTypes"],
  [{ name: "" }, "name"],
  [{ name: "x".repeat(101) }, "name"],
  [{ technicalContact: "x".repeat(255) }, "technicalContact"],
  [{ firstSeconds: "5", factor: "2", longestSeconds: "4", giveUpSeconds: "60" }, "longestSeconds"],
  [{ firstSeconds: "5", factor: "to", longestSeconds: "60", giveUpSeconds: "60" }, "factor"],
  [{ firstSeconds: "5", factor: "2", longestSeconds: "60" }, "giveUpSeconds"],
])("%j is refused at its field and creates nothing", async (more, field) => {
  const before = (await own()).length;
  const refused = await post(creating.default, filled({ name: "Forkert", ...more }));
  expect(refused.status).toBe(400);
  expect(Object.keys(refused.data?.problem.fieldFaults ?? {})).toEqual([field]);
  expect(await own()).toHaveLength(before);
});

test("ordering and the retry rule are set, shown, and cleared by the form", async () => {
  const { made } = await post(creating.default, webhook("Ordnet"));
  const id = made?.id ?? "";
  const save = async (more: object) => {
    const { etag } = (await oneOf(id)).endpoint;
    return await post(actions.save, { ...webhook("Ordnet"), ...more, etag }, mine, id);
  };
  const rule = { firstSeconds: "5", factor: "3", longestSeconds: "600", giveUpSeconds: "7200" };
  expect(await save({ isOrdered: "on", ...rule })).toMatchObject({ status: 303 });
  const retry = { firstSeconds: 5, factor: 3, longestSeconds: 600, giveUpSeconds: 7200 };
  expect((await oneOf(id)).endpoint).toMatchObject({ isOrdered: true, retry });
  expect(await save({ firstSeconds: "", factor: "", longestSeconds: "", giveUpSeconds: "" })).toMatchObject({
    status: 303,
  });
  expect((await oneOf(id)).endpoint).toMatchObject({ isOrdered: false, retry: null });
});

test("pause, resume, rotate the secret and end the old one, each by its form", async () => {
  const { made } = await post(creating.default, webhook("Pauset"));
  const id = made?.id ?? "";
  const step = async (action: "pause" | "resume" | "rotate" | "drop", form: Record<string, string> = {}) => {
    const { etag } = (await oneOf(id)).endpoint;
    return await post(actions[action], { etag, ...form }, mine, id);
  };
  for (const lastDay of ["28-02-2026", "30-02-2026", "i morgen"]) {
    const refused = await step("pause", { lastDay, reason: "" });
    expect(Object.keys(refused.data?.problem.fieldFaults ?? {}), lastDay).toEqual(["lastDay"]);
  }
  const seen = (await oneOf(id)).endpoint.etag;
  expect(await step("pause", { lastDay: "01-03-2026", reason: "Service" })).toMatchObject({ status: 303 });
  const late = await post(actions.pause, { etag: seen, lastDay: "", reason: "" }, mine, id);
  expect(late.data?.problem.formFaults[0]).toContain("En anden har gemt ændringer");
  expect((await oneOf(id)).endpoint).toMatchObject({
    state: "paused",
    pausedUntil: new Date("2026-03-01T23:00:00Z"),
  });
  await step("resume");
  expect((await oneOf(id)).endpoint.state).toBe("active");
  expect((await step("rotate")).secret).toMatch(/^whsec_/);
  expect((await oneOf(id)).endpoint.signingSecrets).toHaveLength(2);
  await step("drop");
  expect((await oneOf(id)).endpoint.signingSecrets).toHaveLength(1);
});

test("of two who rotate or end the secrets of one endpoint, the second is told that it has changed", async () => {
  const { made } = await post(creating.default, webhook("Roteret"));
  const id = made?.id ?? "";
  const secrets = async () => (await oneOf(id)).endpoint.signingSecrets;
  for (const action of ["rotate", "drop"] as const) {
    const { etag } = (await oneOf(id)).endpoint;
    await post(actions.rotate, { etag }, mine, id);
    const before = await secrets();
    const late = await post(actions[action], { etag }, mine, id);
    expect(late.data?.problem.formFaults, action).toEqual([
      expect.stringContaining("En anden har gemt ændringer"),
    ]);
    expect(await secrets()).toEqual(before);
    expect((await post(actions[action], {}, mine, id)).status, action).toBe(400);
  }
});

test("of two concurrent edits the second is refused and overwrites nothing", async () => {
  const { made } = await post(creating.default, webhook("Delt"));
  const id = made?.id ?? "";
  const { etag } = (await oneOf(id)).endpoint;
  expect(await post(actions.save, { ...webhook("Delt 2"), etag }, mine, id)).toMatchObject({ status: 303 });
  const late = await post(actions.save, { ...webhook("Delt 3"), etag }, mine, id);
  expect(late.data?.problem).toMatchObject({
    fieldFaults: {},
    formFaults: [expect.stringContaining("En anden har gemt ændringer")],
  });
  expect((await own()).map((each) => each.name)).toContain("Delt 2");
});

test("a name that is taken is reported at the name field only", async () => {
  await post(creating.default, webhook("Optaget"));
  const again = await post(creating.default, webhook("Optaget"));
  expect(again.data?.problem).toMatchObject({
    fieldFaults: { name: ["Navnet er brugt i forvejen."] },
    formFaults: [],
  });
});

test("a draining endpoint is not listed as paused", async () => {
  const { made } = await post(creating.default, webhook("Tømt"));
  const id = made?.id ?? "";
  const conditions = async () => {
    const event = testEvent({ ctx: createContext(db, mine, now), path: "/endepunkter" });
    const { endpoints } = (await load(event as never)) as PageData;
    return endpoints.find((each) => each.id === id)?.condition;
  };
  expect(await conditions()).toBe("active");
  await drainEndpoint(createContext(db, mine, now), {
    id,
    endsAs: "paused",
    moveTo: null,
    reason: "flytter",
  });
  expect(await conditions()).toBe("draining");
});

test("another vendor's endpoint is not shown, and every post to it is refused and journalled", async () => {
  const { made } = await post(creating.default, webhook("Min"));
  const id = made?.id ?? "";
  await expect(oneOf(id, other)).rejects.toMatchObject({ code: "not-allowed" });
  const { etag } = (await oneOf(id)).endpoint;
  for (const action of ["pause", "resume", "rotate", "drop"] as const) {
    expect((await post(actions[action], { etag, lastDay: "", reason: "" }, other, id)).status, action).toBe(
      403,
    );
  }
  expect((await post(actions.save, { ...webhook("Stjålet"), etag }, other, id)).status).toBe(403);
  const refused = await listJournal(db, {
    subjectType: "endpoint",
    subjectId: id,
    outcome: "refused",
    limit: 10,
  });
  // One entry for reading and one for changing, however many requests within the minute.
  expect(refused.map(({ action }) => action)).toEqual([...new Set(refused.map(({ action }) => action))]);
  expect(refused.length).toBeGreaterThan(0);
});

test("a system is created and renamed only by its own vendor", async () => {
  const made = await post(creatingSystem.default, { name: "Journal", version: "" });
  const id = /system\/([\w-]+)/.exec(made.location ?? "")?.[1] ?? "";
  const [system] = await listSystems(createContext(db, mine, now), { supplierId });
  const form = { name: "Journal", version: sql.slice(0, 40), etag: system?.etag ?? "" };
  expect((await post(editingSystem.default, form, other, id)).status).toBe(403);
  expect(await post(editingSystem.default, form, mine, id)).toMatchObject({ status: 303 });
  const [renamed] = await listSystems(createContext(db, mine, now), { supplierId });
  expect(renamed?.version).toBe(sql.slice(0, 40));
});
