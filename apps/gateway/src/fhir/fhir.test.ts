import { closeDatabase, openDatabase } from "@sor/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { activity, aServedRegister, type ServedRegister } from "../testing/a-served-register.ts";
import { testDeps } from "../testing/index.ts";

let register: ServedRegister;
let { gln, owner, house, ward } = { gln: "", owner: "", house: "", ward: "" };
const apply = (commands: readonly object[]) => register.apply(commands);
type Resource = {
  resourceType: string;
  id: string;
  meta: { versionId: string; lastUpdated: string };
  [element: string]: unknown;
};
type Entry = { fullUrl: string; resource: Resource; request: { method: string }; search: { mode: string } };
/** A resource, or a Bundle of them. */
type Json = Resource & { entry: Entry[]; link: { relation: string; url: string }[]; total: number };

async function ask(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Json; headers: Headers }> {
  const answer = await fetch(`${register.origin}/fhir/${path}`, init);
  const text = await answer.text();
  return {
    status: answer.status,
    body: text === "" ? undefined : JSON.parse(text),
    headers: answer.headers,
  };
}
type Coded = { coding: { code: string }[] };
const codesOf = (concepts: unknown) => (concepts as Coded[]).map(({ coding }) => coding[0]?.code);
type Capability = {
  type: string;
  searchParam: { name: string; type: string }[];
  searchInclude?: string[];
  searchRevInclude?: string[];
};
const capabilitiesOf = (rest: unknown) => (rest as { resource: Capability[] }[])[0]?.resource ?? [];
const ids = ({ body }: { body: Json }) =>
  (body.entry ?? []).map((entry) => `${entry.resource.resourceType}/${entry.resource.id}`);

beforeAll(async () => {
  register = await aServedRegister();
  ({ gln, owner, house, ward } = register);
});
afterAll(() => register.stop());

test("a unit is read as an Organization with its identifiers, types, parent and location number", async () => {
  const { status, body, headers } = await ask(`Organization/${house}`);
  expect([status, headers.get("content-type")]).toEqual([200, "application/fhir+json; charset=utf-8"]);
  expect(body).toMatchObject({
    resourceType: "Organization",
    id: house,
    active: true,
    name: "Sygehus Nord",
    partOf: { reference: `Organization/${owner}` },
    identifier: [
      { system: "urn:oid:1.2.208.176.1.1", value: house },
      { system: "urn:sor:identifier:shak", value: "1301" },
    ],
    address: [{ line: ["Vej 1"], city: "Aarhus C", postalCode: "8000" }],
  });
  expect(codesOf(body.type)).toEqual(["SI", "22232009", "facility"]);
  expect(headers.get("etag")).toBe(`W/"${body.meta.versionId}"`);
  const again = await ask(`Organization/${house}`, {
    headers: { "If-None-Match": `W/"${body.meta.versionId}"` },
  });
  expect(again.status).toBe(304);
  expect((await ask(`Organization/${ward}`)).body.endpoint).toEqual([{ reference: `Endpoint/${gln}` }]);
});

test("XML holds the same, escaped", async () => {
  const answer = await fetch(`${register.origin}/fhir/Organization/${ward}`, {
    headers: { Accept: "application/fhir+xml" },
  });
  const text = await answer.text();
  expect(answer.headers.get("content-type")).toBe("application/fhir+xml; charset=utf-8");
  expect(text).toContain('<Organization xmlns="http://hl7.org/fhir">');
  expect(text).toContain('<name value="Øjenafdeling &#x26; &#x3C;klinik&#x3E;"/>');
  expect(text).toContain(`<id value="${ward}"/>`);
  expect(text).toContain('<extension url="http://hl7.org/fhir/StructureDefinition/organization-period">');
  const bundle = await (await fetch(`${register.origin}/fhir/Organization?_format=xml`)).text();
  expect(bundle).toMatch(/<entry>\s*<fullUrl value="[^"]+"\/>\s*<resource>\s*<Organization>/);
});

