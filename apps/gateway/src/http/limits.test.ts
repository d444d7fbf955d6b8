import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { clientAddress, createLimiter, isReadableUrl } from "./limits.ts";

const config = readConfig({ DATABASE_URL: "postgres://a@b/c", RATE_LIMIT_PER_MINUTE: "3" });

test("a client has its points a minute, and all of them again in the next; another client has its own", () => {
  let now = 1000;
  const limiter = createLimiter(config, () => now);
  const allowed = () => limiter.take("one").allowed;
  expect([allowed(), allowed(), allowed(), allowed()]).toEqual([true, true, true, false]);
  expect(limiter.take("two").allowed).toBe(true);
  now += 59_999;
  expect(limiter.take("one")).toEqual({ allowed: false, header: '"client";r=0;t=1', retryAfterSeconds: 1 });
  now += 1;
  expect(allowed()).toBe(true);
});

test("taking no points reads the limit without counting", () => {
  const limiter = createLimiter(config, () => 0);
  for (let i = 0; i < 10; i += 1) expect(limiter.take("one", 0).allowed).toBe(true);
  limiter.take("one", 4);
  expect(limiter.take("one", 0).allowed).toBe(false);
});

test.each([
  ["10.0.0.1", undefined, 0, "10.0.0.1"],
  ["10.0.0.1", "1.2.3.4", 0, "10.0.0.1"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4", 2, "10.0.0.1"],
  ["10.0.0.1", `${"6.6.6.6, ".repeat(500)}1.2.3.4, 10.0.0.2`, 2, "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4:50123", 1, "1.2.3.4"],
  ["10.0.0.1", "[2001:db8:1:2::9]:50123", 1, "2001:db8:1:2::/64"],
  ["10.0.0.1", "unknown", 1, "10.0.0.1"],
  ["2001:db8:1:2:3:4:5:6", undefined, 0, "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", undefined, 0, "2001:db8:1:2::/64"],
  ["::1", undefined, 0, "0:0:0:0::/64"],
  ["::ffff:10.0.0.1", undefined, 0, "10.0.0.1"],
  [undefined, undefined, 0, "local"],
])("the client at %s, forwarded for %s, behind %s proxies, is %s", (remote, forwarded, proxies, expected) => {
  expect(clientAddress(remote, forwarded, proxies)).toBe(expected);
});

test.each([
  ["/a%C3%A6", true],
  ["/a%", false],
  ["/a%zz", false],
  ["/a%ff", false],
  ["/a%c0%80", false],
  ["/æ", true],
])("%s is readable: %s", (url, expected) => {
  expect(isReadableUrl(url)).toBe(expected);
});
