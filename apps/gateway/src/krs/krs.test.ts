import { readXml, type XmlTree } from "@sor/core/markup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { activity, aServedRegister, type ServedRegister } from "../testing/a-served-register.ts";

const path = "/stamdata-batch-copy-ws/service/StamdataReplication";
const rfsPath = "/stamdata-batch-copy-ws-rfs/service/StamdataReplication-20240227";
const namespaces = {
  krs: "http://nsi.dk/2011/10/21/StamdataKrs/",
  rfs: "http://nsi.dk/2021/03/03/StamdataRfs/",
};
const zeros = "0".repeat(20);
let register: ServedRegister;

beforeAll(async () => {
  register = await aServedRegister();
});
afterAll(() => register.stop());

const header = `<soap:Header><dgws:Header xmlns:dgws="http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd"><dgws:SecurityLevel>3</dgws:SecurityLevel>
<dgws:Linking><dgws:FlowID>flow-1</dgws:FlowID><dgws:MessageID>message-1</dgws:MessageID></dgws:Linking></dgws:Header></soap:Header>`;
const envelope = (body: string) =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">${header}<soap:Body>${body}</soap:Body></soap:Envelope>`;

type Asked = {
  register?: string;
  datatype: string;
  offset?: string;
  maxRecords?: number;
  registerVersion?: number;
  ids?: string[];
};
function request({
  register: name = "sor",
  datatype,
  offset = "0",
  maxRecords,
  registerVersion,
  ids,
}: Asked): string {
  const namespace = ids ? namespaces.rfs : namespaces.krs;
  const optional = (of: string, value: number | undefined) =>
    value === undefined ? "" : `<${of}>${value}</${of}>`;
  const list = ids ? `<idList>${ids.map((id) => `<id>${id}</id>`).join("")}</idList>` : "";
  return envelope(
    `<k:ReplicationRequest xmlns:k="${namespace}"><register>${name}</register><datatype>${datatype}</datatype><version>1</version><offset>${offset}</offset>${optional("maxRecords", maxRecords)}${optional("registerVersion", registerVersion)}${list}</k:ReplicationRequest>`,
  );
}

