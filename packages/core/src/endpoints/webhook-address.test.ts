import { expect, test } from "vitest";
import { findAddressFault } from "./webhook-address.ts";

test.each([
  ["https://edi.example.dk/in", undefined],
  ["https://edi.example.dk:8443/in?a=1", undefined],
  ["https://8.8.8.8/in", undefined],
  ["https://[2a00:1450:4001:801::200e]/in", undefined],
  ["https://10.1.2.3/in", "not-public"],
  ["https://172.16.0.1/in", "not-public"],
  ["https://192.168.1.1/in", "not-public"],
  ["https://100.64.0.1/in", "not-public"],
  ["https://192.0.2.1/in", "not-public"],
  ["https://[fd00::1]/in", "not-public"],
  ["https://[::ffff:10.0.0.1]/in", "not-public"],
  ["https://[64:ff9b::a00:1]/in", "not-public"],
  ["https://[64:ff9b:1::a00:1]/in", "not-public"],
  ["https://[2002:a00:1::]/in", "not-public"],
  ["https://167772161/in", "not-public"],
  ["https://0xa.1/in", "not-public"],
  ["https://012.0.0.1/in", "not-public"],
  ["https://printer.local/in", "not-public"],
  ["https://metadata.google.internal/", "not-public"],
  ["http://edi.example.dk/in", "not-https"],
  ["http://127.0.0.1:9000/in", "not-https"],
  ["https://127.0.0.1/in", "own-machine"],
  ["https://127.1/in", "own-machine"],
  ["https://2130706433/in", "own-machine"],
  ["https://0177.0.0.1/in", "own-machine"],
  ["https://0x7f000001/in", "own-machine"],
  ["https://localhost./in", "own-machine"],
  ["https://[::ffff:7f00:1]/in", "own-machine"],
  ["https://[::]/in", "own-machine"],
  ["https://[fe80::1]/in", "not-public"],
  ["https://[::ffff:169.254.169.254]/in", "not-public"],
  ["https://0.0.0.0/in", "own-machine"],
  ["https://[::1]/in", "own-machine"],
  ["https://[::ffff:127.0.0.1]/in", "own-machine"],
  ["https://169.254.169.254/latest", "not-public"],
  ["https://localhost/in", "own-machine"],
  ["https://a.localhost/in", "own-machine"],
  ["https://user:pass@edi.example.dk/in", "has-credentials"],
  ["https://edi.example.dk/in#part", "has-fragment"],
  ["ftp://edi.example.dk/in", "not-an-address"],
  ["javascript:alert(1)", "not-an-address"],
  ["edi.example.dk/in", "not-an-address"],
  ["' or 1=1 --", "not-an-address"],
])("%s gives %s", (address, fault) => {
  expect(findAddressFault(address)).toBe(fault);
});

test("a host on the list may be plain http and this machine, on any port or on the listed port", () => {
  expect(findAddressFault("http://127.0.0.1:9000/in", ["127.0.0.1"])).toBeUndefined();
  expect(findAddressFault("http://127.0.0.1:9000/in", ["127.0.0.1:9000"])).toBeUndefined();
  expect(findAddressFault("http://127.0.0.1:9001/in", ["127.0.0.1:9000"])).toBe("not-https");
});
