import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createApp } from "../app.ts";
import { Problem } from "../problems.ts";
import { testDeps } from "../testing/index.ts";
import { openApiOf } from "./docs.ts";

type Media = { schema?: unknown; example?: unknown; examples?: Record<string, { value?: unknown }> };
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema?: { examples?: unknown[] } }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
  security?: unknown[];
};

const app = createApp(testDeps());
const document = openApiOf(app) as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { examples?: unknown[] }> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method} ${path}`,
    method,
    path,
    operation,
  })),
);

/** The path with every parameter filled by `fill`. */
const filled = (path: string, fill: (name: string) => string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fill(name)));

const sampleOf: Record<string, string> = {
  gln: "5790000123117",
  messageType: "DIS91",
  code: "DIS91",
  sorId: "311000016009",
  anything: "311000016009",
};
const sample = (path: string) =>
  filled(path, (name) => sampleOf[name] ?? "0196f1f0-0000-7000-8000-000000000000");

async function expectProblem(answer: Response, status: readonly number[]) {
  expect(status).toContain(answer.status);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const body = Problem.parse(await answer.json());
  expect(body.requestId).toBe(answer.headers.get("x-request-id"));
  expect((await app.request(body.type)).status).toBe(200);
  return body;
}

/** A checker for a schema of the document itself, so that examples are held against what we publish. */
function publishedSchema(schema: unknown) {
  const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
  const defs = JSON.stringify(document.components.schemas).replaceAll("#/components/schemas/", "#/$defs/");
  const whole = { $schema: "https://json-schema.org/draft/2020-12/schema", ...JSON.parse(text) };
  return z.fromJSONSchema({ ...whole, $defs: JSON.parse(defs) });
}

function mediaOf(operation: Operation): { where: string; media: Media }[] {
  const answers = Object.entries(operation.responses).flatMap(([status, answer]) =>
    Object.entries(answer.content ?? {}).map(([type, media]) => ({ where: `${status} ${type}`, media })),
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({
    where: `request ${type}`,
    media,
  }));
  return [...answers, ...bodies];
}

describe.each(operations)("$name", ({ method, path, operation }) => {
  const send = (target: string, init: RequestInit = {}) =>
    app.request(target, { method: method.toUpperCase(), ...init });
  const body = Object.keys(operation.requestBody?.content ?? {})[0];

  test("an unknown query parameter is refused by name", async () => {
    if (!path.startsWith("/v1/") || method !== "get" || operation.security) return;
    const answer = await send(`${sample(path)}?unheardOf=1`);
    const refused = await expectProblem(answer, [400]);
    expect(refused.errors).toContainEqual({ parameter: "unheardOf", detail: "ukendt" });
  });

  test("a broken percent escape and bytes that are not UTF-8 are refused", async () => {
    const target = sample(path);
    for (const broken of ["?q=%", "?q=%ff", "?q=%c3%28", "?q=%00"]) {
      await expectProblem(await send(target + broken), [400]);
    }
  });

  test("a body that is no JSON, or of another type, is refused", async () => {
    if (body !== "application/json" || operation.security) return;
    const headers = { "content-type": "application/json" };
    await expectProblem(await send(sample(path), { body: "{", headers }), [400]);
    await expectProblem(await send(sample(path), { body: '{"unheardOf":1}', headers }), [400]);
    await expectProblem(
      await send(sample(path), { body: "<a/>", headers: { "content-type": "text/xml" } }),
      [415],
    );
  });

  test("without a key there is no answer where security is declared", async () => {
    if (!operation.security) return;
    const missing = await send(sample(path));
    expect((await expectProblem(missing, [401])).reason).toBe("missing");
    expect(missing.headers.get("www-authenticate")).toMatch(/^Bearer/);
    const wrong = await send(sample(path), { headers: { authorization: "Bearer sor_wrong" } });
    expect((await expectProblem(wrong, [401])).reason).toBe("unknown");
  });

  test("every documented example is valid by the published schema", () => {
    for (const { where, media } of mediaOf(operation)) {
      const examples = Object.entries(media.examples ?? {});
      if (media.example !== undefined) examples.push(["example", { value: media.example }]);
      for (const [name, { value }] of examples) {
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

test("an unknown address is a 404 problem and a wrong method a 405 with Allow", async () => {
  await expectProblem(await app.request("/nowhere"), [404]);
  await expectProblem(await app.request("/v1/nowhere"), [404]);
  const answer = await app.request("/livez", { method: "DELETE" });
  await expectProblem(answer, [405]);
  expect(answer.headers.get("allow")).toBe("GET, HEAD");
});

test("a request id that may be repeated is echoed, another is replaced by a UUIDv7", async () => {
  const echoed = await app.request("/livez", { headers: { "x-request-id": "abc-1.2_3" } });
  expect(echoed.headers.get("x-request-id")).toBe("abc-1.2_3");
  const replaced = await app.request("/livez", { headers: { "x-request-id": "a b\u00e6" } });
  expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test("a trace goes on with the caller's trace id", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const answer = await app.request("/livez", { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  expect(answer.headers.get("traceparent")).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test("problems speak Danish, or English to those who prefer it", async () => {
  const danish = await app.request("/v1/nowhere");
  expect(Problem.parse(await danish.json()).title).toBe("Findes ikke");
  const english = await app.request("/v1/nowhere", {
    headers: { "accept-language": "en-GB,en;q=0.9,da;q=0.1" },
  });
  expect(Problem.parse(await english.json()).title).toBe("Not found");
  expect(english.headers.get("content-language")).toBe("en");
});

test("documentation fetches nothing from another host", async () => {
  const page = await app.request("/docs");
  const text = await page.text();
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await app.request(address ?? "")).status, address).toBe(200);
  }
});
