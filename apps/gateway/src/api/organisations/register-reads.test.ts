import { completeGln, makeSorId } from "@sor/core/identifiers";
import { anOrganisation, testDatabase } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../../problems/index.ts";
import { closeServer, createGatewayServer, listen } from "../../server.ts";
import { testDeps } from "../../testing/index.ts";
import { askOver } from "../../testing/socket-client.ts";

const [region, other, hospital, heart, ward, closed, coming] = [1, 2, 3, 4, 5, 6, 7].map((n) =>
  makeSorId(n),
) as [string, string, string, string, string, string, string];
const gln = completeGln("579000200001");
let origin: string;

beforeAll(async () => {
  const db = await testDatabase();
  const address = { street: "Prøvevej", building: "1", postCode: "8000", district: "Aarhus C" };
  await anOrganisation(db, { sorId: region, name: "Region Prøve", typeCode: "550881000005103" });
  await anOrganisation(db, { sorId: other, name: "Region Anden", typeCode: "550881000005103" });
  const below = { regionCode: "1082" };
  const place = { ...below, level: "institution", parentSorId: region, typeCode: "22232009" } as const;
  const codes = { shakCode: "6620", cvr: "12345674", gln, organisationalLevelName: "Hospital" };
  await anOrganisation(db, {
    sorId: hospital,
    name: "Aarhus Hospital",
    postalAddress: address,
    ...place,
    ...codes,
  });
  const unit = { ...below, level: "unit", parentSorId: hospital } as const;
  await anOrganisation(db, { sorId: heart, name: "Hjertemedicin", shakCode: "662001", ...unit });
  const level = { organisationalLevelName: "Afsnit" };
  await anOrganisation(db, { sorId: ward, name: "Hjerteafsnit 8000", ...unit, parentSorId: heart, ...level });
  await anOrganisation(db, { sorId: closed, name: "Lukket afdeling", validTo: "2015-01-01", ...unit });
  await anOrganisation(db, { sorId: coming, name: "Kommende afdeling", validFrom: "2090-01-01", ...unit });
  await db.$client.query(
    `insert into organisation_successors (from_sor_id, to_sor_id, share) values ($1, $2, 'all')`,
    [closed, heart],
  );
  await db.$client.query(
    `update organisation_versions set search_text = search_text || ' 8000 aarhus c' where parent_sor_id is not null`,
  );
  await db.$client.query(
    `update organisation_versions set valid_from = least(valid_from, '2010-01-01'),
       recorded_at = case sor_id when $1 then '2022-01-01' else '2020-01-01' end::timestamptz where sor_id <> $2`,
    [heart, coming],
  );
  await db.$client.query(`insert into shak_codes (code, valid_from, valid_to, kind, name, search_text, groups) values
    ('6620', '1990-01-01', '2000-01-01', 'hospital', 'Gamle Aarhus', 'gamle aarhus', '{101,1}'),
    ('6620', '2000-01-01', null, 'hospital', 'Aarhus Hospital', 'aarhus hospital', '{102,1}'),
    ('662001', '2000-01-01', null, 'department', 'Hjerte', 'hjerte', '{}'),
    ('6620011', '2000-01-01', null, 'ward', 'Afsnit', 'afsnit', '{006,"",030}'),
    ('662009', '1990-01-01', '2000-01-01', 'department', 'Nedlagt', 'nedlagt', '{}')`);
  const server = createGatewayServer(testDeps({ db }));
  origin = await listen(server, 0, "127.0.0.1");
  return () => closeServer(server);
});

async function read(path: string, headers: Record<string, string> = {}) {
  const answer = await askOver(origin, { method: "GET", path, headers });
  return { ...answer, json: JSON.parse(answer.body || "null") as Record<string, unknown> };
}
const idsOf = ({ json }: { json: Record<string, unknown> }) =>
  (json.items as { sorId: string }[]).map(({ sorId }) => sorId);
const find = async (query: string) => idsOf(await read(`/v1/organisations?${query}`));

const filters: [query: string, found: string[]][] = [
  ["", [hospital, heart, ward, other, region]],
  [`sorId=${heart}`, [heart]],
  [`gln=${gln}`, [hospital]],
  ["cvr=12345674", [hospital]],
  ["shak=662001", [heart]],
  ["ydernummer=42", []],
  ["pNumber=1234567890", []],
  ["type=22232009", [hospital]],
  ["level=owner", [other, region]],
  ["region=1082&level=unit", [heart, ward]],
  ["postalCode=8000", [hospital, heart, ward]],
  ["postalCode=800", []],
  [`parent=${hospital}`, [heart]],
  [`subtreeOf=${heart}`, [heart, ward]],
  [`subtreeOf=${other}`, [other]],
  ["status=closed", [closed]],
  ["status=coming", [coming]],
  [`parent=${hospital}&status=all`, [heart, coming, closed]],
  ["validAt=2014-12-31&level=unit", [heart, ward, closed]],
  ["changedSince=2021-01-01T00:00:00Z", [heart]],
  ["knownAt=2010-01-01T00:00:00Z", []],
  ["knownAt=2020-06-01T00:00:00Z&level=unit", [ward]],
  ["q=hjerte", [heart, ward]],
  ["q=hjerte&changedSince=2021-01-01T00:00:00Z", [heart]],
  ["q=lukket&status=closed", [closed]],
  [`q=662001&subtreeOf=${hospital}`, [heart]],
];

