import { aUser, aWorldOfVendors } from "@sor/core/testing";
import { expect, test } from "vitest";
import { testEvent } from "../../../../testing/events.ts";
import { actions, load } from "./+page.server.ts";

type Outcome = {
  status?: number;
  location?: string;
  user?: { hasSecondFactor: boolean };
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
};

test("an administrator removes the second factor of a user with a reason; another vendor's administrator may not", async () => {
  const { db, admin, stranger, ours, inOurs } = await aWorldOfVendors();
  const given = { role: "vendor-editor", scope: inOurs, supplierId: ours } as const;
  const { userId } = await aUser(db, "laast", given);
  await db.$client.query("update users set two_factor_enabled = true where id = $1", [userId]);
  const call = async (route: unknown, ctx: typeof admin.ctx, form?: Record<string, string>) => {
    const event = testEvent({ ctx, params: { id: userId }, ...(form && { form }) });
    try {
      return (await (route as (event: never) => unknown)(event as never)) as Outcome;
    } catch (thrown) {
      return thrown as Outcome;
    }
  };
  expect((await call(load, admin.ctx)).user?.hasSecondFactor).toBe(true);
  const none = await call(actions.factor, admin.ctx, { reason: "" });
  expect(none.data?.problem.fieldFaults.reason).toHaveLength(1);
  const reason = "ringet op på kendt nummer";
  expect((await call(actions.factor, stranger.ctx, { reason })).status).toBe(404);
  expect((await call(load, admin.ctx)).user?.hasSecondFactor).toBe(true);
  const done = await call(actions.factor, admin.ctx, { reason });
  expect(done.location).toBe(`/brugere/${userId}?totrin`);
  expect((await call(load, admin.ctx)).user?.hasSecondFactor).toBe(false);
  const again = await call(actions.factor, admin.ctx, { reason });
  expect(again.data?.problem.formFaults).toEqual(["Brugeren har ikke totrinslogin."]);
});
