import { expect, test } from "vitest";
import { addressIn, addressRangeIn, isWithin, networkOf } from "./networks.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:0DB8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:ffff:1:2:3", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  [" 192.0.2.1:50123", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["unknown", undefined],
  ["", undefined],
  ["192.0.2.1, 192.0.2.2", undefined],
])("the address in %j is %s", (text, address) => {
  expect(addressIn(text)).toBe(address);
});

test.each([
  ["10.20.0.0/16", "10.20.255.1", true],
  ["10.20.0.0/16", "10.21.0.1", false],
  ["10.20.0.0/16", "::ffff:10.20.3.4", true],
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["2001:db8::/32", "2001:DB8:7::1", true],
  ["2001:db8::/32", "2001:db9::1", false],
  ["2001:db8::/32", "10.0.0.1", false],
  ["10.20.0.0/16", "closed", false],
])("of %s, %s is a part: %s", (range, address, isPart) => {
  expect(isWithin([range], address)).toBe(isPart);
});

test.each(["", "10.0.0.0/0", "::/0", "10.0.0.0/33", "2001:db8::/129", "10.0.0", "name", "10.0.0.1/x"])(
  "%j is no range",
  (text) => {
    expect(addressRangeIn(text)).toBeUndefined();
  },
);