test("searches fit their parameters, modifiers, chains and includes", async () => {
  const organizations = (...all: string[]) => all.map((id) => `Organization/${id}`);
  const cases: [string, string[]][] = [
    [`Organization?identifier=urn:oid:1.2.208.176.1.1|${house}`, organizations(house)],
    ["Organization?identifier=http://cvr.dk|29190623", organizations(owner)],
    ["Organization?identifier=1301", organizations(house)],
    ["Organization?identifier=urn:x|1301", []],
    ["Organization?name=sygehus", organizations(house)],
    ["Organization?name=nord", []],
    ["Organization?name:contains=NORD", organizations(house)],
    ["Organization?name:exact=sygehus%20Nord", []],
    ["Organization?name=%C3%98jen", organizations(ward)],
    [`Organization?partof=Organization/${house}`, organizations(ward)],
    ["Organization?partof.name=Sygehus", organizations(ward)],
    ["Organization?partof:Organization.partof.identifier=http://cvr.dk|29190623", organizations(ward)],
    ["Organization?partof:missing=true", organizations(owner)],
    ["Organization?active=true&type=SI", organizations(house)],
    ["Organization?active=false", []],
    ["Organization?type:not=SI&type:not=OE", organizations(owner)],
    ["Organization?messageType=DIS91", organizations(ward)],
    [
      "Organization?endpoint.messageType=urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l",
      organizations(ward),
    ],
    ["Organization?messageType=DIS01", []],
    [`Organization?_id=${house}&_include=Organization:partof`, organizations(house, owner)],
    [
      `Organization?_id=${ward}&_include=Organization:endpoint&_revinclude=Location:organization`,
      [...organizations(ward), `Location/${ward}`, `Endpoint/${gln}`],
    ],
    [`Location?organization=${ward}`, [`Location/${ward}`]],
    ["HealthcareService?specialty=394594003", [`HealthcareService/${ward}`]],
    [`HealthcareService?organization.name=Sygehus`, []],
    [`Endpoint?organization=Organization/${ward}&status=active`, [`Endpoint/${gln}`]],
    [`Endpoint?identifier=http://www.gs1.org/gln|${gln}`, [`Endpoint/${gln}`]],
    ["Endpoint?payload-type=DIS01", []],
    ["Organization?_lastUpdated=gt2030-01-01", []],
  ];
  for (const [path, expected] of cases) {
    const found = await ask(path);
    expect([path, found.status, ids(found).toSorted()]).toEqual([path, 200, expected.toSorted()]);
  }
  const posted = await ask("Organization/_search", {
    method: "POST",
    body: new URLSearchParams({ name: "Sygehus" }),
  });
  expect(ids(posted)).toEqual(organizations(house));
});

test("Endpoint by location number and message type comes from memory once read, also while the database is away", async () => {
  const path = `Endpoint?identifier=${gln}&messageType=DIS91`;
  const first = await ask(path);
  expect(first.body.entry[0]?.resource).toMatchObject({
    status: "active",
    identifier: [{ system: "http://www.gs1.org/gln", value: gln }],
    payloadType: [{ coding: [{ code: "urn:dk:healthcare:medcom:messaging:edifact:meddis:dis91:d9134l" }] }],
    managingOrganization: { reference: `Organization/${ward}` },
    period: { start: "2020-01-01" },
  });
  await register.routing.look();
  const own = openDatabase(register.url);
  const lone = createGatewayServer(
    testDeps({ db: own, routing: register.routing, clock: () => register.now }),
  );
  const alone = await listen(lone, 0, "127.0.0.1");
  const read = async () => ((await (await fetch(`${alone}/fhir/${path}`)).json()) as Json).entry[0]?.resource;
  await read();
  await closeDatabase(own);
  expect(await read()).toEqual(first.body.entry[0]?.resource);
  expect((await fetch(`${alone}/fhir/Endpoint/${gln}`)).status).toBeGreaterThanOrEqual(500);
  await closeServer(lone);
  const apart = createGatewayServer(testDeps({ routing: register.routing, clock: () => register.now }));
  const other = await listen(apart, 0, "127.0.0.1");
  const unknown = await fetch(`${other}/fhir/Endpoint?identifier=${gln}&messageType=DIS01`);
  expect([unknown.status, ((await unknown.json()) as Json).entry]).toEqual([200, undefined]);
  await closeServer(apart);
});

test("pages hold each unit once, whatever is written between them", async () => {
  const commands = Array.from({ length: 9 }, (_, at) => ({
    ...{ kind: "unit.create", sorId: `new:${at}`, level: "unit", validFrom: "2020-01-01" },
    attributes: { parentSorId: house, name: `Afsnit ${at}`, ...activity },
  }));
  const made = await apply(commands);
  const seen: string[] = [];
  let next: string | undefined = "Organization?name=Afsnit&_sort=-name&_count=2&_total=accurate";
  let pages = 0;
  while (next) {
    const { body } = await ask(next);
    expect(body.total).toBeGreaterThanOrEqual(9);
    seen.push(...ids({ body }));
    next = body.link.find((link) => link.relation === "next")?.url.split("/fhir/")[1];
    pages += 1;
    await apply([
      {
        ...commands[0],
        sorId: "new:x",
        attributes: { parentSorId: house, name: `Afsnit 9${pages}`, ...activity },
      },
    ]);
  }
  expect(pages).toBe(5);
  expect(seen).toEqual(made.map((id) => `Organization/${id}`).toReversed());
});

