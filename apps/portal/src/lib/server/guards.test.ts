import { createContext } from "@sor/core";
import type { Actor, Role } from "@sor/core/access";
import { testDatabase } from "@sor/core/testing";
import { expect, test } from "vitest";
import { testEvent } from "../../testing/events.ts";
import { requireRole, requireUser, type SignedIn, safePath, whatMayBeSeen } from "./guards.ts";

const now = new Date("2026-06-15T12:00:00Z");
const db = await testDatabase();

function userWith(role: Role, validTo: Date | null, validFrom = new Date("2020-01-01")): Actor {
  const grants = [{ role, scope: { kind: "all" as const }, validFrom, validTo }];
  return { kind: "user", id: "u", name: "U", supplierId: null, grants };
}

const eventOf = (actor: Actor) => testEvent({ ctx: createContext(db, actor, now), path: "/journal?side=2" });

test.each([
  ["/start", "/start"],
  ["/enhed/1?a=b#c", "/enhed/1?a=b#c"],
  ["//evil.example", "/start"],
  ["/\\evil.example", "/start"],
  ["https://evil.example", "/start"],
  ["javascript:alert(1)", "/start"],
  ["/a\nLocation: x", "/start"],
  ["", "/start"],
  [null, "/start"],
])("after login %j leads to %s, never to another host", (asked, path) => {
  expect(safePath(asked)).toBe(path);
});

test("an anonymous visitor is redirected to the login page and back to the same URL", () => {
  expect(() => requireUser(eventOf({ kind: "anonymous" }))).toThrowError(
    expect.objectContaining({ status: 303, location: "/login?next=%2Fjournal%3Fside%3D2" }),
  );
});

test("a missing, expired or future role gets 403 and no content", () => {
  const ranOut = userWith("authority", new Date("2026-06-15T11:59:59Z"));
  const nextWeek = userWith("authority", null, new Date("2026-06-22T00:00:00Z"));
  const nothing = { mayFollowMessages: false, maySeeAlerts: false, mayEditRegister: false };
  expect(whatMayBeSeen(nextWeek as SignedIn, now)).toEqual(nothing);
  for (const actor of [userWith("vendor-editor", null), ranOut, nextWeek]) {
    expect(() => requireRole(eventOf(actor), "authority")).toThrowError(
      expect.objectContaining({ status: 403 }),
    );
  }
  expect(requireRole(eventOf(userWith("authority", null)), "authority").id).toBe("u");
});
