import { RouteAnswer } from "@sor/core/routing";
import { routingSamples } from "@sor/core/testing";
import { describe, expect, test } from "vitest";
import { createApp } from "../../app.ts";
import { Problem } from "../../problems/index.ts";
import { testDeps } from "../../testing/index.ts";

const { open, closed, future, unknown, now, wrongDigitKnown } = routingSamples;
const app = createApp(testDeps());
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  app.request(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

test("an exact lookup answers the route as of one sequence, cacheable for a minute", async () => {
  const answer = await get(`/v1/routes/${open}/DIS91`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("register-sequence")).toBe("42");
  expect(answer.headers.get("cache-control")).toBe(
    "private, max-age=60, stale-while-revalidate=300, stale-if-error=86400",
  );
  expect(await answer.json()).toMatchObject({ gln: open, version: "D9134L", sequence: 42 });
});

test("the same validator answers 304 without a body, another one the route", async () => {
  const first = await get(`/v1/routes/${open}/DIS91`);
  const etag = first.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[^"]+"$/);
  const again = await get(`/v1/routes/${open}/DIS91`, { "if-none-match": `"x", ${etag}` });
  expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
  expect((await get(`/v1/routes/${open}/DIS91`, { "if-none-match": '"x"' })).status).toBe(200);
});

test("HEAD answers as GET without the body", async () => {
  const head = await app.request(`/v1/routes/${open}/DIS91`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(head.headers.get("etag")).toBe((await get(`/v1/routes/${open}/DIS91`)).headers.get("etag"));
  expect((await app.request(`/v1/routes/${unknown}/DIS91`, { method: "HEAD" })).status).toBe(404);
});

test.each([
  [
    "a closed number answers 410 with its successor",
    `${closed}/DIS91`,
    410,
    "gln-closed",
    { successor: open },
  ],
  ["an unknown number with a wrong check digit 400", "5790000120049/DIS91", 400, "gln-invalid", {}],
  ["an unknown number 404", `${unknown}/DIS91`, 404, "gln-unknown", {}],
  [
    "a number of tomorrow 404 with the date",
    `${future}/DIS91`,
    404,
    "not-yet-valid",
    { validFrom: "2027-01-16T08:00:00Z" },
  ],
  [
    "another version 404 with the supported ones",
    `${open}/DIS91?version=D9199L`,
    404,
    "version-not-supported",
    { supportedVersions: ["D9134L", "D9133L"] },
  ],
  ["another type 404", `${open}/REF10`, 404, "type-not-supported", {}],
  ["twelve digits 400", "579000012004/DIS91", 400, "gln-invalid", {}],
])("%s", async (_, path, status, code, more) => {
  const answer = await get(`/v1/routes/${path}`);
  expect(answer.status).toBe(status);
  expect(Problem.parse(await answer.json())).toMatchObject({ code, status, ...more });
  expect(answer.headers.get("cache-control")).toBe("private, max-age=5");
});

test("a paused endpoint is a route with its state and end", async () => {
  const route = RouteAnswer.pick({ state: true, until: true }).parse(
    await (await get(`/v1/routes/${open}/REF01`)).json(),
  );
  expect(route).toEqual({
    state: "paused",
    until: new Date((now + 600) * 1000).toISOString().replace(".000", ""),
  });
});

test("a URN, a format and a moment are accepted", async () => {
  const urn = encodeURIComponent("urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l");
  expect(await (await get(`/v1/routes/${open}/${urn}`)).json()).toMatchObject({ version: "D9134L" });
  expect(await (await get(`/v1/routes/${open}/DIS91?format=XML`)).json()).toMatchObject({
    version: "XD9134L",
  });
  expect((await get(`/v1/routes/${open}/DIS01`)).status).toBe(404);
  expect((await get(`/v1/routes/${open}/DIS01?at=2027-01-17`)).status).toBe(200);
  expect((await get(`/v1/routes/${open}/DIS02?at=2027-01-13T00:00:00%2B01:00`)).status).toBe(200);
  expect((await get(`/v1/routes/${open}/DIS02?at=2027-02-30`)).status).toBe(400);
  expect(await (await get(`/v1/routes/${wrongDigitKnown}/DIS91`)).json()).toMatchObject({
    warnings: ["check-digit"],
  });
});

test("SQL in any field is only text", async () => {
  const evil = encodeURIComponent("' or 1=1; drop table locations; --");
  for (const path of [
    `${evil}/DIS91`,
    `${open}/${evil}`,
    `${open}/DIS91?version=${evil}`,
    `${open}/DIS91?at=${evil}`,
  ]) {
    expect((await get(`/v1/routes/${path}`)).status).toBe(400);
  }
});

describe("by identifier", () => {
  test("a unit is reached at its inherited number, and the answer says whose it is", async () => {
    const route = await (await get("/v1/routes?ydernummer=042897&messageType=DIS91")).json();
    expect(route).toMatchObject({
      gln: open,
      resolvedBy: { kind: "providerNumber", sorId: "3", inheritedFrom: "2" },
    });
  });
  test("several location numbers answer 409 with candidates", async () => {
    const answer = await get("/v1/routes?cvr=12669232&messageType=DIS91");
    expect([answer.status, Problem.parse(await answer.json()).code]).toEqual([409, "ambiguous"]);
  });
  test("none or two identifiers are refused", async () => {
    expect((await get("/v1/routes?messageType=DIS91")).status).toBe(400);
    expect((await get("/v1/routes?shak=1301&cvr=12669232&messageType=DIS91")).status).toBe(400);
  });
});

describe("a batch", () => {
  const pair = { gln: open, messageType: "DIS91" };
  test("answers for each pair what a single lookup answers", async () => {
    const answer = await post(
      "/v1/routes/$batch",
      JSON.stringify({ pairs: [pair, { gln: unknown, messageType: "DIS91" }] }),
    );
    expect(answer.status).toBe(200);
    const { results } = (await answer.json()) as { results: Record<string, unknown>[] };
    expect(results[0]).toEqual({
      index: 0,
      status: 200,
      route: await (await get(`/v1/routes/${open}/DIS91`)).json(),
    });
    expect(results[1]).toMatchObject({ index: 1, status: 404, problem: { code: "gln-unknown" } });
  });
  test("answers in NDJSON when requested", async () => {
    const lines = `${JSON.stringify(pair)}\n${JSON.stringify({ gln: closed, messageType: "DIS91" })}\n`;
    const answer = await post("/v1/routes/$batch", lines, { "content-type": "application/x-ndjson" });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const read = (await answer.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).status);
    expect(read).toEqual([200, 410]);
  });
  test("accepts 5,000 pairs and refuses 5,001", async () => {
    const many = (count: number) => JSON.stringify({ pairs: Array.from({ length: count }, () => pair) });
    expect((await post("/v1/routes/$batch", many(5000))).status).toBe(200);
    const refused = await post("/v1/routes/$batch", many(5001));
    expect([refused.status, Problem.parse(await refused.json()).errors?.[0]?.pointer]).toEqual([
      400,
      "/pairs",
    ]);
  });
  test("refuses 10 MB by its Content-Length, or without one as soon as the limit is exceeded", async () => {
    const large = "x".repeat(10_000_000);
    const named = await post("/v1/routes/$batch", large, { "content-length": "10000000" });
    expect([named.status, Problem.parse(await named.json()).bytesMax]).toEqual([413, 2_000_000]);
    let pulled = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(100_000).fill(32));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } };
    expect((await app.request("/v1/routes/$batch", init as RequestInit)).status).toBe(413);
    expect(pulled).toBeLessThan(30);
  });
});