test("versions: read, history of one, of a type and of all, with what was deleted, and nothing missed with _since", async () => {
  const before = await ask(`Organization/${ward}`);
  register.now = new Date("2026-06-02T10:00:00Z");
  const since = register.now.toISOString();
  await apply([
    {
      kind: "unit.change",
      sorId: ward,
      validFrom: "2026-06-02",
      validTo: null,
      attributes: { name: "Øjenklinik", specialities: [] },
    },
  ]);
  const after = await ask(`Organization/${ward}`);
  expect(Number(after.body.meta.versionId)).toBeGreaterThan(Number(before.body.meta.versionId));
  expect(after.body.meta.lastUpdated).toBe(since);
  const old = await ask(`Organization/${ward}/_history/${before.body.meta.versionId}`);
  expect(old.body).toEqual(before.body);
  const own = await ask(`Organization/${ward}/_history`);
  expect(own.body.entry.map(({ request }) => request.method)).toEqual(["PUT", "POST"]);
  expect(own.body.entry[0]?.resource).toEqual(after.body);
  const services = await ask(`HealthcareService/_history?_since=${since}`);
  expect(services.body.entry).toMatchObject([
    { request: { method: "DELETE", url: `HealthcareService/${ward}` } },
  ]);
  expect((await ask(`HealthcareService/${ward}`)).status).toBe(410);
  expect((await ask(`HealthcareService/${house}`)).status).toBe(404);
  const changed = new Set<string>();
  let next: string | undefined = `_history?_since=${encodeURIComponent(since)}&_count=1`;
  while (next) {
    const { body } = await ask(next);
    expect(body.entry?.length ?? 0).toBeLessThanOrEqual(1);
    for (const { fullUrl } of body.entry ?? []) {
      expect(changed.has(fullUrl)).toBe(false);
      changed.add(fullUrl);
    }
    next = body.link.find((link) => link.relation === "next")?.url.split("/fhir/")[1];
  }
  expect([...changed].map((url) => url.split("/fhir/")[1]).toSorted()).toEqual([
    `Endpoint/${gln}`,
    `HealthcareService/${ward}`,
    `Location/${ward}`,
    `Organization/${ward}`,
  ]);
});

test("what is wrong is an OperationOutcome", async () => {
  const cases: [string, number, RequestInit?][] = [
    ["Organization/311000016009", 404],
    ["Patient/1", 404],
    ["Patient?name=x", 404],
    ["Organization?_count=-1", 400],
    ["Organization?_sort=active", 400],
    ["Organization?name:below=x", 400],
    ["Organization?_lastUpdated=yesterday", 400],
    ["Organization?_cursor=abc", 400],
    ["Organization?_include=Organization:nothing", 400],
    [`Organization?${"partof.".repeat(9)}name=x`, 400],
    [`Organization?identifier=${Array.from({ length: 101 }, (_, at) => at).join(",")}`, 400],
    ["Organization?_format=ttl", 400],
    ["Organization", 406, { headers: { Accept: "text/turtle" } }],
    ["Organization?colour=red", 400, { headers: { Prefer: "handling=strict" } }],
    ["Organization?colour=red", 200, { headers: { Prefer: "handling=lenient" } }],
    [`Organization/${house}`, 405, { method: "DELETE" }],
  ];
  for (const [path, status, init] of cases) {
    const answer = await ask(path, init);
    expect([path, answer.status, answer.body.resourceType]).toEqual([
      path,
      status,
      status === 200 ? "Bundle" : "OperationOutcome",
    ]);
  }
  const lenient = await ask("Organization?colour=red&name=x");
  expect(lenient.body.link[0]?.url).not.toContain("colour");
  expect(ids(await ask("Organization?_summary=count"))).toEqual([]);
  expect((await ask("Organization?_summary=count")).body.total).toBeGreaterThan(2);
  const few = await ask(`Organization?_id=${house}&_elements=name`);
  expect(Object.keys(few.body.entry[0]?.resource ?? {})).toEqual(["resourceType", "id", "meta", "name"]);
});

test("the CapabilityStatement names what answers: each parameter of each type is understood", async () => {
  const { body } = await ask("metadata");
  expect(body).toMatchObject({ resourceType: "CapabilityStatement", fhirVersion: "4.0.1" });
  const value: Record<string, string> = { date: "2026", token: "x", string: "x", reference: "x" };
  expect(capabilitiesOf(body.rest)).toHaveLength(6);
  for (const { type, searchParam, searchInclude = [], searchRevInclude = [] } of capabilitiesOf(body.rest)) {
    const asked = searchParam.map(({ name, type: kind }) => `${name}=${value[kind]}`);
    const included = [
      ...searchInclude.map((name) => `_include=${name}`),
      ...searchRevInclude.map((name) => `_revinclude=${name}`),
    ];
    const answer = await ask(`${type}?${[...asked, ...included].join("&")}`, {
      headers: { Prefer: "handling=strict" },
    });
    expect([type, answer.status, answer.body.issue]).toEqual([type, 200, undefined]);
  }
});
