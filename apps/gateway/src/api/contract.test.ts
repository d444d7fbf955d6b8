import { testDatabase } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Problem } from "../problems/index.ts";
import {
  addressOf,
  type Described,
  document,
  examplesOf,
  type Media,
  operations,
} from "../testing/operations.ts";
import { receiver, twoVendors } from "../testing/two-vendors.ts";

let gateway: Awaited<ReturnType<typeof twoVendors>>;
let app: typeof gateway.app;
beforeAll(async () => {
  // Every secured operation is asked once with a wrong key; that they are limited is shown elsewhere.
  const env = { RATE_LIMIT_PER_MINUTE: "1000000" };
  gateway = await twoVendors(await testDatabase(), { env });
  app = gateway.app;
});

/** A URL of the operation; where it has an owner, the key's own. */
function sample(described: Described): string {
  const { path } = described;
  const values: Record<string, string> = {
    gln: path.startsWith("/v1/routes") ? "5790000123117" : receiver,
    ...{ messageType: "DIS91", code: "DIS91", sorId: "311000016009", anything: "311000016009" },
    ...{ shakCode: "1301", list: "regions" },
    ...{ position: "1", sequence: "1", from: "0" },
    id: path.startsWith("/v1/endpoints") ? gateway.webhook : "0196f1f0-0000-7000-8000-000000000000",
  };
  return addressOf(described, (name) => values[name] ?? name);
}

async function expectProblem(answer: Response, status: readonly number[]) {
  expect(status).toContain(answer.status);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const body = Problem.parse(await answer.json());
  expect(body.requestId).toBe(answer.headers.get("x-request-id"));
  expect((await app.request(body.type)).status).toBe(200);
  return body;
}

/** A validator for a schema of the document, so that examples are checked against what we publish. */
function publishedSchema(schema: unknown) {
  const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
  const defs = JSON.stringify(document.components.schemas).replaceAll("#/components/schemas/", "#/$defs/");
  const whole = { $schema: "https://json-schema.org/draft/2020-12/schema", ...JSON.parse(text) };
  return z.fromJSONSchema({ ...whole, $defs: JSON.parse(defs) });
}

function mediaOf({ operation }: Described): { where: string; media: Media }[] {
  const answers = Object.entries(operation.responses).flatMap(([status, answer]) =>
    Object.entries(answer.content ?? {}).map(([type, media]) => ({ where: `${status} ${type}`, media })),
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({
    where: `request ${type}`,
    media,
  }));
  return [...answers, ...bodies];
}

const ofApi = operations.filter(({ path }) => path.startsWith("/v1/"));
const secured = operations.filter(({ operation }) => operation.security?.length);
const withJson = operations.filter(({ operation }) => operation.requestBody?.content["application/json"]);
const withKey = { authorization: "Bearer all" };

test.each(ofApi)("$name refuses an unknown query parameter by name", async (described) => {
  const address = sample(described);
  const asked = `${address}${address.includes("?") ? "&" : "?"}unheardOf=1`;
  const answer = await app.request(asked, { method: described.method, headers: withKey });
  const refused = await expectProblem(answer, [400]);
  expect(refused.errors).toContainEqual({ parameter: "unheardOf", detail: "ukendt" });
});

test.each(operations)(
  "$name refuses a broken percent escape and bytes that are not UTF-8",
  async (described) => {
    const [path] = sample(described).split("?");
    for (const broken of ["?q=%", "?q=%ff", "?q=%c3%28", "?q=%00"]) {
      const answer = await app.request(path + broken, { method: described.method, headers: withKey });
      await expectProblem(answer, [400]);
    }
  },
);

describe.each(withJson)("$name refuses a body", (described) => {
  const send = (body: string, type = "application/json") => {
    const headers = { ...withKey, "content-type": type };
    return app.request(sample(described), { method: described.method, body, headers });
  };
  const malformed = async (body: string) => {
    expect((await expectProblem(await send(body), [400])).code, body).toBe("malformed");
  };

  test("that is not JSON, or has a character that is not allowed in text", async () => {
    for (const body of ["{", '{"a":"\\u0000"}', '{"a":1}}']) await malformed(body);
  });

  test("that has another content type", async () => {
    await expectProblem(await send("<a/>", "text/xml"), [415]);
  });

  test("with an unknown or duplicate member, naming its place", async () => {
    const unknown = await expectProblem(await send('{"unheardOf":1}'), [400]);
    expect(unknown.code).toBe("invalid");
    const twice = await expectProblem(
      await send('{"a":[{"b~/":1,"c":{"b~/":2},"\\u0062~/":3}],"a":2}'),
      [400],
    );
    const detail = "står mere end én gang";
    expect(twice.errors).toEqual([
      { pointer: "/a/0/b~0~1", detail },
      { pointer: "/a", detail },
    ]);
  });
});

test.each(secured)("$name is refused without a key, or with a wrong one", async (described) => {
  const init = { method: described.method };
  const missing = await app.request(sample(described), init);
  expect((await expectProblem(missing, [401])).reason).toBe("missing");
  expect(missing.headers.get("www-authenticate")).toMatch(/^Bearer/);
  const headers = { authorization: "Bearer sor_wrong" };
  const wrong = await app.request(sample(described), { ...init, headers });
  expect((await expectProblem(wrong, [401])).reason).toBe("unknown");
});

