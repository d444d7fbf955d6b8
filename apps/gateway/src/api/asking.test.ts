import { routingSamples } from "@sor/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { askOver } from "../testing/socket-client.ts";

const { open, closed, unknown } = routingSamples;
const server = createGatewayServer(testDeps());
let origin: string;
beforeAll(async () => {
  origin = await listen(server, 0, "127.0.0.1");
});
afterAll(() => closeServer(server));

type Asked = { method?: string; body?: unknown; type?: string; accept?: string };
async function ask(path: string, { method, body, type = "application/json", accept }: Asked = {}) {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const answer = await askOver(origin, {
    method: method ?? (text === undefined ? "GET" : "POST"),
    path,
    headers: {
      ...(text !== undefined && { "content-type": type }),
      ...(accept && { accept }),
    },
    ...(text !== undefined && { body: Buffer.from(text) }),
  });
  return { ...answer, json: () => JSON.parse(answer.body) as Record<string, unknown> };
}

test.each([
  ["a number in another notation", "limit=1e1", "limit", "et helt tal, skrevet med cifre"],
  ["a signed number", "limit=%2B5", "limit", "et helt tal, skrevet med cifre"],
  ["a hexadecimal number", "limit=0x10", "limit", "et helt tal, skrevet med cifre"],
  ["no number", "limit=", "limit", "et helt tal, skrevet med cifre"],
  ["a number with blanks", "limit=%205", "limit", "et helt tal, skrevet med cifre"],
  ["a number too small", "limit=0", "limit", "skal være mindst 1"],
  ["a number too large", "limit=1001", "limit", "må højst være 1000"],
  ["a day that does not exist", "at=2026-02-30", "at", "den dag findes ikke"],
  ["a day of an instant that does not exist", "at=2026-02-30T10:00:00Z", "at", "den dag findes ikke"],
  ["an hour that does not exist", "at=2026-03-01T24:00:00Z", "at", "det klokkeslæt findes ikke"],
  ["a minute that does not exist", "at=2026-03-01T10:61Z", "at", "det klokkeslæt findes ikke"],
  ["text that is not a day", "at=1.3.2026", "at", "skal være en dato som 2026-03-01"],
  [
    "an instant without offset",
    "at=2026-03-01T10:00:00",
    "at",
    "skal være et tidspunkt som 2026-03-01T10:00:00Z",
  ],
  ["an unknown format", "format=edi", "format", "skal være en af: EDIFACT, XML, FHIR"],
  ["an invalid cursor", "after=nonsense", "after", "Markøren (after) er ikke en, gatewayen har givet."],
])("%s (%s) is refused with its place and a matching text", async (_name, query, parameter, detail) => {
  const answer = await ask(`/v1/message-types/DIS91/receivers?${query}`);
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ code: "invalid", errors: [{ parameter, detail }] });
});

test.each([
  ["small letters", "/v1/routes/OPEN/dis91?version=d9134l&format=edifact", "DIS91"],
  ["mixed case", "/v1/routes/OPEN/Dis91?version=D9134l&format=Edifact", "DIS91"],
  ["another format in small letters", "/v1/routes/OPEN/DIS91?format=xml", "XDIS91"],
  ["a version on the fast path", "/v1/routes/OPEN/DIS91?version=d9133l", "DIS91"],
  ["an instant in small letters", "/v1/routes/OPEN/DIS91?at=2027-01-15t08:00:00z", "DIS91"],
])("%s are the same codes: %s", async (_name, path, messageType) => {
  const answer = await ask(path.replace("OPEN", open));
  expect(answer.status, answer.body).toBe(200);
  expect(answer.json()).toMatchObject({ messageType });
});

test("codes in lists and batches are case-insensitive", async () => {
  const receivers = async (query: string) => (await ask(`/v1/message-types/${query}`)).json().items;
  expect(await receivers("dis91/receivers?version=d9134l&format=edifact")).toEqual(
    await receivers("DIS91/receivers?version=D9134L&format=EDIFACT"),
  );
  expect(await receivers("xdis91/receivers")).toMatchObject([{ gln: open }]);
  const pair = { gln: open, messageType: "dis91", version: "d9134l", format: "edifact" };
  expect((await ask("/v1/routes/$batch", { body: { pairs: [pair] } })).json()).toMatchObject({
    results: [{ status: 200, route: { version: "D9134L" } }],
  });
});

