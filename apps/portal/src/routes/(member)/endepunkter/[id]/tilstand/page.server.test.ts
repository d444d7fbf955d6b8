import type { Actor } from "@sor/core/access";
import { getEndpoint, pauseEndpoint } from "@sor/core/endpoints";
import { takeFolderTests, tryWantedFolder } from "@sor/core/probes";
import { anEndpoint, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../../../testing/message-world.ts";
import * as message from "../../../meddelelser/[id]/+page.server.ts";
import type { PageData as MessageData } from "../../../meddelelser/[id]/$types";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

const now = new Date("2026-03-01T10:00:00Z");
let world: MessageWorld;

beforeAll(async () => {
  world = await aMessageWorld(await testDatabase(), now);
});

type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  tested?: { isUp: boolean; text: string };
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
};

async function call<Result = Outcome>(
  route: unknown,
  id: string,
  actor: Actor,
  form?: Record<string, string>,
) {
  // The version that the page's forms carry.
  const version = async () => (await getEndpoint(world.at({ kind: "system", job: "test" }), { id })).etag;
  const ctx = world.at(actor);
  const event = testEvent({ ctx, params: { id }, ...(form && { form: { etag: await version(), ...form } }) });
  try {
    return (await (route as (event: never) => unknown)(event as never)) as Result;
  } catch (thrown) {
    return thrown as Result;
  }
}

test("the health page shows the results of attempts, to the endpoint's supplier only", async () => {
  await world.send(["M1", "M2"]);
  await world.answer(410);
  const data = await call<PageData>(load, world.webhook, world.to);
  expect(data.day).toMatchObject({ attempts: 1, refused: 1, successRate: 0 });
  expect([data.state, data.certificate, data.probes]).toEqual(["active", null, []]);
  for (const actor of [world.from, world.stranger]) {
    expect(await call(load, world.webhook, actor)).toMatchObject({ code: "not-allowed" });
    for (const action of [actions.test, actions.drain, actions.resume]) {
      expect((await call(action, world.webhook, actor, { reason: "nysgerrig" })).status).toBe(403);
    }
  }
});

test("a failed test says why, is listed among the probes, and cannot be repeated immediately", async () => {
  // Nothing listens on the port for TCP port service multiplexers (RFC 1078).
  const { supplierId } = world.to as Extract<Actor, { kind: "user" }>;
  const id = await anEndpoint(world.db, { supplierId: supplierId ?? "", address: "http://127.0.0.1:1/in" });
  const { tested } = await call(actions.test, id, world.to, {});
  expect(tested).toMatchObject({
    isUp: false,
    text: "Endepunktet svarede ikke, som det skal: Forbindelsen blev afvist",
  });
  const again = await call(actions.test, id, world.to, {});
  expect([again.status, again.data?.problem.formFaults]).toEqual([
    429,
    ["Det er lige afprøvet. Vent ti sekunder, og prøv igen."],
  ]);
  const data = await call<PageData>(load, id, world.to);
  expect(data.probes).toMatchObject([{ isTest: true, isUp: false, fault: "Forbindelsen blev afvist" }]);
});

test("a folder's test is shown as waiting for the gateway, and then the gateway's result as text", async () => {
  const { supplierId } = world.to as Extract<Actor, { kind: "user" }>;
  const folder = { supplierId: supplierId ?? "", transport: "folder" as const, address: "edi/ind" };
  const id = await anEndpoint(world.db, folder);
  const ordered = await call(actions.test, id, world.to, {});
  expect([ordered.status, ordered.location]).toEqual([303, `/endepunkter/${id}/tilstand`]);
  expect(await call(load, id, world.to)).toMatchObject({
    folderWantedAt: now,
    probes: [],
    lastSuccessAt: null,
  });
  const gateway = world.at({ kind: "system", job: "test" });
  const [wanted] = await takeFolderTests(gateway, { limit: 1, leaseSeconds: 60 });
  if (!wanted) throw new Error("nothing was ordered");
  await tryWantedFolder(gateway, wanted, async () => ({ fault: "ENOENT" }));
  expect(await call(load, id, world.to)).toMatchObject({
    folderWantedAt: null,
    probes: [
      {
        method: "Skrivning i mappen",
        isUp: false,
        fault: "Der kan ikke skrives i mappen",
        why: "Mappen findes ikke",
      },
    ],
  });
});

test("while an endpoint is paused no time is shown for its messages or its next probe", async () => {
  const [id = ""] = await world.send(["P1"]);
  const isPaused = async () => (await call<MessageData>(message.load, id, world.to)).way?.isPaused;
  expect(await isPaused()).toBe(false);
  await pauseEndpoint(world.at(world.to), { id: world.webhook, until: null, reason: "flytter" });
  expect(await isPaused()).toBe(true);
  const paused = await call<PageData>(load, world.webhook, world.to);
  expect(paused).toMatchObject({ state: "paused", pauseReason: "flytter", nextProbeAt: null });
  const { etag } = paused;
  await call(actions.resume, world.webhook, world.to, {});
  expect(await isPaused()).toBe(false);
  const late = await call(actions.resume, world.webhook, world.to, { etag });
  expect(late.data?.problem.formFaults[0]).toContain("En anden har gemt ændringer");
});

test("draining needs a reason, and resuming ends it", async () => {
  const state = async () => (await call<PageData>(load, world.mailbox, world.to)).state;
  const none = await call(actions.drain, world.mailbox, world.to, { reason: "" });
  expect(none.data?.problem.fieldFaults.reason).toHaveLength(1);
  await call(actions.drain, world.mailbox, world.to, { reason: "flytter til ny server" });
  expect(await state()).toBe("draining");
  const resumed = await call(actions.resume, world.mailbox, world.to, {});
  expect(resumed.location).toBe(`/endepunkter/${world.mailbox}/tilstand?gjort=genoptaget`);
  expect(await state()).toBe("active");
});

test("an endpoint can be drained for closing only when its registrations move to another endpoint", async () => {
  const reason = "flytter til postkassen";
  const asked = { reason, endsAs: "closed", moveTo: "" };
  const refused = await call(actions.drain, world.webhook, world.to, asked);
  expect(refused.data?.problem.fieldFaults.moveTo).toEqual([
    "Lokationsnumre modtager stadig her. Vælg, hvor det skal flyttes hen.",
  ]);
  const moved = await call(actions.drain, world.webhook, world.to, { ...asked, moveTo: world.mailbox });
  expect(moved.location).toBe(`/endepunkter/${world.webhook}/tilstand?gjort=toemmes&flyttet=1`);
  expect((await call<PageData>(load, world.webhook, world.to)).state).toBe("draining");
});