describe.each(operations)("$name", (described) => {
  const { path, operation } = described;
  test("every documented example is valid by the published schema", () => {
    for (const { where, media } of mediaOf(described)) {
      for (const [name, value] of examplesOf(media)) {
        const checked = publishedSchema(media.schema).safeParse(value);
        expect(checked.error?.issues ?? [], `${where}, example ${name}`).toEqual([]);
      }
    }
  });

  test("a refusal is documented as a problem, with an example", () => {
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (Number(status) < 400 || !path.startsWith("/v1/")) continue;
      const media = answer.content?.["application/problem+json"];
      expect(media, `${status} carries problem+json`).toBeDefined();
      expect(Object.keys(media?.examples ?? {}), `${status} has examples`).not.toEqual([]);
    }
  });
});

test("an unknown URL is a 404 problem and a wrong method a 405 with Allow", async () => {
  await expectProblem(await app.request("/nowhere"), [404]);
  await expectProblem(await app.request("/v1/nowhere"), [404]);
  const answer = await app.request("/livez", { method: "DELETE" });
  await expectProblem(answer, [405]);
  expect(answer.headers.get("allow")).toBe("GET, HEAD");
});

test("a valid request id is echoed, an invalid one is replaced by a UUIDv7", async () => {
  const echoed = await app.request("/livez", { headers: { "x-request-id": "abc-1.2_3" } });
  expect(echoed.headers.get("x-request-id")).toBe("abc-1.2_3");
  const replaced = await app.request("/livez", { headers: { "x-request-id": "a b\u00e6" } });
  expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test("a trace continues with the caller's trace id", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const answer = await app.request("/livez", { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  expect(answer.headers.get("traceparent")).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test("problems are in Danish, or in English for clients that prefer it", async () => {
  const danish = await app.request("/v1/nowhere");
  expect(Problem.parse(await danish.json()).title).toBe("Findes ikke");
  const english = await app.request("/v1/nowhere", {
    headers: { "accept-language": "en-GB,en;q=0.9,da;q=0.1" },
  });
  expect(Problem.parse(await english.json()).title).toBe("Not found");
  expect(english.headers.get("content-language")).toBe("en");
});

test("the documentation loads nothing from another host", async () => {
  const page = await app.request("/docs");
  const text = await page.text();
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await app.request(address ?? "")).status, address).toBe(200);
  }
});

describe("for client generators", () => {
  test("every operation has a unique id that is a valid method name", () => {
    const names = operations.map(({ operation }) => operation.operationId ?? "");
    expect(names.filter((name) => !/^[a-z][A-Za-z]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("no named schema has a default: generators would take the member to be always present", () => {
    const members = Object.values(document.components.schemas).flatMap(({ properties }) =>
      Object.values((properties ?? {}) as Record<string, object>),
    );
    expect(members.filter((member) => "default" in member)).toEqual([]);
    expect(JSON.stringify(members)).toContain("Default: null");
  });

  test("FHIR may be sent in both of its formats", () => {
    for (const path of ["/v1/interchanges", "/v1/interchanges/$validate"]) {
      const content = document.paths[path]?.post?.requestBody?.content ?? {};
      expect(Object.keys(content)).toEqual(
        expect.arrayContaining(["application/fhir+json", "application/fhir+xml"]),
      );
    }
  });

  const headersOf = ({ operation }: Described) =>
    (operation.parameters ?? [])
      .filter((entry) => entry.in === "header")
      .map(({ name }) => name.toLowerCase());

  test.each(operations)(
    "$name documents its security, its refusals and its conditional headers",
    (described) => {
      const { operation, path } = described;
      expect(operation.security).toBeDefined();
      const answers = Object.keys(operation.responses);
      if (path.startsWith("/v1/")) expect(answers.some((status) => status.startsWith("4"))).toBe(true);
      const tagged = operation.responses["200"] as { headers?: Record<string, unknown> } | undefined;
      expect(headersOf(described).includes("if-match")).toBe(answers.includes("428"));
      if (answers.includes("304")) {
        expect(headersOf(described)).toContain("if-none-match");
        expect(tagged?.headers?.["ETag"]).toBeDefined();
      }
    },
  );
});

describe("guides", () => {
  test("the reference, the guides and the problems link to one another, and every link of a guide works", async () => {
    expect((await app.request("/")).headers.get("location")).toBe("/docs");
    expect(await (await app.request("/docs")).text()).toContain('href="/docs/guides"');
    const list = await (await app.request("/docs/guides")).text();
    const guides = [...list.matchAll(/href="(\/docs\/guides\/[a-z-]+)"/g)].map(([, path = ""]) => path);
    expect(guides).toContain("/docs/guides/message-types");
    for (const path of guides) {
      const page = await (await app.request(path)).text();
      const links = [...page.matchAll(/href="(\/[^"#]*)/g)].map(([, link = ""]) => link);
      for (const link of new Set(links))
        expect((await app.request(link)).status, `${path}: ${link}`).toBeLessThan(400);
    }
    expect((await app.request("/docs/guides/nothing")).status).toBe(404);
    expect((await app.request("/docs/guides/..%2f..%2fREADME")).status).toBe(404);
  });

  test("online viewers may read the description", async () => {
    expect((await app.request("/openapi.json")).headers.get("access-control-allow-origin")).toBe("*");
  });
});