async function post(body: string, to = path): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${register.origin}${to}`, {
    method: "POST",
    body,
    headers: { "Content-Type": "text/xml; charset=utf-8" },
  });
  return { status: answer.status, text: await answer.text() };
}

function all(tree: XmlTree, name: string): XmlTree[] {
  return [...(tree.name === name ? [tree] : []), ...tree.children.flatMap((child) => all(child, name))];
}
function treeOf(text: string): XmlTree {
  const read = readXml(text, { depthMax: 50, elementsMax: 1_000_000 });
  if ("fault" in read) throw new Error(`${read.fault}: ${text.slice(0, 200)}`);
  return read.tree;
}
type Entry = { offset: string; fields: Record<string, string> };
async function read(asked: Asked): Promise<Entry[]> {
  const { status, text } = await post(request(asked), asked.ids ? rfsPath : path);
  expect([status, text.slice(0, 5)]).toEqual([200, "<?xml"]);
  return all(treeOf(text), "entry").map((entry) => {
    const [content] = all(entry, "content");
    const fields = (content?.children[0]?.children ?? []).map(({ name, text: value }) => [name, value]);
    const id = entry.children.find(({ name }) => name === "id")?.text ?? "";
    return { offset: id.split("/").at(-1) ?? "", fields: Object.fromEntries(fields) };
  });
}
/** Copies from an offset to the end, as clients do: on until a feed is empty. */
async function copy(asked: Asked): Promise<{ entries: Entry[]; offset: string }> {
  const entries: Entry[] = [];
  let offset = asked.offset ?? "0";
  for (;;) {
    const page = await read({ ...asked, offset });
    if (page.length === 0) return { entries, offset };
    expect(page.length).toBeLessThanOrEqual(asked.maxRecords ?? 2000);
    entries.push(...page);
    offset = page.at(-1)?.offset ?? "";
  }
}

test("a copy in small pages is all of it, from 0 and from 20 zeros, with the header and the feed of KRS", async () => {
  const { text } = await post(request({ datatype: "SorEntity", maxRecords: 1, registerVersion: 2 }));
  expect(text).toContain("<dgws:InResponseToMessageID>message-1</dgws:InResponseToMessageID>");
  expect(text).toContain("<dgws:FlowStatus>flow_finalized_succesfully</dgws:FlowStatus>");
  expect(text).toContain(`<ReplicationResponse xmlns="${namespaces.krs}">`);
  expect(text).toMatch(/<atom:id>tag:nsi.dk,2011:sor\/sorentity\/v1\/\d{20}<\/atom:id>/);
  expect(text).toContain(
    '<SorEntity:SorEntity xmlns:SorEntity="http://nsi.dk/-/stamdata/3.0/sor" xmlns="http://nsi.dk/-/stamdata/3.0/sor">',
  );
  const whole = (await copy({ datatype: "sorentity" })).entries;
  const small = (await copy({ datatype: "SorEntity", offset: zeros, maxRecords: 1 })).entries;
  expect(small).toEqual(whole);
  expect(whole.map(({ fields }) => fields.SorId).toSorted()).toEqual(
    [register.owner, register.house, register.ward].toSorted(),
  );
  expect(whole[1]?.fields).toMatchObject({
    EntityName: "Sygehus Nord",
    SorType: "SI",
    ShakId: "1301",
    ValidTo: "2999-12-31T00:00:00+01:00",
    PostalAddressPostCodeId: "8000",
  });
});

test("what is edited comes after the last offset: the row that ended with its end, and the new ones", async () => {
  const { offset } = await copy({ datatype: "SorEntity" });
  register.now = new Date("2026-06-02T10:00:00Z");
  await register.apply([
    {
      kind: "unit.change",
      sorId: register.ward,
      validFrom: "2026-07-01",
      validTo: null,
      attributes: { name: "Nyt navn" },
    },
  ]);
  const { entries } = await copy({ datatype: "SorEntity", offset });
  const told = entries.map(({ fields }) => [
    fields.EntityName,
    fields.FromDate,
    fields.ToDate,
    fields.ValidTo?.slice(0, 10),
  ]);
  expect(told).toEqual(
    expect.arrayContaining([
      ["Øjenafdeling & <klinik>", "2020-01-01", undefined, "2026-06-02"],
      ["Øjenafdeling & <klinik>", "2020-01-01", "2026-06-30", "2999-12-31"],
      ["Nyt navn", "2026-07-01", undefined, "2999-12-31"],
    ]),
  );
  expect(told).toHaveLength(3);
});

test("every other datatype is copied too, those of version 1 with their old columns", async () => {
  const first = async (asked: Asked) => (await read(asked))[0]?.fields ?? {};
  expect(await first({ datatype: "eanlocationcodeeditype" })).toMatchObject({
    EanLocationCode: register.gln,
    EDIType: "DIS91",
    EDITypeVersion: "D9134L",
    Direction: "receive",
  });
  expect(await first({ datatype: "ShakSorMap" })).toMatchObject({ ShakId: "1301", SorId: register.house });
  expect(await first({ datatype: "sygehus" })).toMatchObject({
    sorNummer: register.house,
    nummer: "1301",
    vejnavn: "Vej 1",
    postnummer: "8000",
    validTo: "2999-12-31T00:00:00+01:00",
  });
  expect(await first({ datatype: "sygehusafdeling" })).toMatchObject({
    sorNummer: register.ward,
    sygehusSorNummer: register.house,
    hovedSpecialeKode: "394594003",
  });
  expect(await first({ datatype: "yder" })).toMatchObject({
    nummer: "012345",
    praksisSorNummer: register.house,
  });
  expect(await read({ datatype: "apotek" })).toEqual([]);
  const codes = await copy({ datatype: "SORClassifications", maxRecords: 40 });
  expect(new Set(codes.entries.map(({ offset }) => offset)).size).toBe(codes.entries.length);
  expect(codes.entries.length).toBeGreaterThan(130);
  expect((await copy({ datatype: "EDITypes" })).entries.length).toBeGreaterThan(80);
  await register.db.$client.query(
    `insert into shak_codes (code, valid_from, kind, name, search_text, groups) values ('1301', '2000-01-01', 'hospital', 'Sygehus', 'sygehus', '{"110","1"}')`,
  );
  await register.apply([
    {
      kind: "unit.change",
      sorId: register.owner,
      validFrom: "2026-08-01",
      validTo: null,
      attributes: { name: "Region" },
    },
  ]);
  expect(await first({ register: "shak", datatype: "shak" })).toMatchObject({
    shakkode: "1301",
    recordart: "sgh",
    aGruppe: "110",
    bGruppe: "1",
    validFrom: "2000-01-01T00:00:00+01:00",
  });
});

test("RFS gives the records of some ids", async () => {
  const found = await read({ datatype: "yder", ids: [register.ward, register.house] });
  expect(new Set(found.map(({ fields }) => fields.sorNummer))).toEqual(new Set([register.ward]));
  expect(
    (await post(request({ datatype: "yder", ids: Array.from({ length: 5001 }, () => "1") }), rfsPath)).status,
  ).toBe(400);
});

test("while others write, a copy that goes on from its last offset misses nothing and is told nothing twice", async () => {
  const seen: Entry[] = (await copy({ datatype: "SorEntity" })).entries;
  let offset = seen.at(-1)?.offset ?? "0";
  let isWriting = true;
  const writer = async (name: string) => {
    for (let at = 0; at < 5; at += 1) {
      await register.apply([
        {
          kind: "unit.create",
          sorId: `new:${name}`,
          level: "unit",
          validFrom: "2020-01-01",
          attributes: { parentSorId: register.house, name: `${name} ${at}`, ...activity },
        },
      ]);
    }
  };
  const writers = Promise.all(["a", "b", "c"].map(writer)).finally(() => {
    isWriting = false;
  });
  while (isWriting) {
    const more = await copy({ datatype: "SorEntity", offset, maxRecords: 2 });
    seen.push(...more.entries);
    offset = more.offset;
  }
  await writers;
  seen.push(...(await copy({ datatype: "SorEntity", offset })).entries);
  const offsets = seen.map((entry) => entry.offset);
  expect(offsets).toEqual([...new Set(offsets)].toSorted());
  const { rows } = await register.db.$client.query<{ id: string }>("select id from organisation_versions");
  expect(new Set(seen.map(({ fields }) => fields.UniqueCurrentKey))).toEqual(
    new Set(rows.map(({ id }) => id)),
  );
});

test("what cannot be answered is a fault with the urn of KRS where there is one, never an error of ours", async () => {
  const urn = (name: string) => `urn:stamdata:${name}`;
  const xxe = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${request({ datatype: "yder", offset: "&e;" })}`;
  const bombs = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, at) => `<!ENTITY a${at} "&a;&a;&a;">`).join("")}]><x>&a8;</x>`;
  const cases: [string, string, number][] = [
    [request({ datatype: "nothing" }), urn("unknown-view"), 400],
    [request({ datatype: "yder", registerVersion: 2 }), urn("unknown-view"), 400],
    [request({ register: "cpr", datatype: "SorEntity" }), urn("unknown-view"), 400],
    [request({ datatype: "SorEntity", offset: "abc" }), urn("invalid-history-offset"), 400],
    [request({ datatype: "SorEntity", offset: "-1" }), urn("invalid-history-offset"), 400],
    [request({ datatype: "SorEntity", offset: "9".repeat(20) }), urn("invalid-history-offset"), 400],
    [request({ datatype: "SorEntity", offset: "1".repeat(21) }), urn("invalid-history-offset"), 400],
    [request({ datatype: "SorEntity" }).replace("<offset>0</offset>", ""), "offset is missing", 400],
    [request({ datatype: "SorEntity", maxRecords: -1 }), "maxRecords", 400],
    [envelope('<x xmlns="urn:x"/>'), "no such operation", 400],
    [envelope(""), "exactly one element", 400],
    ["<x/>", "Not an envelope", 400],
    ["", "cannot be read", 400],
    [xxe, "doctype", 400],
    [bombs, "doctype", 400],
    [`${"<a>".repeat(100)}`, "too-deep", 400],
    [envelope(`<x>${"<b/>".repeat(25_000)}</x>`), "too-many", 400],
    [envelope("x".repeat(10_000_000)), "Fault", 413],
  ];
  for (const [body, expected, status] of cases) {
    const answer = await post(body);
    expect([
      body.slice(0, 300),
      answer.status,
      answer.text.includes(expected),
      answer.text.includes("<soap:Fault>"),
    ]).toEqual([body.slice(0, 300), status, true, true]);
    expect(answer.text).not.toContain("root:");
  }
  expect((await fetch(`${register.origin}${path}`)).status).toBe(405);
});
