import type { Database } from "@sor/core";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { twoVendors } from "../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;
beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
});
const incident = {
  ...{ kind: "incident", state: "investigating", priority: 1, services: ["edi-gateway"] },
  ...{ title: "Nede", text: "Gatewayen svarer ikke." },
};
type Told = { state: string; services: { id: string; state: string }[]; notices: { id: string }[] };
const status = async () => (await (await gateway.ask(undefined, "/v1/status")).json()) as Told;
const stateOf = async () => (await status()).services.find(({ id }) => id === "edi-gateway")?.state;

test("a program of the authority publishes an incident and ends it, and everybody reads it without a key", async () => {
  expect(await stateOf()).toBe("unknown");
  const once = { "idempotency-key": "nede-2026-05-01" };
  const answers = await Promise.all(
    [1, 2].map(() => gateway.post("authority", "/v1/notices", incident, once)),
  );
  const repeated = await gateway.post("authority", "/v1/notices", incident, once);
  expect(answers.map(({ status: code }) => code)).toContain(201);
  const { id } = (await repeated.json()) as { id: string };
  expect([repeated.status, repeated.headers.get("location")]).toEqual([201, `/v1/notices/${id}`]);
  expect(await stateOf()).toBe("down");
  expect((await status()).notices.map((notice) => notice.id)).toEqual([id]);
  const update = (more: object) =>
    gateway.post("authority", `/v1/notices/${id}/updates`, { state: "resolved", text: "Løst.", ...more });
  expect((await update({ seenNumber: 2 })).status).toBe(409);
  expect((await update({ state: "completed" })).status).toBe(400);
  expect((await update({ seenNumber: 1 })).status).toBe(201);
  expect((await update({})).status).toBe(409);
  const text = await (await gateway.ask(undefined, `/v1/notices/${id}`)).text();
  expect(JSON.parse(text).updates.map(({ state }: { state: string }) => state)).toEqual([
    "investigating",
    "resolved",
  ]);
  expect(text).not.toContain("author");
  expect(await stateOf()).toBe("unknown");
});

test("what does not fit its kind is refused at its member, and a vendor's key publishes nothing", async () => {
  const faultsOf = async (more: object) => {
    const answer = await gateway.post("authority", "/v1/notices", { ...incident, ...more });
    const { errors } = (await answer.json()) as { errors: unknown };
    return [answer.status, JSON.stringify(errors)] as const;
  };
  for (const [more, member] of [
    [{ priority: null }, "priority"],
    [{ kind: "window", state: "scheduled", priority: null }, "plannedStart"],
    [{ state: "scheduled" }, "state"],
    [{ nextUpdateBy: "2026-02-30T10:00:00Z" }, "nextUpdateBy"],
  ] as const) {
    const [code, errors] = await faultsOf(more);
    expect(code).toBe(400);
    expect(errors).toContain(member);
  }
  for (const key of ["all", "bare"])
    expect((await gateway.post(key, "/v1/notices", incident)).status).toBe(403);
  expect((await gateway.ask(undefined, "/v1/notices", { method: "POST", body: "{}" })).status).toBe(401);
});

test("the list is narrowed by kind and service", async () => {
  const list = async (query: string) => (await gateway.ask(undefined, `/v1/notices${query}`)).json();
  expect(await list("?kind=window")).toEqual({ items: [] });
  expect(await list("?service=edi-gateway&kind=incident")).toMatchObject({ items: [{ state: "resolved" }] });
  expect((await gateway.ask(undefined, "/v1/notices?kind=x")).status).toBe(400);
});
