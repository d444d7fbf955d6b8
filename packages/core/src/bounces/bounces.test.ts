import { beforeEach, describe, expect, test } from "vitest";
import { createContext } from "../context.ts";
import { type Database, newId } from "../database/index.ts";
import { resumeSubscription } from "../public-subscriptions/index.ts";
import { hashOf } from "../subscriptions/index.ts";
import { testDatabase } from "../testing/index.ts";
import { readReport, recordBounce, returnAddress } from "./index.ts";

type Report = { to: string; action?: string; status?: string; type?: string };

/** A delivery report as mail servers write them. */
const report = ({ to, action = "failed", status = "5.1.1", type = "delivery-status" }: Report) =>
  [
    "Return-Path: <>",
    "Received: from mx.example.org (mx.example.org [192.0.2.1])",
    "\tby mail.example.dk (Postfix) with ESMTP id 4XyZ",
    `Delivered-To: ${to}`,
    "From: MAILER-DAEMON@mx.example.org (Mail Delivery System)",
    "Subject: Undelivered Mail Returned to Sender",
    `Content-Type: multipart/report; report-type=${type};`,
    '\tboundary="4XyZ.1764/mx.example.org"',
    "MIME-Version: 1.0",
    "",
    "This is a MIME-encapsulated message.",
    "",
    "--4XyZ.1764/mx.example.org",
    "Content-Description: Notification",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "I'm sorry to have to inform you that your message could not be delivered.",
    "Status: 5.9.9 is only text here",
    "",
    "--4XyZ.1764/mx.example.org",
    "Content-Description: Delivery report",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.org",
    "Arrival-Date: Tue, 01 Dec 2026 12:00:00 +0100 (CET)",
    "",
    "Final-Recipient: rfc822; anna@example.dk",
    `Action: ${action}`,
    `Status: ${status}`,
    "Diagnostic-Code: smtp; 550 5.1.1 <anna@example.dk>: Recipient address",
    "    rejected: User unknown",
    "",
    "--4XyZ.1764/mx.example.org",
    "Content-Type: message/rfc822",
    "",
    "Subject: [SOR nyt] Nye filer",
    "",
    "--4XyZ.1764/mx.example.org--",
    "",
  ].join("\r\n");

describe("a delivery report", () => {
  test("is read with its status, with CR LF or LF", () => {
    const text = report({ to: "retur@sor.example.org" });
    expect(readReport(text)?.status).toBe("5.1.1");
    expect(readReport(text.replaceAll("\r\n", "\n"))?.status).toBe("5.1.1");
  });

  test.each([
    ["delivery is only late", report({ to: "x@y", action: "delayed", status: "4.4.1" })],
    ["it was delivered", report({ to: "x@y", action: "delivered", status: "2.0.0" })],
    ["it reports that it was read", report({ to: "x@y", type: "disposition-notification" })],
    [
      "somebody is away",
      "From: anna@example.dk\r\nAuto-Submitted: auto-replied\r\n\r\nStatus: 5.1.1\r\nAction: failed\r\n",
    ],
    ["its status is no code", report({ to: "x@y", status: "five" })],
    ["it is cut in the headers", "Content-Type: multipart/report; report-type=delivery-status"],
    ["it is empty", ""],
  ])("says nothing when %s", (_name, text) => {
    expect(readReport(text)).toBeUndefined();
  });
});

describe("mail that came back", () => {
  const start = new Date("2026-12-01T12:00:00Z");
  let db: Database;
  let subscriptionId: string;
  const token = "t".repeat(32);
  const ctx = (days = 0) =>
    createContext(db, { kind: "system", job: "test" }, new Date(start.getTime() + days * 86_400_000));
  beforeEach(async () => {
    db = await testDatabase();
    subscriptionId = newId();
    await db.$client.query(
      `insert into subscriptions (id, topic, name, channel, address, wishes, digest, state, consent_version, secret_hash, confirmed_at, created_at)
       values ($1, 'news', '', 'mail', 'anna@example.dk', 'null', 'at-once', 'active', 'x', $2, $3, $3)`,
      [subscriptionId, hashOf(token), new Date(start.getTime() - 86_400_000)],
    );
  });
  const message = async () => {
    const id = newId();
    await db.$client.query(
      `insert into outbox_messages (id, subscription_id, purpose, state, content, created_at, next_attempt_at, give_up_at)
       values ($1, $2, 'events', 'sent', '{}', now(), now(), now())`,
      [id, subscriptionId],
    );
    return id;
  };
  const address = (id: string) => returnAddress("retur@sor.example.org", id);
  const comesBack = async (days: number, status = "5.1.1") =>
    await recordBounce(ctx(days), { text: address(await message()), status });

  test("three times within 30 days suspends the address; more than 30 days apart it does not", async () => {
    expect([await comesBack(0), await comesBack(1)]).toEqual(["recorded", "recorded"]);
    expect(await comesBack(31.5)).toBe("recorded");
    expect([await comesBack(32), await comesBack(33)]).toEqual(["recorded", "suspended"]);
  });

  test.each([
    ["5.1.1", true],
    ["5.1.10", true],
    ["5.4.4", true],
    ["5.2.2", false],
    ["5.7.1", false],
    ["4.4.7", false],
  ])("status %s says that the address is dead: %s", async (status, isDead) => {
    for (let count = 0; count < 2; count += 1) await comesBack(count, status);
    expect(await comesBack(2, status)).toBe(isDead ? "suspended" : "recorded");
  });

  test("the same report three times counts once", async () => {
    const id = await message();
    const text = report({ to: address(id) });
    for (let count = 0; count < 3; count += 1) {
      const read = readReport(text);
      expect(await recordBounce(ctx(), { text: read?.headers ?? "", status: read?.status ?? "" })).toBe(
        "recorded",
      );
    }
  });

  test("an address that was resumed starts again", async () => {
    for (let count = 0; count < 3; count += 1) await comesBack(count);
    await resumeSubscription(ctx(4), { token, topics: ["news"] });
    expect([await comesBack(5), await comesBack(6), await comesBack(7)]).toEqual([
      "recorded",
      "recorded",
      "suspended",
    ]);
  });

  test("a return address that we did not make reports nothing, whichever message it names", async () => {
    const id = await message();
    const forged = address(id).replace(/-[0-9a-f]{16}@/, `-${"0".repeat(16)}@`);
    expect(await recordBounce(ctx(), { text: forged, status: "5.1.1" })).toBe("unknown");
    const other = address(newId());
    expect(await recordBounce(ctx(), { text: other, status: "5.1.1" })).toBe("unknown");
    const { rows } = await db.execute("select from outbox_messages where bounced_at is not null");
    expect(rows).toEqual([]);
  });
});
