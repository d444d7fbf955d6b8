import { expect, test } from "vitest";
import { isAllowedPrivate, isPublicAddress } from "./address-guard.ts";
import { PrivateHosts } from "./schemas.ts";

test.each([
  "127.0.0.1",
  "127.8.8.8",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "fc00::1",
  "fd12:3456::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::a00:1",
  "::ffff:100.64.0.1",
  "::ffff:169.254.169.254",
  "::ffff:0:7f00:1",
  "2002:7f00:1::",
  "ff02::1",
  "localhost",
  "0x7f.1",
  "",
])("%j is refused", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "193.0.14.129", "172.32.0.1", "2a00:1450:4001:801::200e", "::ffff:8.8.8.8"])(
  "%s is public",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test("a private host is allowed by name, or by name and port", () => {
  const url = new URL("http://127.0.0.1:9000/in");
  expect(isAllowedPrivate(url, ["127.0.0.1"])).toBe(true);
  expect(isAllowedPrivate(url, ["127.0.0.1:9000"])).toBe(true);
  expect(isAllowedPrivate(url, ["127.0.0.1:9001", "localhost"])).toBe(false);
  expect(isAllowedPrivate(new URL("https://a/in"), ["a:443"])).toBe(true);
  expect(isAllowedPrivate(new URL("http://a/in"), ["a:443"])).toBe(false);
});

test("a list of hosts may be separated by commas, spaces or line breaks, and invalid hosts are rejected", () => {
  expect(PrivateHosts.parse("Edi.intern, 127.0.0.1:9000 [::1]:81\nb")).toEqual([
    "edi.intern",
    "127.0.0.1:9000",
    "[::1]:81",
    "b",
  ]);
  expect(PrivateHosts.parse(undefined)).toEqual([]);
  for (const text of ["http://edi.intern", "edi.intern/in", "edi.intern;b", "edi:99999", "*.intern"]) {
    expect(PrivateHosts.safeParse(text).success, text).toBe(false);
  }
});
