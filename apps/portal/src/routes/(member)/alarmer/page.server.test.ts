import { createContext } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listAlertSubscriptions, raiseAlertSignal, watchAlerts } from "@sor/core/alerts";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../testing/message-world.ts";
import { actions, load } from "./+page.server.ts";
import * as receiver from "./[id]/+page.server.ts";

const now = new Date("2026-03-01T10:00:00Z");
let world: MessageWorld;

beforeAll(async () => {
  world = await aMessageWorld(await testDatabase(), now);
});

type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  open?: { title: string; text: string }[];
  receivers?: { id: string; name: string }[];
  mayEdit?: boolean;
  made?: { id: string; secret: string | null };
  receiver?: { state: string };
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
};

async function call(route: unknown, actor: Actor, form?: Record<string, string>, id?: string) {
  const params = id === undefined ? {} : { id };
  const event = testEvent({ ctx: world.at(actor), params, ...(form && { form }) });
  try {
    return (await (route as (event: never) => unknown)(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

const wanted = { name: "Vagten", channel: "feed", address: "", leastSeverity: "minor", digest: "hourly" };

test("each side sees its own open alerts, in words", async () => {
  const system = createContext(world.db, { kind: "system", job: "test" }, now);
  await world.send(["A1"]);
  await world.answer(410);
  await raiseAlertSignal(system, { kind: "prune-failed", subject: "gateway", forSeconds: 60 });
  await watchAlerts(system);
  const seen = await call(load, world.from);
  expect(seen.open).toEqual([
    expect.objectContaining({
      title: "Meddelelser er afvist endeligt",
      text: expect.stringContaining("1 sendt af jer"),
    }),
  ]);
  expect((await call(load, world.stranger)).open).toEqual([]);
});

test("a receiver is taken up, paused and removed, by its own vendor alone", async () => {
  const { made } = await call(actions.default, world.from, wanted);
  expect(made?.secret).toMatch(/\/alerts\/feed\/[\w-]{32}\.rss$/);
  const id = made?.id ?? "";
  expect((await call(load, world.from)).receivers).toMatchObject([{ id, name: "Vagten" }]);
  expect((await call(load, world.stranger)).receivers).toEqual([]);
  expect((await call(receiver.load, world.stranger, undefined, id)).code).toBe("not-found");
  expect((await call(receiver.actions.remove, world.stranger, {}, id)).status).toBe(403);
  await call(receiver.actions.pause, world.from, {}, id);
  expect((await call(receiver.load, world.from, undefined, id)).receiver?.state).toBe("paused");
  expect((await call(receiver.actions.remove, world.from, {}, id)).location).toBe("/alarmer");
  expect(await listAlertSubscriptions(world.at(world.from))).toEqual([]);
});

test("a mail receiver waits for the code that was sent, and a wrong one is refused at its field", async () => {
  const mail = { ...wanted, channel: "mail", address: "vagt@example.dk" };
  const { made } = await call(actions.default, world.from, mail);
  const wrong = await call(receiver.actions.confirm, world.from, { code: "ABCDEFGHIJ" }, made?.id);
  expect(wrong.data?.problem.fieldFaults.code).toHaveLength(1);
  expect((await call(receiver.load, world.from, undefined, made?.id)).receiver?.state).toBe("pending");
});

test("an address that does not fit the way, and half of the quiet hours, are told at their fields", async () => {
  const none = await call(actions.default, world.from, { ...wanted, channel: "mail" });
  expect(none.data?.problem.fieldFaults.address).toHaveLength(1);
  const half = await call(actions.default, world.from, { ...wanted, quietFrom: "22:00" });
  expect(half.data?.problem.fieldFaults.quietTo).toHaveLength(1);
  const inside = { ...wanted, channel: "webhook", address: "https://10.0.0.1/ind" };
  const refused = await call(actions.default, world.from, inside);
  expect(refused.data?.problem.fieldFaults.address).toEqual(["Adressen kan ikke bruges."]);
});
