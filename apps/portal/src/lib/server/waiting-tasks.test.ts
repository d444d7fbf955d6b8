import type { Actor } from "@sor/core/access";
import { watchAlerts } from "@sor/core/alerts";
import { holdMessage, releaseMessage } from "@sor/core/steering";
import { testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { aMessageWorld } from "../../testing/message-world.ts";
import { listWaitingTasks } from "./waiting-tasks.ts";

test("users see what waits for their decision, and nothing they may not see", async () => {
  const world = await aMessageWorld(await testDatabase(), new Date("2026-03-01T10:00:00Z"));
  const told = async (actor: Actor) => {
    if (actor.kind !== "user") throw new Error("not a user");
    return (await listWaitingTasks(world.at(actor), actor)).map(({ count, href }) => [count, href]);
  };
  expect(await told(world.from)).toEqual([]);
  await world.send(["T1", "T2"]);
  await world.answer(410);
  await watchAlerts(world.at({ kind: "system", job: "test" }));
  const [held = ""] = await world.send(["T3"]);
  await holdMessage(world.at(world.to), { id: held, reason: "ser forkert ud", takesTwo: true });
  await releaseMessage(world.at(world.to), { id: held, reason: "gennemgået" });
  const shared = [
    [2, "/meddelelser/ikke-afleverede"],
    [1, "/alarmer"],
  ];
  for (const actor of [world.from, world.to]) expect(await told(actor)).toEqual(shared);
  expect(await told(world.colleague)).toEqual([shared[0], [1, "/meddelelser/frigivelse"], shared[1]]);
  expect(await told(world.stranger)).toEqual([]);
  const grant = { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
  const authority: Actor = { kind: "user", id: "d", name: "Dorte", supplierId: null, grants: [grant] };
  expect((await told(authority)).map(([, href]) => href)).toEqual(["/alarmer"]);
});
