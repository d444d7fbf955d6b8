import type { Actor } from "@sor/core/access";
import { testDatabase } from "@sor/core/testing";
import { beforeEach, expect, test } from "vitest";
import { testEvent } from "../../../testing/events.ts";
import { aMessageWorld, type MessageWorld } from "../../../testing/message-world.ts";
import { load as loadList } from "./+page.server.ts";
import { load as loadOne } from "./[id]/+page.server.ts";
import { load as loadStep, actions as stepping } from "./[id]/handling/[step]/+page.server.ts";
import { load as loadWays } from "./[id]/omdiriger/+page.server.ts";
import { load as loadDead } from "./ikke-afleverede/+page.server.ts";
import { actions as grouping, load as loadGroup } from "./ikke-afleverede/gruppe/+page.server.ts";
import { actions as searching } from "./soeg/+page.server.ts";

const db = await testDatabase();
const now = new Date("2026-03-01T10:00:00Z");
let number = 0;
let world: MessageWorld;

beforeEach(async () => {
  number += 1;
  world = await aMessageWorld(db, now, number);
});

type Outcome = {
  location?: string;
  status?: number;
  groups?: { key: string }[];
  steps?: (string | { step: string })[];
  mayResend?: boolean;
  maySend?: boolean;
  isPossible?: boolean;
  options?: unknown[];
  outcome?: { isComplete: boolean; lines: string[] };
};
type Asked = { path?: string; params?: Record<string, string>; form?: Record<string, string> };

async function call(route: unknown, actor: Actor, { path = "/meddelelser", ...asked }: Asked = {}) {
  try {
    const event = testEvent({ ctx: world.at(actor), path, ...asked });
    return (await (route as (event: never) => unknown)(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

function readerOf(actor: Actor): Actor {
  if (actor.kind !== "user") throw new Error("a reader is a user");
  return { ...actor, id: "laeser", grants: actor.grants.map((grant) => ({ ...grant, role: "reader" })) };
}

const people = {
  sender: () => world.from,
  receiver: () => world.to,
  "sender's reader": () => readerOf(world.from),
  "receiver's reader": () => readerOf(world.to),
};
const both = ["reroute", "retry", "discard"];

test.each<[who: keyof typeof people, group: string[], own: string[], mayResend: boolean]>([
  ["sender", both, ["reroute", "retry", "resend", "discard"], true],
  ["receiver", both, both, false],
  ["sender's reader", [], [], false],
  ["receiver's reader", [], [], false],
])(
  "of undelivered messages the %s is offered %j, of one %j, and to resend: %j",
  async (who, group, own, mayResend) => {
    const [id = ""] = await world.send([`D${number}A`]);
    await world.answer(410);
    const actor = people[who]();
    const key = (await call(loadDead, actor)).groups?.[0]?.key;
    const path = `/meddelelser/ikke-afleverede/gruppe?${key}`;
    expect(await call(loadGroup, actor, { path })).toMatchObject({ steps: group, mayResend });
    expect(await call(loadList, actor, { path: "/meddelelser?state=dead" })).toMatchObject({
      mayResend,
      maySend: !who.includes("reader"),
    });
    expect(await call(searching.default, actor, { form: { keys: id } })).toMatchObject({ mayResend });
    const one = await call(loadOne, actor, { params: { id } });
    expect(one.steps?.map((each) => (each as { step: string }).step)).toEqual(own);
    const ways = await call(loadWays, actor, { params: { id } });
    expect(ways.options?.length === 0).toBe(!own.includes("reroute"));
    for (const step of ["retry", "resend", "discard"]) {
      const page = await call(loadStep, actor, { params: { id, step } });
      expect(page.isPossible, step).toBe(own.includes(step));
    }
  },
);

test.each(["sender", "receiver", "sender's reader", "receiver's reader"] as const)(
  "what the %s is offered succeeds, and what is not offered is refused",
  async (who) => {
    const actor = people[who]();
    for (const step of ["retry", "resend", "discard"]) {
      const [id = ""] = await world.send([`E${number}${step}`]);
      await world.answer(410);
      const { isPossible } = await call(loadStep, actor, { params: { id, step } });
      const done = await call(stepping.default, actor, {
        params: { id, step },
        form: { reason: "en prøve" },
      });
      expect([step, done.location !== undefined]).toEqual([step, isPossible]);
      await world.answer(410);
    }
    const key = (await call(loadDead, actor)).groups?.[0]?.key;
    const path = `/meddelelser/ikke-afleverede/gruppe?/confirm&${key}`;
    const { steps = [] } = await call(loadGroup, actor, { path });
    for (const what of ["retry", "discard"]) {
      const form = { what, endpointId: "", reason: "en prøve" };
      const { outcome } = await call(grouping.confirm, actor, { path, form });
      expect([what, outcome?.isComplete]).toEqual([what, steps.includes(what)]);
      await world.answer(410);
    }
  },
);