test.each(filters)("the search ?%s finds exactly the units that it asks for", async (query, found) => {
  expect(new Set(await find(query))).toEqual(new Set(found));
});

test("what all hits are is counted on the first page, also of a search by words", async () => {
  const { json } = await read(`/v1/organisations?subtreeOf=${region}&facets=level,type,kind,region&limit=1`);
  expect(json.facets).toEqual({
    level: [
      { value: "unit", count: 2 },
      { value: "institution", count: 1 },
      { value: "owner", count: 1 },
    ],
    type: [
      { value: "22232009", count: 1 },
      { value: "550881000005103", count: 1 },
    ],
    kind: expect.any(Array),
    region: [{ value: "1082", count: 3 }],
  });
  const words = await read("/v1/organisations?q=hjerte&facets=level");
  expect(words.json.facets).toEqual({ level: [{ value: "unit", count: 2 }] });
  const next = await read(`/v1/organisations?after=${String(json.next)}`);
  expect(next.json).not.toHaveProperty("facets");
});

test("an answer has the members that were asked for, and tells what was to be included", async () => {
  const query = "fields=name,successions,shak,childCount&include=successions,shak,childCount,attributes";
  expect((await read(`/v1/organisations?shak=662001&${query}`)).json.items).toEqual([
    {
      ...{ sorId: heart, name: "Hjertemedicin", childCount: 1 },
      successions: { replaces: [{ sorId: closed, name: "Lukket afdeling", share: "all" }], replacedBy: [] },
      shak: [{ code: "662001", validFrom: expect.any(String), validTo: null }],
    },
  ]);
  const { items } = (await read("/v1/organisations?status=closed&include=attributes")).json;
  expect(items).toMatchObject([
    { sorId: closed, attributes: { name: "Lukket afdeling", parentSorId: hospital } },
  ]);
  const one = await read(`/v1/organisations/${hospital}?fields=name,cvr,shak&include=shak`);
  expect(one.json).toMatchObject({ sorId: hospital, cvr: "12345674", shak: [{ code: "6620" }] });
  expect(Object.keys(one.json)).toHaveLength(4);
});

test("a page goes on where it ended, for a list without words too", async () => {
  const found: string[] = [];
  let path = "/v1/organisations?limit=2";
  for (let page = 0; page < 5 && path; page += 1) {
    const { json, headers } = await read(path);
    found.push(...(json.items as { sorId: string }[]).map(({ sorId }) => sorId));
    path = /<([^>]+)>; rel="next"/.exec(String(headers.link ?? ""))?.[1] ?? "";
  }
  expect(found).toEqual([ward, heart, other, region, hospital]);
});

test("the clinical hierarchy names for each unit the nearest one above that has a level", async () => {
  const { json } = await read(`/v1/organisations/${hospital}/clinical-hierarchy`);
  expect(json).toMatchObject({
    isAll: true,
    items: [
      { sorId: hospital, parentSorId: null, clinicalLevel: "Hospital", clinicalParentSorId: null },
      { sorId: heart, parentSorId: hospital, clinicalLevel: null },
      { sorId: ward, parentSorId: heart, clinicalLevel: "Afsnit", clinicalParentSorId: hospital },
    ],
  });
  expect((await read(`/v1/organisations/${hospital}/clinical-hierarchy?limit=1`)).json).toMatchObject({
    isAll: false,
  });
});

describe("SHAK", () => {
  const codesOf = async (path: string) =>
    ((await read(path)).json.items as { code: string }[]).map(({ code }) => code);

  test("a code has all its periods, with what they were", async () => {
    expect((await read("/v1/shak/6620")).json).toMatchObject({
      periods: [
        { validFrom: "1990-01-01", validTo: "2000-01-01", name: "Gamle Aarhus", institutionKind: "101" },
        { validFrom: "2000-01-01", validTo: null, owner: "1", specialities: [] },
      ],
    });
    expect((await read("/v1/shak/6620011")).json).toMatchObject({
      periods: [{ specialities: ["006", "030"], institutionKind: null }],
      ancestors: [{ code: "6620" }, { code: "662001" }],
    });
  });

  test("hospitals, what is below, and codes by words are those of the day", async () => {
    expect(await codesOf("/v1/shak")).toEqual(["6620"]);
    expect(await codesOf("/v1/shak/6620/children")).toEqual(["662001"]);
    expect(await codesOf("/v1/shak/6620/children?historic=include")).toEqual(["662001", "662009"]);
    expect(await codesOf("/v1/shak/6620/children?validAt=1995-01-01")).toEqual(["662009"]);
    expect(await codesOf("/v1/shak?q=hjerte")).toEqual(["662001"]);
    expect(await codesOf("/v1/shak?q=66200")).toEqual(["662001", "6620011"]);
  });

  test("a code leads to its units and a unit to its codes", async () => {
    expect(idsOf(await read("/v1/shak/662001/sor"))).toEqual([heart]);
    expect(idsOf(await read("/v1/shak/662001/sor?validAt=1901-01-01"))).toEqual([]);
    expect(idsOf(await read("/v1/shak/9999/sor"))).toEqual([]);
    expect(await codesOf(`/v1/organisations/${heart}/shak`)).toEqual(["662001"]);
    expect(await codesOf(`/v1/organisations/${heart}/shak?validAt=1901-01-01`)).toEqual([]);
    expect(await codesOf(`/v1/organisations/${ward}/shak`)).toEqual([]);
  });
});

