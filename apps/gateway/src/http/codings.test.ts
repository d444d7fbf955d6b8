import { expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

test.each(["/openapi.json", "/v1/message-types"])(
  "each coding of %s has its own strong ETag, which is answered with 304",
  async (path) => {
    const server = createGatewayServer(testDeps());
    const origin = await listen(server, 0, "127.0.0.1");
    const ask = async (coding: string, more: Record<string, string> = {}) =>
      await askOver(origin, { path, headers: { "accept-encoding": coding, ...more } });
    const tags: string[] = [];
    const bodies = new Set<string>();
    for (const coding of ["identity", "gzip", "zstd"]) {
      const { status, headers, body } = await ask(coding);
      expect([status, headers["content-encoding"] ?? "identity"]).toEqual([200, coding]);
      expect(headers.etag).toMatch(/^"[^"]+"$/);
      const again = await ask(coding, { "if-none-match": headers.etag ?? "" });
      expect([again.status, again.headers.etag, again.body]).toEqual([304, headers.etag, ""]);
      tags.push(headers.etag ?? "");
      bodies.add(body);
    }
    expect([new Set(tags).size, bodies.size]).toEqual([3, 1]);
    await closeServer(server);
  },
);
