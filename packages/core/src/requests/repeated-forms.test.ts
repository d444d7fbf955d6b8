import { expect, test } from "vitest";
import { inviteUser, listInvitations } from "../access/index.ts";
import { createContext } from "../context.ts";
import { aWorldOfVendors } from "../testing/index.ts";
import { withForm } from "./repeated-forms.ts";
import { idempotencyKeys } from "./tables.ts";

const { db, admin, stranger, ours, inOurs, theirs, inTheirs } = await aWorldOfVendors();
const invited = (username: string) => ({
  ...{ username, name: username, email: `${username}@example.org`, supplierId: ours },
  ...{ role: "vendor-editor" as const, scope: inOurs },
});
const waiting = async () =>
  (await listInvitations(admin.ctx, { supplierId: ours })).map((one) => one.username);

/** Handles a posted form as a separate process would. */
async function post(form: { id: string; digest: string }, username: string, minutes = 0) {
  const now = new Date(admin.ctx.now.getTime() + minutes * 60_000);
  const posted = withForm(createContext(db, admin.ctx.actor, now));
  posted.name(form);
  return await inviteUser(posted.ctx, invited(username));
}

test("a form posted twice concurrently has one effect, and both answers have the same secret", async () => {
  const form = { id: "1", digest: "a" };
  const [first, second] = await Promise.all([post(form, "anna"), post(form, "anna")]);
  expect(second).toEqual(first);
  expect(second?.expiresAt).toBeInstanceOf(Date);
  expect(await waiting()).toEqual(["anna"]);
  const [kept] = await db.select().from(idempotencyKeys);
  expect(JSON.stringify(kept?.answer)).not.toContain(first?.token);
});

test("another text in the same form, another form, and the same one after ten minutes have an effect", async () => {
  const before = (await waiting()).length;
  await post({ id: "2", digest: "a" }, "bo");
  await post({ id: "2", digest: "b" }, "bo");
  await post({ id: "3", digest: "a" }, "bo");
  await post({ id: "3", digest: "a" }, "bo", 9);
  expect((await waiting()).length).toBe(before + 3);
  await post({ id: "3", digest: "a" }, "bo", 11);
  expect((await waiting()).length).toBe(before + 4);
});

test("a refused form can be posted again, and another user's form with the same id is unrelated", async () => {
  const form = { id: "4", digest: "a" };
  const postElsewhere = async () => {
    const posted = withForm(createContext(db, admin.ctx.actor, admin.ctx.now));
    posted.name(form);
    return await inviteUser(posted.ctx, { ...invited("emil"), supplierId: theirs, scope: inTheirs });
  };
  await expect(postElsewhere()).rejects.toMatchObject({ code: "not-allowed" });
  await expect(postElsewhere()).rejects.toMatchObject({ code: "not-allowed" });
  const mine = await post({ id: "5", digest: "a" }, "carl");
  const posted = withForm(stranger.ctx);
  posted.name({ id: "5", digest: "a" });
  const role = "vendor-editor" as const;
  const theirsInvited = { ...invited("dora"), supplierId: theirs, role, scope: inTheirs };
  expect((await inviteUser(posted.ctx, theirsInvited)).id).not.toBe(mine.id);
});
