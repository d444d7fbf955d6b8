import type { Actor } from "@sor/core/access";
import { listMessageEvents } from "@sor/core/messages";
import { holdMessage, releaseMessage } from "@sor/core/steering";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../../testing/message-world.ts";
import * as release from "../frigivelse/+page.server.ts";
import { actions, load } from "./+page.server.ts";
import * as job from "./[id]/+page.server.ts";

const now = new Date("2026-03-01T10:00:00Z");
let world: MessageWorld;

beforeAll(async () => {
  world = await aMessageWorld(await testDatabase(), now);
});

type Preview = { matched: number; willSend: number; leftOut: string[] };
type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  preview?: Preview | null;
  keys?: string;
  job?: { state: string; messages: number };
  jobs?: { reason: string; messages: number; isRunning: boolean }[];
  mine?: { message: { id: string }; heldFor: string | null; askedBy: string | null }[];
  others?: { isOwnRequest: boolean; heldFor: string | null; askedFor: string | null }[];
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
};
type Asked = { path?: string; form?: Record<string, string>; id?: string };

async function call(route: unknown, actor: Actor, { path = "/", form, id }: Asked = {}): Promise<Outcome> {
  const params = id === undefined ? {} : { id };
  const event = testEvent({ ctx: world.at(actor), path, params, ...(form && { form }) });
  try {
    return (await (route as (event: never) => unknown)(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

const page = () => `/meddelelser/send-igen?receiver=${world.receiver}&state=dead`;
const reason = "modtageren har mistet posten";
const once = "0196d5e2-0000-7000-8000-000000000001";

test("a group is counted and resent with a reason, once even if the form is posted repeatedly", async () => {
  const [first = ""] = await world.send(["M1", "M2"]);
  await world.answer(410);
  const { preview } = await call(load, world.from, { path: page() });
  expect(preview).toMatchObject({ matched: 2, willSend: 2, leftOut: [] });
  const none = await call(actions.start, world.from, {
    path: page(),
    form: { once, reason: "" },
  });
  expect(none.data?.problem.fieldFaults.reason).toHaveLength(1);
  const form = { once, keys: "", reason };
  const started = await call(actions.start, world.from, { path: page(), form });
  expect(started.status, JSON.stringify(started)).toBe(303);
  const again = await call(actions.start, world.from, { path: page(), form });
  expect(again.location).toBe(started.location);
  const id = started.location?.split("/").at(-1) ?? "";
  expect((await call(job.load, world.from, { id })).job).toMatchObject({ state: "running", messages: 2 });
  expect((await call(job.load, world.to, { id })).code).toBe("not-found");
  await call(job.actions.default, world.from, { id, form: { reason: "forkert dag" } });
  expect((await call(job.load, world.from, { id })).job?.state).toBe("stopped");
  const events = await listMessageEvents(world.at(world.from), { id: first });
  expect(events.some(({ event }) => event === "resent")).toBe(false);
});

test("the receiver sees why it cannot resend any of them", async () => {
  const { preview } = await call(load, world.to, { path: page() });
  expect(preview).toMatchObject({ matched: 2, willSend: 0, leftOut: ["2: I er ikke afsenderen"] });
  const form = { keys: "", reason };
  const refused = await call(actions.start, world.to, { path: page(), form });
  expect(refused.data?.problem.formFaults).toEqual(["Ingen af meddelelserne kan genfremsendes."]);
});

test("pasted keys are counted and resent without being in a URL", async () => {
  const { keys, preview } = await call(actions.keys, world.from, { form: { keys: "M1, M2" } });
  expect([keys, preview?.willSend]).toEqual(["M1\nM2", 2]);
  const form = { keys: keys ?? "", reason };
  const started = await call(actions.start, world.from, { form });
  expect(started.location).toMatch(/^\/meddelelser\/send-igen\/[0-9a-f-]{36}$/);
});

test("a URL without a filter selects nothing", async () => {
  expect((await call(load, world.from, { path: "/meddelelser/send-igen" })).preview).toBeNull();
});

test("a started job is found by its own side only", async () => {
  const { jobs = [] } = await call(load, world.from, { path: "/meddelelser/send-igen" });
  expect(jobs).toContainEqual(expect.objectContaining({ reason, messages: 2, isRunning: false }));
  expect((await call(load, world.to, { path: "/meddelelser/send-igen" })).jobs).toEqual([]);
});

test("the second person sees the pending request, and their approval releases the message", async () => {
  const [id = ""] = await world.send(["F1"]);
  await holdMessage(world.at(world.to), { id, reason: "ser forkert ud", takesTwo: true });
  await releaseMessage(world.at(world.to), { id, reason });
  expect((await call(release.load, world.to)).others).toMatchObject([
    { isOwnRequest: true, heldFor: "ser forkert ud", askedFor: reason, askedBy: "Berit" },
  ]);
  expect((await call(release.load, world.colleague)).mine).toMatchObject([{ message: { id } }]);
  for (const other of [world.from, world.stranger]) {
    expect(await call(release.load, other)).toMatchObject({ mine: [], others: [] });
  }
  for (const actor of [world.to, world.from]) {
    expect((await call(release.actions.approve, actor, { form: { id, reason } })).status).toBe(400);
  }
  const no = await call(release.actions.decline, world.colleague, { form: { id, reason: "stadig forkert" } });
  expect(no.location).toBe("/meddelelser/frigivelse?gjort=afvist");
  await releaseMessage(world.at(world.to), { id, reason });
  const yes = await call(release.actions.approve, world.colleague, { form: { id, reason } });
  expect(yes.location).toBe("/meddelelser/frigivelse?gjort=godkendt");
  expect((await call(release.load, world.colleague)).mine).toEqual([]);
});