test("a code list has its codes in both languages, on a day those that may be chosen then", async () => {
  const { json } = await read("/v1/code-lists");
  const names = (json.items as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["entity-types", "shak-specialities"]));
  for (const name of names) expect((await read(`/v1/code-lists/${name}`)).status).toBe(200);
  const regions = (await read("/v1/code-lists/regions")).json.items;
  expect(regions).toContainEqual(
    expect.objectContaining({ code: "1081", da: "Region Nordjylland", en: "North Denmark Region" }),
  );
  const codes = async (day: string) =>
    ((await read(`/v1/code-lists/entity-types?validAt=${day}`)).json.items as { code: string }[]).map(
      ({ code }) => code,
    );
  expect(await codes("2025-12-31")).toContain("726");
  expect(await codes("2026-01-01")).not.toContain("726");
});

const paths = () => [
  `/v1/organisations?limit=1`,
  `/v1/organisations/${hospital}`,
  `/v1/organisations/${hospital}?fields=name`,
  ...["history", "ancestors", "descendants", "successors", "clinical-hierarchy", "shak"].map(
    (part) => `/v1/organisations/${hospital}/${part}`,
  ),
  ...["/v1/shak", "/v1/shak/6620", "/v1/shak/6620/children", "/v1/shak/6620/sor", "/v1/code-lists"],
  ...["/v1/code-lists/regions", "/v1/suggest?q=a", `/v1/resolve/${hospital}`],
];
test("every read has an ETag that is answered 304, and the sequence that it is as of", async () => {
  for (const path of paths()) {
    const { status, headers } = await read(path);
    expect([path, status]).toEqual([path, 200]);
    expect(headers["register-sequence"]).toMatch(/^\d+$/);
    const again = await read(path, { "if-none-match": String(headers.etag) });
    expect([path, again.status, again.body]).toEqual([path, 304, ""]);
  }
});

const wrong: [path: string, status: number][] = [
  ["/v1/organisations?limit=0", 400],
  ["/v1/organisations?limit=201", 400],
  ["/v1/organisations?limit=1e3", 400],
  ["/v1/organisations?q=", 400],
  [`/v1/organisations?q=${"a".repeat(201)}`, 400],
  ["/v1/organisations?gln=5790000000000", 400],
  ["/v1/organisations?subtreeOf=123456", 400],
  ["/v1/organisations?validAt=2026-02-30", 400],
  ["/v1/organisations?changedSince=yesterday", 400],
  ["/v1/organisations?status=dead", 400],
  ["/v1/organisations?facets=name", 400],
  ["/v1/organisations?include=secrets", 400],
  ["/v1/organisations?fields=name,nothing", 400],
  ["/v1/organisations?fields=__proto__", 400],
  ["/v1/organisations?folded=true&status=all", 400],
  ["/v1/organisations?after=e30", 400],
  ["/v1/organisations?postalCode=8000%5C", 400],
  ["/v1/organisations/1/shak", 400],
  [`/v1/organisations/${makeSorId(99)}/shak`, 404],
  [`/v1/organisations/${makeSorId(99)}/clinical-hierarchy`, 404],
  [`/v1/organisations/${hospital}/clinical-hierarchy?limit=5001`, 400],
  ["/v1/shak/12", 400],
  ["/v1/shak/%25%25%25%25", 400],
  ["/v1/shak/0000", 404],
  ["/v1/shak/0000/children", 404],
  ["/v1/shak?limit=1001", 400],
  ["/v1/shak?historic=yes", 400],
  [`/v1/shak?q=${"%25".repeat(201)}`, 400],
  ["/v1/code-lists/nothing", 400],
  ["/v1/code-lists/regions?validAt=1", 400],
  ["/v1/code-lists/__proto__", 400],
];
test.each(wrong)("%s is refused with its problem", async (path, status) => {
  const answer = await read(path);
  expect([answer.status, Problem.parse(answer.json).status]).toEqual([status, status]);
});

test("signs of a pattern in a search of codes are no pattern", async () => {
  expect((await read(`/v1/shak?q=${encodeURIComponent("%_\\")}`)).json.items).toEqual([]);
});
