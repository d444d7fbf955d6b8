import { createContext } from "@sor/core";
import { resetSecondFactor } from "@sor/core/access";
import { aUser, testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { aMailServer } from "../testing/a-mail-server.ts";
import { testDeps } from "../testing/index.ts";
import { mailAccountsOnce } from "./mail-accounts.ts";
import { createMailer, type Mailer } from "./send-mail.ts";

test("a user whose second factor was removed gets one mail, and another only when the mail server failed", async () => {
  const db = await testDatabase();
  let now = new Date("2026-03-01T10:00:00Z");
  const given = { role: "reader", scope: { kind: "all" } } as const;
  const { userId } = await aUser(db, "laast", given, now);
  await db.$client.query("update users set two_factor_enabled = true");
  const server = await aMailServer();
  const deps = testDeps({
    db,
    clock: () => now,
    env: { SMTP_URL: server.url, PORTAL_ORIGIN: "https://sor.example.dk", MAIL_FROM: "drift@example.dk" },
  });
  const mailer = createMailer(deps.config);
  if (!mailer) throw new Error("there is a mail server");
  const system = createContext(db, { kind: "system", job: "test" }, now);
  await resetSecondFactor(system, { userId, reason: "telefonen er væk" });
  server.refusals.push(451);
  expect(await mailAccountsOnce(deps, mailer)).toBe(0);
  now = new Date(now.getTime() + 60_000);
  expect(await mailAccountsOnce(deps, mailer)).toBe(1);
  now = new Date(now.getTime() + 86_400_000);
  expect(await mailAccountsOnce(deps, mailer)).toBe(0);
  expect(server.mails.map(({ to }) => to)).toEqual([["laast@example.org"]]);
  const text = server.mails[0]?.text ?? "";
  expect(text).toContain("Auto-Submitted: auto-generated");
  expect(text).toContain("https://sor.example.dk/konto/totrinslogin");
  mailer.close();
  await server.stop();
});

test("with a slow mail server no second process sends mail that the first has yet to send", async () => {
  const db = await testDatabase();
  let now = new Date("2026-03-01T10:00:00Z");
  const given = { role: "reader", scope: { kind: "all" } } as const;
  for (const name of ["en", "to", "tre"]) {
    const { userId } = await aUser(db, name, given, now);
    await db.$client.query("update users set two_factor_enabled = true");
    const system = createContext(db, { kind: "system", job: "test" }, now);
    await resetSecondFactor(system, { userId, reason: "telefonen er væk" });
  }
  const deps = testDeps({ db, clock: () => now, env: { PORTAL_ORIGIN: "https://sor.example.dk" } });
  const sent: string[] = [];
  const mailer = (whileSending: () => Promise<unknown>): Mailer => ({
    send: async () => ({ kind: "sent" }),
    sendPlain: async ({ to }) => {
      sent.push(to);
      await whileSending();
      return { kind: "sent" };
    },
    close: () => undefined,
  });
  const quick = mailer(async () => undefined);
  const slow = mailer(async () => {
    now = new Date(now.getTime() + 70_000);
    if (sent.length === 2) await mailAccountsOnce(deps, quick);
  });
  await mailAccountsOnce(deps, slow);
  expect(sent.toSorted()).toEqual(["en@example.org", "to@example.org", "tre@example.org"]);
});
