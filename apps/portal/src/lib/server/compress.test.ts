import { plainTag } from "@sor/core";
import { expect, test } from "vitest";
import { compress } from "./compress.ts";

const html = () =>
  new Response("<p>æ</p>".repeat(500), { headers: { "content-type": "text/html; charset=utf-8" } });
const asks = (encoding: string, method = "GET") =>
  new Request("http://localhost/", { method, headers: { "accept-encoding": encoding } });

test.each([
  ["gzip, br", "gzip"],
  ["br;q=1, gzip;q=0.5", "gzip"],
  ["identity", null],
  ["gzip;q=0", null],
  ["gzip;q=0, identity", null],
  ["gzipped", null],
])("a page for Accept-Encoding %s is sent as %s", (accepted, encoding) => {
  const answer = compress(asks(accepted), html());
  expect(answer.headers.get("content-encoding")).toBe(encoding);
  expect(answer.headers.get("vary")).toBe("Accept-Encoding");
});

test("a gzipped page decompresses to the original", async () => {
  const packed = compress(asks("gzip"), html());
  const text = await new Response(packed.body?.pipeThrough(new DecompressionStream("gzip"))).text();
  expect(text).toBe(await html().text());
});

test("each coding of an answer has its own strong ETag, a 304 too", () => {
  const tagged = (encoding: string, status = 200) => {
    const headers = { "content-type": "text/html", etag: '"a"' };
    const answer = new Response(status === 304 ? null : "<p>æ</p>".repeat(500), { status, headers });
    return compress(asks(encoding), answer).headers.get("etag");
  };
  const tags = [tagged("identity"), tagged("gzip"), tagged("gzip", 304)];
  expect(tags).toEqual(['"a"', '"a.gzip"', '"a.gzip"']);
  expect(tags.map((tag) => plainTag(tag ?? ""))).toEqual(['"a"', '"a"', '"a"']);
});

test("images and short answers are not compressed", () => {
  const picture = new Response("x".repeat(5000), { headers: { "content-type": "image/png" } });
  expect(compress(asks("gzip"), picture)).toBe(picture);
  const short = new Response("{}", {
    headers: { "content-type": "application/json", "content-length": "2" },
  });
  expect(compress(asks("gzip"), short)).toBe(short);
});
