import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { createContext } from "../context.ts";
import { newId } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import { journalEntries } from "../journal/tables.ts";
import { aUser, aWorldOfVendors } from "../testing/index.ts";
import { recordAccountMail, takeAccountMails } from "./account-mails.ts";
import { resetSecondFactor } from "./reset-second-factor.ts";
import { accountMails, sessions, twoFactors, users } from "./tables.ts";

const now = new Date("2026-03-01T10:00:00Z");
const reason = "telefonen er væk, ringet op på kendt nummer";

/** Two vendors' administrators, and a user of the first with a second factor and two sessions. */
async function someoneLocked() {
  const world = await aWorldOfVendors(now);
  const { db, ours, inOurs } = world;
  const role = "vendor-editor" as const;
  const { userId, ctx } = await aUser(db, "laast", { role, scope: inOurs, supplierId: ours }, now);
  await db.update(users).set({ twoFactorEnabled: true }).where(eq(users.id, userId));
  await db.insert(twoFactors).values({ id: newId(), secret: "s", backupCodes: "b", userId, verified: true });
  for (const token of ["a", "b"]) {
    const times = { expiresAt: new Date("2026-04-01"), createdAt: now, updatedAt: now };
    await db.insert(sessions).values({ id: newId(), token, userId, ...times });
  }
  const system = (at = now) => createContext(db, { kind: "system", job: "test" }, at);
  return { ...world, userId, own: ctx, system };
}

test("the second factor and all sessions are gone, a mail is queued, and the journal says who did it and why", async () => {
  const { db, admin, userId, system } = await someoneLocked();
  await resetSecondFactor(admin.ctx, { userId, reason });
  expect(await db.$count(twoFactors, eq(twoFactors.userId, userId))).toBe(0);
  expect(await db.$count(sessions, eq(sessions.userId, userId))).toBe(0);
  const [user] = await db.select().from(users).where(eq(users.id, userId));
  expect(user?.twoFactorEnabled).toBe(false);
  const journal = (await db.select().from(journalEntries)).filter(({ subjectId }) => subjectId === userId);
  expect(journal.at(-1)).toMatchObject({
    ...{ action: "user.edit", outcome: "done", comment: reason, actorId: admin.userId },
  });
  const mails = await takeAccountMails(system(), { limit: 10, leaseSeconds: 60 });
  expect(mails).toMatchObject([{ kind: "second-factor-reset", to: "laast@example.org", username: "laast" }]);
});

test("another vendor's administrator, and the user, are refused and nothing changes", async () => {
  const { db, stranger, own, userId, authority } = await someoneLocked();
  for (const ctx of [stranger.ctx, own]) {
    await expect(resetSecondFactor(ctx, { userId, reason })).rejects.toMatchObject({ code: "not-found" });
    expect((await listJournal(db, { limit: 1 }))[0]).toMatchObject({ outcome: "refused", subjectId: userId });
  }
  const self = { userId: authority.userId, reason };
  await expect(resetSecondFactor(authority.ctx, self)).rejects.toMatchObject({
    details: { fault: "own-account" },
  });
  expect(await db.$count(sessions, eq(sessions.userId, userId))).toBe(2);
  expect(await db.$count(accountMails)).toBe(0);
});

test("without a second factor nothing is reset and no mail is queued", async () => {
  const { db, admin, userId } = await someoneLocked();
  await resetSecondFactor(admin.ctx, { userId, reason });
  await expect(resetSecondFactor(admin.ctx, { userId, reason })).rejects.toMatchObject({
    details: { fault: "no-second-factor" },
  });
  expect(await db.$count(accountMails)).toBe(1);
});

test("a mail is leased by one process at a time, retried with longer waits, and sent once", async () => {
  const { admin, userId, system } = await someoneLocked();
  await resetSecondFactor(admin.ctx, { userId, reason });
  const take = async (seconds: number) =>
    await takeAccountMails(system(new Date(now.getTime() + seconds * 1000)), { limit: 10, leaseSeconds: 60 });
  const [mail] = await take(0);
  if (!mail) throw new Error("there is a mail");
  expect(await take(59)).toEqual([]);
  await recordAccountMail(system(), { mail, outcome: "failed" });
  expect(await take(29)).toEqual([]);
  const [again] = await take(30);
  if (!again) throw new Error("there is a mail again");
  expect(again).toMatchObject({ id: mail.id, attempts: 1 });
  // The first process answers late: its failure says nothing about the attempt of the second.
  await recordAccountMail(system(), { mail, outcome: "refused" });
  expect(await take(91)).toMatchObject([{ id: mail.id, attempts: 1 }]);
  await recordAccountMail(system(), { mail: again, outcome: "sent" });
  expect(await take(100_000)).toEqual([]);
});
