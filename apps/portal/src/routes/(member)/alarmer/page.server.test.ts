import { createContext } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { listAlertSubscriptions, raiseAlertSignal, watchAlerts } from "@sor/core/alerts";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { type FormProblem, versionToPost } from "#lib/form-problem.ts";
import { testEvent } from "../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../testing/message-world.ts";
import * as journal from "../journal/+page.server.ts";
import { actions, load } from "./+page.server.ts";
import * as receiver from "./[id]/+page.server.ts";

const now = new Date("2026-03-01T10:00:00Z");
let world: MessageWorld;
const grant = { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
const authority: Actor = { kind: "user", id: "Dorte", name: "Dorte", supplierId: null, grants: [grant] };

beforeAll(async () => {
  world = await aMessageWorld(await testDatabase(), now);
});

type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  open?: { title: string; text: string; next: { href: string } | null }[];
  receivers?: { id: string; name: string }[];
  mayEdit?: boolean;
  made?: { id: string; secret: string | null };
  receiver?: { state: string; etag: string };
  wishes?: { name: string };
  entries?: { changes: { fields: { path: string[]; from?: unknown; to?: unknown }[] } }[];
  data?: { problem: FormProblem };
};

async function call(route: unknown, actor: Actor, form?: Record<string, string | string[]>, id?: string) {
  const params = id === undefined ? {} : { id };
  const event = testEvent({ ctx: world.at(actor), params, ...(form && { form }) });
  try {
    return (await (route as (event: never) => unknown)(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

const wanted = { name: "Vagten", channel: "feed", address: "", leastSeverity: "minor", digest: "hourly" };

test("each side sees its own open alerts as text", async () => {
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
      next: { href: "/meddelelser/ikke-afleverede", text: "Se de ikke afleverede meddelelser" },
    }),
  ]);
  expect((await call(load, world.stranger)).open).toEqual([]);
  // The authority may not see messages, and gets no link to them.
  const all = await call(load, authority);
  expect(all.open?.filter(({ next }) => next?.href.startsWith("/meddelelser"))).toEqual([]);
});

test("a receiver is added, paused and removed only by its own vendor", async () => {
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

test("a mail receiver must be confirmed with the code sent, and a wrong code is refused at its field", async () => {
  const mail = { ...wanted, channel: "mail", address: "vagt@example.dk" };
  const { made } = await call(actions.default, world.from, mail);
  const wrong = await call(receiver.actions.confirm, world.from, { code: "ABCDEFGHIJ" }, made?.id);
  expect(wrong.data?.problem.fieldFaults.code).toHaveLength(1);
  expect((await call(receiver.load, world.from, undefined, made?.id)).receiver?.state).toBe("pending");
  const twice = await call(actions.default, world.from, { ...mail, address: "Vagt@Example.dk" });
  expect(twice.data?.problem.fieldFaults.address).toEqual(["Der er allerede en modtager med den adresse."]);
});

test("an address that does not fit the channel, and incomplete quiet hours, are reported at their fields", async () => {
  const none = await call(actions.default, world.from, { ...wanted, channel: "mail" });
  expect(none.data?.problem.fieldFaults.address).toHaveLength(1);
  const half = await call(actions.default, world.from, { ...wanted, quietFrom: "22:00" });
  expect(half.data?.problem.fieldFaults.quietTo).toHaveLength(1);
  const equal = await call(actions.default, world.from, { ...wanted, quietFrom: "22:00", quietTo: "22.00" });
  expect(equal.data?.problem.fieldFaults.quietTo).toEqual(["De to klokkeslæt skal være forskellige."]);
  const inside = { ...wanted, channel: "webhook", address: "https://10.0.0.1/ind" };
  const refused = await call(actions.default, world.from, inside);
  expect(refused.data?.problem.fieldFaults.address).toEqual(["Adressen kan ikke bruges."]);
});

const edited = {
  name: "Vagten, ny",
  leastSeverity: "serious",
  digest: "daily",
  kinds: ["endpoint-down", "queue-old"],
  quietFrom: "22:00",
  quietTo: "06:30",
};

async function aReceiver(): Promise<{ id: string; etag: string }> {
  const { made } = await call(actions.default, world.from, wanted);
  const id = made?.id ?? "";
  return { id, etag: (await etagOf(id)) ?? "" };
}
const etagOf = async (id: string) => (await call(receiver.load, world.from, undefined, id)).receiver?.etag;
const wishesOf = async (id: string) => (await call(receiver.load, world.from, undefined, id)).wishes;

test("a receiver is edited only by its own vendor, and the journal shows the old and new values", async () => {
  const { id, etag } = await aReceiver();
  expect((await call(receiver.actions.save, world.stranger, { ...edited, etag }, id)).status).toBe(403);
  expect((await wishesOf(id))?.name).toBe("Vagten");
  const saved = await call(receiver.actions.save, world.from, { ...edited, etag }, id);
  expect([saved.status, saved.location]).toEqual([303, `/alarmer/${id}?gemt=1`]);
  expect(await wishesOf(id)).toEqual(edited);
  const { entries } = await call(journal.load, authority);
  const changed = entries?.flatMap(({ changes }) => changes.fields) ?? [];
  expect(changed).toContainEqual({ path: ["digest"], from: "hourly", to: "daily" });
});

test("a concurrent change of a receiver is shown before it can be overwritten", async () => {
  const { id, etag } = await aReceiver();
  await call(receiver.actions.save, world.from, { ...edited, etag }, id);
  const late = await call(receiver.actions.save, world.from, { ...edited, name: "Sent på den", etag }, id);
  expect(late.data?.problem.formFaults).toEqual([expect.stringContaining("En anden har gemt ændringer")]);
  expect((await wishesOf(id))?.name).toBe("Vagten, ny");
  // The page that reports the conflict carries the current version, so saving again is deliberate.
  const told = versionToPost(late.data?.problem as FormProblem, (await etagOf(id)) ?? "");
  const again = await call(
    receiver.actions.save,
    world.from,
    { ...edited, name: "Sent på den", etag: told },
    id,
  );
  expect(again.status).toBe(303);
  expect((await wishesOf(id))?.name).toBe("Sent på den");
});

test("a field fault keeps the version that the form was opened with", async () => {
  const { id, etag } = await aReceiver();
  const faulty = await call(receiver.actions.save, world.from, { ...edited, name: " ", etag }, id);
  const problem = faulty.data?.problem as FormProblem;
  expect(Object.keys(problem.fieldFaults)).toEqual(["name"]);
  const half = await call(receiver.actions.save, world.from, { ...edited, quietTo: "", etag }, id);
  expect(Object.keys(half.data?.problem.fieldFaults ?? {})).toEqual(["quietTo"]);
  await call(receiver.actions.pause, world.from, {}, id);
  expect(versionToPost(problem, (await etagOf(id)) ?? "")).toBe(etag);
});
