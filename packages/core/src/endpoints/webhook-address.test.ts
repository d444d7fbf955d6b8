import { expect, test } from "vitest";
import { findAddressFault } from "./webhook-address.ts";

test.each([
  ["https://edi.example.dk/in", undefined],
  ["https://edi.example.dk:8443/in?a=1", undefined],
  ["https://10.1.2.3/in", undefined],
  ["http://edi.example.dk/in", "not-https"],
  ["http://127.0.0.1:9000/in", "not-https"],
  ["https://127.0.0.1/in", "own-machine"],
  ["https://127.1/in", "own-machine"],
  ["https://2130706433/in", "own-machine"],
  ["https://0.0.0.0/in", "own-machine"],
  ["https://[::1]/in", "own-machine"],
  ["https://[::ffff:127.0.0.1]/in", "own-machine"],
  ["https://169.254.169.254/latest", "own-machine"],
  ["https://localhost/in", "own-machine"],
  ["https://a.localhost/in", "own-machine"],
  ["https://user:pass@edi.example.dk/in", "has-credentials"],
  ["https://edi.example.dk/in#part", "has-fragment"],
  ["ftp://edi.example.dk/in", "not-an-address"],
  ["javascript:alert(1)", "not-an-address"],
  ["edi.example.dk/in", "not-an-address"],
  ["' or 1=1 --", "not-an-address"],
])("%s is judged %s", (address, fault) => {
  expect(findAddressFault(address)).toBe(fault);
});

test("a host on the list may be plain http and this machine, on any port or on the port named", () => {
  expect(findAddressFault("http://127.0.0.1:9000/in", ["127.0.0.1"])).toBeUndefined();
  expect(findAddressFault("http://127.0.0.1:9000/in", ["127.0.0.1:9000"])).toBeUndefined();
  expect(findAddressFault("http://127.0.0.1:9001/in", ["127.0.0.1:9000"])).toBe("not-https");
});
