import { makeSorId } from "@sor/core/identifiers";
import { anOrganisation, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { Problem } from "../problems/index.ts";
import { testDeps } from "../testing/index.ts";

const [region, clinic, section] = [makeSorId(1), makeSorId(2), makeSorId(3)];
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  const db = await testDatabase();
  await anOrganisation(db, { sorId: region, name: "Region Prøve" });
  await anOrganisation(db, {
    sorId: clinic,
    name: "Lægehuset Ærøgade",
    parentSorId: region,
    level: "institution",
    gln: "5790000123117",
    shakCode: "1301",
  });
  await anOrganisation(db, {
    sorId: section,
    name: "Afsnit",
    parentSorId: clinic,
    level: "unit",
    glnInherited: true,
  });
  app = createApp(testDeps({ db }));
});

const read = async (path: string) => {
  const answer = await app.request(path);
  return { status: answer.status, answer, body: (await answer.json()) as Record<string, never> };
};

test("a unit is found by name with Danish letters, by any identifier, and by type-ahead", async () => {
  const found = await read(`/v1/organisations?q=${encodeURIComponent("ærøgade")}`);
  expect(found.body).toMatchObject({ items: [{ sorId: clinic }], next: null });
  for (const text of [clinic, "5790000123117", "1301"]) {
    const resolved = await read(`/v1/resolve/${text}`);
    expect(resolved.body.items).toContainEqual(expect.objectContaining({ sorId: clinic }));
  }
  expect((await read("/v1/suggest?q=l%C3%A6gehus")).body).toMatchObject({ items: [{ sorId: clinic }] });
});

test("a unit has its path and what it inherits, and is answered 304 for its ETag", async () => {
  const { answer, body } = await read(`/v1/organisations/${section}`);
  expect(body).toMatchObject({ path: [{ sorId: region }, { sorId: clinic }, { sorId: section }] });
  expect(body.effective).toMatchObject({
    gln: { value: "5790000123117", inherited: true, from: { sorId: clinic } },
  });
  const headers = { "if-none-match": answer.headers.get("etag") ?? "" };
  expect((await app.request(`/v1/organisations/${section}`, { headers })).status).toBe(304);
});

test("history, the units above, and the units below page by page", async () => {
  expect((await read(`/v1/organisations/${clinic}/history`)).body).toMatchObject({
    items: [{ name: "Lægehuset Ærøgade" }],
  });
  expect((await read(`/v1/organisations/${clinic}/ancestors`)).body).toMatchObject({
    items: [{ sorId: region }, { sorId: clinic }],
  });
  const first = await read(`/v1/organisations/${region}/descendants?limit=1`);
  expect(first.body).toMatchObject({ items: [{ sorId: clinic }] });
  const link = /<([^>]+)>; rel="next"/.exec(first.answer.headers.get("link") ?? "")?.[1] ?? "";
  expect((await read(link)).body).toMatchObject({ items: [{ sorId: section }], next: null });
});

test("a unit that does not exist, did not exist then, or was not known then is 404", async () => {
  for (const path of [
    makeSorId(9),
    `${clinic}?validAt=1990-01-01`,
    `${clinic}?knownAt=1990-01-01T00:00:00Z`,
  ]) {
    const { status, body } = await read(`/v1/organisations/${path}`);
    expect([status, Problem.parse(body).code]).toEqual([404, "not-found"]);
  }
  expect((await read("/v1/organisations/123456")).status).toBe(400);
  expect((await read("/v1/resolve/hvad")).status).toBe(404);
});

test("without the database the register cannot be read, which is 503 without internal details", async () => {
  const away = createApp(testDeps());
  const answer = await away.request(`/v1/organisations/${clinic}`);
  const body = Problem.parse(await answer.json());
  expect([answer.status, body.code]).toEqual([503, "unavailable"]);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(JSON.stringify(body)).not.toMatch(/ECONN|127\.0\.0\.1|select/);
});
