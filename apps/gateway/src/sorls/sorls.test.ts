import { readXml, type XmlTree } from "@sor/core/markup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aServedRegister, type ServedRegister } from "../testing/a-served-register.ts";

const envelopes = {
  "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
  "1.2": "http://www.w3.org/2003/05/soap-envelope",
};
const types = { "1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8" };
type Version = keyof typeof envelopes;
let register: ServedRegister;

beforeAll(async () => {
  register = await aServedRegister();
  await register.apply([
    {
      kind: "unit.change",
      sorId: register.ward,
      validFrom: "2026-07-01",
      validTo: null,
      attributes: { name: "Nyt navn", shakCode: "1301020" },
    },
  ]);
});
afterAll(() => register.stop());

const dgws = `<d:Header xmlns:d="http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd"><d:SecurityLevel>3</d:SecurityLevel><d:Linking><d:MessageID>m-1</d:MessageID></d:Linking></d:Header>`;
async function call(body: string, version: Version = "1.1") {
  const text = `<s:Envelope xmlns:s="${envelopes[version]}"><s:Header>${dgws}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  const headers = { "Content-Type": types[version] };
  const answer = await fetch(`${register.origin}/sorls`, { method: "POST", body: text, headers });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
}
function all(tree: XmlTree, name: string): XmlTree[] {
  return [...(tree.name === name ? [tree] : []), ...tree.children.flatMap((child) => all(child, name))];
}
async function ask(
  name: string,
  parts: Record<string, string>,
  found = "SorEntity",
  version: Version = "1.1",
) {
  const inner = Object.entries(parts).map(([part, value]) => `<${part}>${value}</${part}>`);
  const { status, text } = await call(
    `<${name}Request xmlns="urn:sor:sorls:1">${inner.join("")}</${name}Request>`,
    version,
  );
  const read = readXml(text, { depthMax: 20, elementsMax: 10_000 });
  if ("fault" in read || status !== 200) throw new Error(text);
  return all(read.tree, found).map(({ children }) =>
    Object.fromEntries(children.map((child) => [child.name, child.text])),
  );
}

test("a unit on a day, with what it inherits, in SOAP 1.1 and 1.2", async () => {
  for (const version of ["1.1", "1.2"] as const) {
    const [now] = await ask("GetSorEntity", { SorIdentifier: register.ward }, "SorEntity", version);
    expect(now).toMatchObject({
      SorId: register.ward,
      EntityName: "Øjenafdeling & <klinik>",
      SorType: "OE",
      ShakId: "1301010",
      PostalAddressDistrictName: "Aarhus C",
      PostalAddressInherited: "true",
      InstitutionOwnerEntityName: "Region Ærø",
      ToDate: "2026-06-30",
    });
  }
  const [later] = await ask("GetSorEntity", { SorIdentifier: register.ward, Date: "2026-07-01" });
  expect(later).toMatchObject({ EntityName: "Nyt navn", ShakId: "1301020" });
  expect(await ask("GetSorEntity", { SorIdentifier: register.ward, Date: "2019-12-31" })).toEqual([]);
});

test("search, and the maps between SHAK and SOR on the day asked about", async () => {
  expect(
    (await ask("Search", { Query: "sygehus", SorType: "SI", MaxResults: "5" })).map(({ SorId }) => SorId),
  ).toEqual([register.house]);
  expect((await ask("ShakSorMap", { ShakIdentifier: "1301010" })).map(({ SorId }) => SorId)).toEqual([
    register.ward,
  ]);
  expect(await ask("ShakSorMap", { ShakIdentifier: "1301010", Date: "2026-07-01" })).toEqual([]);
  expect(await ask("SorShakMap", { SorIdentifier: register.ward, Date: "2026-07-01" }, "Shak")).toMatchObject(
    [{ ShakId: "1301020", FromDate: "2026-07-01" }],
  );
  expect(await ask("SorShakMap", { SorIdentifier: register.owner }, "Shak")).toEqual([]);
});

test("an answer refers to the message that it answers, and faults have the code of DGWS in the form of the version", async () => {
  const { text, type } = await call(
    '<SorShakMapRequest xmlns="urn:sor:sorls:1"><SorIdentifier>1</SorIdentifier></SorShakMapRequest>',
    "1.2",
  );
  expect([type, text.includes("<dgws:InResponseToMessageID>m-1</dgws:InResponseToMessageID>")]).toEqual([
    types["1.2"],
    true,
  ]);
  const wrong =
    '<GetSorEntityRequest xmlns="urn:sor:sorls:1"><SorIdentifier>1</SorIdentifier><Date>2026-13-01</Date></GetSorEntityRequest>';
  const older = await call(wrong);
  expect([
    older.status,
    older.text.includes("<faultcode>soap:Client</faultcode>"),
    older.text.includes("<dgws:FaultCode>syntax_error</dgws:FaultCode>"),
  ]).toEqual([400, true, true]);
  const newer = await call(wrong, "1.2");
  expect([
    newer.status,
    newer.text.includes("<soap:Value>soap:Sender</soap:Value>"),
    newer.text.includes("dgws:FaultCode"),
  ]).toEqual([400, true, true]);
  for (const body of [
    '<GetSorEntityRequest xmlns="urn:sor:sorls:1"/>',
    '<SearchRequest xmlns="urn:sor:sorls:1"><Query>x</Query><SorType>XX</SorType></SearchRequest>',
    "<x/>",
    "",
  ])
    expect([body, (await call(body)).status]).toEqual([body, 400]);
  const wsdl = await (await fetch(`${register.origin}/sorls?wsdl`)).text();
  expect("tree" in readXml(wsdl, { depthMax: 20, elementsMax: 10_000 })).toBe(true);
  expect(wsdl.match(/soap12:operation/g)).toHaveLength(4);
  expect(wsdl).toContain('name="OrganisationalLevelCode"');
});

test("the same as JSON after SORES, many units at once and all below one", async () => {
  const post = async (name: string, body: unknown) => {
    const answer = await fetch(`${register.origin}/sores/v3/${name}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const both = await post("GetSorEntity", {
    SorIds: [register.ward, register.owner, "311000016009"],
    Date: "2026-07-01",
  });
  expect(both.body).toMatchObject({
    SorEntities: [{ EntityName: "Nyt navn" }, { EntityName: "Region Ærø" }],
  });
  expect((await post("SearchAllChildren", { SorId: register.owner })).body).toMatchObject({
    IsComplete: true,
    SorEntities: [{ SorId: register.house }, { SorId: register.ward }],
  });
  expect((await post("MapShakToSor", { ShakId: "1301" })).body).toMatchObject({
    SorEntities: [{ SorId: register.house }],
  });
  expect((await post("MapSorToShak", { SorId: register.house })).body).toMatchObject({
    Shak: { ShakId: "1301" },
  });
  for (const body of [
    {},
    { SorIds: [] },
    { SorIds: ["1"], Date: "x" },
    { SorIds: Array.from({ length: 501 }, () => "1") },
  ])
    expect((await post("GetSorEntity", body)).status).toBe(400);
  const status = await fetch(`${register.origin}/sores/v3/status`);
  expect(await status.json()).toMatchObject({ status: "OK", day: "2026-06-01" });
});