test.each([
  ["/v1/message-types/NOPE1/receivers", 404],
  ["/v1/message-types/DIS91/receivers?version=D9199L", 404],
  ["/v1/message-types/DIS91/receivers?format=FHIR", 200],
  ["/v1/message-types/DIS20/receivers", 200],
])(
  "receivers of a type not in the catalogue are 404, of a known type possibly empty: %s is %i",
  async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.json()).toMatchObject({ code: "not-found" });
  },
);

describe("a batch", () => {
  const good = { gln: open, messageType: "DIS91" };
  const members: [name: string, value: unknown, problem: object][] = [
    ["twelve digits", { ...good, gln: "579000012311" }, { code: "gln-invalid" }],
    ["no location number", { messageType: "DIS91" }, at("/gln")],
    ["an odd type", { ...good, messageType: "DIS 91" }, at("/messageType")],
    ["an unknown member", { ...good, typo: 1 }, at("/typo")],
    ["an odd format", { ...good, format: "edi" }, at("/format")],
    ["no object", "DIS91", at("")],
    ["nothing", null, at("")],
    ["a closed number", { ...good, gln: closed }, { code: "gln-closed" }],
  ];
  function at(pointer: string) {
    return { code: "invalid", errors: [{ pointer }] };
  }
  const placed = (problem: { errors?: { pointer: string }[] }, before: string) => ({
    ...problem,
    ...(problem.errors && { errors: problem.errors.map(({ pointer }) => ({ pointer: before + pointer })) }),
  });

  test.each(members)(
    "has a problem for %s, and routes for all other pairs",
    async (_name, value, problem) => {
      const answer = await ask("/v1/routes/$batch", { body: { pairs: [good, value, good] } });
      expect(answer.status).toBe(200);
      expect(answer.json().results).toMatchObject([
        { index: 0, status: 200 },
        { index: 1, problem: placed(problem, "/pairs/1") },
        { index: 2, status: 200 },
      ]);
      const lines = [good, value, good].map((each) => JSON.stringify(each)).join("\n");
      const inLines = await ask("/v1/routes/$batch", { body: lines, type: "application/x-ndjson" });
      expect(inLines.status).toBe(200);
      expect(
        inLines.body
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ).toMatchObject([
        { index: 0, status: 200 },
        { index: 1, problem: placed(problem, "/1") },
        { index: 2, status: 200 },
      ]);
    },
  );

  test("has a problem for a line that is not JSON, or has a duplicate member", async () => {
    const body = `${JSON.stringify(good)}\n{"gln"\n{"gln":"${open}","messageType":"DIS91","gln":"${closed}"}`;
    const answer = await ask("/v1/routes/$batch", { body, type: "application/x-ndjson" });
    expect(
      answer.body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { status: 200 },
      { status: 400, problem: { code: "invalid", errors: [{ pointer: "/1", detail: "er ikke JSON" }] } },
      { status: 400, problem: { errors: [{ pointer: "/2/gln", detail: "står mere end én gang" }] } },
    ]);
  });
});

test.each([
  ["57900001231", "gln-invalid"],
  ["579000012311", "gln-invalid"],
  ["57900001231170", "gln-invalid"],
  ["0005790000123117", "gln-invalid"],
  ["+579000012311", "gln-invalid"],
  ["579000012311x", "gln-invalid"],
  [unknown, "gln-unknown"],
])("the location number %s is answered %s by lookup, batch and explanation alike", async (gln, code) => {
  for (const path of ["/DIS91", "", "/DIS91/timeline"]) {
    expect((await ask(`/v1/routes/${encodeURIComponent(gln)}${path}`)).json()).toMatchObject({ code });
  }
  const pair = { gln, messageType: "DIS91" };
  expect((await ask("/v1/routes/$batch", { body: { pairs: [pair] } })).json()).toMatchObject({
    results: [{ problem: { code } }],
  });
  expect((await ask("/v1/routes/$explain", { body: pair })).json()).toMatchObject({ reason: code });
});

test.each([
  ["GET", `/v1/routes/${open}/DIS91/?version=D9134L`, `/v1/routes/${open}/DIS91?version=D9134L`],
  ["POST", "/v1/routes/$batch/", "/v1/routes/$batch"],
  ["GET", "/docs/", "/docs"],
])("%s %s redirects to the URL without the slash", async (method, path, location) => {
  const answer = await ask(path, method === "POST" ? { body: { pairs: [] } } : {});
  expect([answer.status, answer.headers.location]).toEqual([308, location]);
});

test.each(["/nowhere/", "//evil.example/", "//evil.example/livez/", "/v1/nowhere/"])(
  "%s is not redirected",
  async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
  },
);