test("an explanation contains every rule and the nearest alternatives", async () => {
  const answer = await post("/v1/routes/$explain", JSON.stringify({ gln: closed, messageType: "DIS91" }));
  expect(await answer.json()).toMatchObject({
    reason: "gln-closed",
    alternatives: [{ kind: "successor", gln: open }],
  });
});

test("a long answer is compressed if the client accepts that, with its own validator", async () => {
  const plain = await get("/v1/message-types");
  const small = await get("/v1/message-types", { "accept-encoding": "gzip" });
  expect(small.headers.get("content-encoding")).toBe("gzip");
  const etag = small.headers.get("etag") ?? "";
  expect(etag).not.toBe(plain.headers.get("etag"));
  expect((await get("/v1/message-types", { "if-none-match": etag, "accept-encoding": "gzip" })).status).toBe(
    304,
  );
  expect(
    (await get("/v1/message-types", { "accept-encoding": "zstd;q=1, gzip;q=0.5" })).headers.get(
      "content-encoding",
    ),
  ).toBe("zstd");
});

describe("limits and keys", () => {
  test("a client over its rate limit is told when to retry", async () => {
    const few = createApp(testDeps({ env: { RATE_LIMIT_PER_MINUTE: "2" } }));
    const first = await few.request(`/v1/routes/${open}/DIS91`);
    expect(first.headers.get("ratelimit-policy")).toBe('"client";q=2;w=60');
    expect(first.headers.get("ratelimit")).toMatch(/^"client";r=1;t=\d+$/);
    await few.request(`/v1/routes/${open}/DIS91`);
    const refused = await few.request(`/v1/routes/${open}/DIS91`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
  test("closed lookups need a key; a wrong key is refused also when they are open", async () => {
    const shut = createApp(testDeps({ env: { LOOKUPS: "closed" } }));
    expect((await shut.request(`/v1/routes/${open}/DIS91`)).status).toBe(401);
    expect((await get(`/v1/routes/${open}/DIS91`, { authorization: "Bearer sor_x" })).status).toBe(401);
    const actor = {
      kind: "key",
      id: "k",
      name: "k",
      supplierId: "s",
      scopes: [],
      grants: [],
      limitedTo: null,
    } as never;
    const keyed = createApp(
      testDeps({ env: { LOOKUPS: "closed" }, findKey: async () => ({ state: "valid", actor }) }),
    );
    expect(
      (await keyed.request(`/v1/routes/${open}/DIS91`, { headers: { "x-api-key": "sor_x" } })).status,
    ).toBe(200);
  });
  test("guessing keys is soon rate limited without a database query", async () => {
    let asked = 0;
    const findKey = async () => {
      asked += 1;
      return { state: "unknown" } as const;
    };
    const guessed = createApp(testDeps({ findKey, env: { RATE_LIMIT_PER_MINUTE: "6000" } }));
    for (let i = 0; i < 20; i += 1)
      await guessed.request("/v1/routes", { headers: { "x-api-key": `sor_${i}` } });
    expect(asked).toBeLessThan(12);
  });
  test("an open lookup with a key is answered while keys cannot be checked", async () => {
    const away = createApp(testDeps({ findKey: () => Promise.reject(new Error("gone")) }));
    expect(
      (await away.request(`/v1/routes/${open}/DIS91`, { headers: { "x-api-key": "sor_x" } })).status,
    ).toBe(200);
  });
});
