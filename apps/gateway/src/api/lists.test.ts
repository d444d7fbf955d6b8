import { makeSorId } from "@sor/core/identifiers";
import { appendEntries } from "@sor/core/journal";
import { scopes } from "@sor/core/permissions";
import {
  aLocation,
  anEndpoint,
  anInterchange,
  anOrganisation,
  aVendor,
  receives,
  testDatabase,
} from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";
import { type Described, operations } from "../testing/operations.ts";
import { askOver } from "../testing/socket-client.ts";
import { receiver, sender } from "../testing/two-vendors.ts";

let origin: string;
const parent = makeSorId(31_100);
const headers = { authorization: "Bearer key" };

beforeAll(async () => {
  const db = await testDatabase();
  const { supplierId, key } = await aVendor(db);
  const register = {
    role: "authority",
    scope: { kind: "all" },
    validFrom: new Date(0),
    validTo: null,
  } as const;
  const actor = { ...key, scopes, grants: [...key.grants, register] };
  for (const gln of [sender, receiver]) await aLocation(db, { gln, supplierId });
  await receives(db, receiver, await anEndpoint(db, { supplierId }), [["DIS91", "D9134L"]]);
  const names = ["Lægehuset Nord", "Lægehuset Syd", "Sygehuset Nord", "Sygehuset Syd"];
  for (const [at, name] of names.entries()) await anOrganisation(db, { sorId: makeSorId(31_100 + at), name });
  for (const at of [7, 8]) {
    const unit = { sorId: makeSorId(31_100 + at), level: "unit", parentSorId: parent } as const;
    await anOrganisation(db, { ...unit, name: `Afdeling ${at}` });
  }
  await db.$client.query(
    `insert into alert_incidents (id, kind, subject, supplier_id, severity, state, first_seen_at, opened_at, facts)
     select gen_random_uuid(), 'queue-old', 'endpoint:' || at, $1, 'serious', 'open', now(), date_trunc('second', now()), '{}'
     from generate_series(1, 3) as at`,
    [supplierId],
  );
  await db.$client.query(
    `insert into location_numbers (gln, state, changed_at)
     select '579000812345' || at, case when at < 3 then 'allocated' else 'retired' end, now() from generate_series(0, 4) as at`,
  );
  await db.$client.query(
    `insert into organisation_withdrawals (sor_id, reason, valid_to, recorded_at)
     select unnest($1::text[]), 'duplicate', '2026-01-01', date_trunc('second', now())`,
    [[0, 1, 2].map((at) => makeSorId(31_100 + at))],
  );
  await db.$client.query(
    `insert into shak_codes (code, valid_from, kind, name, search_text, groups)
     select code, '2000-01-01', case length(code) when 4 then 'hospital' else 'department' end, 'Prøve', 'proeve hospital', '{}'
     from unnest(array['9001', '9002', '900101', '900102', '900201', '900202']) as code`,
  );
  for (const gln of [sender, receiver]) {
    await db.$client.query("update location_versions set valid_to = '2100-01-01' where gln = $1", [gln]);
  }
  await db.transaction((tx) => {
    const entries = [1, 2, 3].map((at) => {
      const subject = { subjectType: "unit", subjectId: makeSorId(31_100 + at) } as const;
      return {
        action: "unit.edit",
        outcome: "done",
        ...subject,
        after: { replacedBy: [{ sorId: parent, share: "all" }] },
      } as const;
    });
    return appendEntries(tx, { kind: "system", job: "test" }, new Date(), entries);
  });
  const server = createGatewayServer(testDeps({ db, findKey: async () => ({ state: "valid", actor }) }));
  origin = await listen(server, 0, "127.0.0.1");
  for (let at = 0; at < 3; at += 1) {
    const body = anInterchange({ sender, receiver, messages: [{ reference: `L${at}` }] });
    const answer = await askOver(origin, { method: "POST", path: "/v1/interchanges", headers, body });
    expect(answer.status).toBe(202);
  }
  for (const title of ["Et", "To", "Tre"]) {
    expect((await ask("/v1/change-sets", { title })).status).toBe(201);
  }
  return () => closeServer(server);
});

async function ask(path: string, body?: object) {
  const posted = body && {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  };
  const answer = await askOver(origin, { path, headers, ...posted });
  return { ...answer, json: () => JSON.parse(answer.body) as Record<string, unknown> };
}

const lists = [
  ["/v1/organisations", "q=sygehuset", "q=l%C3%A6gehuset"],
  ["/v1/messages", `receiver=${receiver}`, `receiver=${sender}`],
  ["/v1/interchanges", `receiver=${receiver}`, `receiver=${sender}`],
  ["/v1/message-types/DIS91/receivers", "version=D9134L", "version=D9133L"],
] as const;
test.each(lists)(
  "the next page of %s needs only the cursor, and another filter is refused",
  async (path, filter, other) => {
    const first = await ask(`${path}?${filter}&limit=1`);
    const { next, items } = first.json() as { next: string; items: unknown[] };
    expect(next).toEqual(expect.any(String));
    const second = (await ask(`${path}?${filter}&limit=1&after=${next}`)).json();
    expect(second.items).not.toEqual(items);
    expect((await ask(`${path}?limit=1&after=${next}`)).json()).toEqual(second);
    const link = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? "";
    expect((await ask(link)).json()).toEqual(second);
    for (const wrong of [other, `${filter}&${other.replace(/^\w+/, "format")}`]) {
      const refused = await ask(`${path}?${wrong}&after=${next}`);
      expect([wrong, refused.status]).toEqual([wrong, 400]);
      expect(refused.json()).toMatchObject({ errors: [{ parameter: "after" }] });
    }
  },
);

type Question = { path: string; body?: { keys: string[] } };
const below = (sorId: string): Question => ({ path: `/v1/organisations/${sorId}/descendants` });
const search = (...keys: string[]): Question => ({ path: "/v1/messages/$search", body: { keys } });
const listed = ([path, asked, other]: (typeof lists)[number]): [Question, Question] => [
  { path: `${path}?${asked}` },
  { path: `${path}?${other}` },
];

/** Of each list a query, and another one that its cursor must not continue. */
const questions: Record<string, [asked: Question, other: Question]> = {
  searchOrganisations: listed(lists[0]),
  listMessages: listed(lists[1]),
  listInterchanges: listed(lists[2]),
  listReceivers: listed(lists[3]),
  listDescendants: [below(parent), below(makeSorId(31_101))],
  searchShakCodes: [{ path: "/v1/shak?q=prøve" }, { path: "/v1/shak?q=hospital" }],
  listShakChildren: [{ path: "/v1/shak/9001/children" }, { path: "/v1/shak/9002/children" }],
  listAlerts: [{ path: "/v1/alerts?state=open" }, { path: "/v1/alerts?state=closed" }],
  listAuditEntries: [{ path: "/v1/audit?subjectType=unit" }, { path: "/v1/audit?subjectType=key" }],
  listChangeSets: [{ path: "/v1/change-sets?state=draft" }, { path: "/v1/change-sets?state=applied" }],
  listComingChanges: [
    { path: "/v1/coming-changes?subject=location" },
    { path: "/v1/coming-changes?subject=unit" },
  ],
  listDifferences: [{ path: "/v1/diff?from=0" }, { path: "/v1/diff?from=1" }],
  listLocationNumbers: [{ path: "/v1/gln?state=allocated" }, { path: "/v1/gln?state=retired" }],
  listWithdrawals: [{ path: "/v1/withdrawals?reason=duplicate" }, { path: "/v1/withdrawals?reason=test" }],
  searchMessages: [search("L0", "L1", "L2"), search("L0", "L1")],
};

const onePage = async ({ path, body }: Question, after?: string) => {
  const place = { limit: 1, ...(after !== undefined && { after }) };
  if (body) return await ask(path, { ...body, ...place });
  const query = Object.entries(place).map(([name, value]) => `${name}=${value}`);
  return await ask(`${path}${path.includes("?") ? "&" : "?"}${query.join("&")}`);
};

/** Whether an operation answers in pages. The offset of a feed is not a list cursor: it only selects later events. */
function isList({ path, operation: { parameters = [], requestBody } }: Described): boolean {
  if (/notifications|stream|^\/v1\/changes/.test(path)) return false;
  return (
    parameters.some(({ name }) => name === "after") ||
    JSON.stringify(requestBody ?? {}).includes("MessageSearch")
  );
}

test("every list of the description is tested here", () => {
  const names = operations.filter(isList).map(({ operation }) => operation.operationId);
  expect(names.toSorted()).toEqual(Object.keys(questions).toSorted());
});

test.each(Object.entries(questions))(
  "%s continues with its cursor, which is refused for any other query or list",
  async (name, [asked, other]) => {
    const first = (await onePage(asked)).json() as { next: string; items: unknown[] };
    expect(first.next).toEqual(expect.any(String));
    const second = await onePage(asked, first.next);
    expect([second.status, second.json().items]).toEqual([200, [expect.anything()]]);
    expect(second.json().items).not.toEqual(first.items);
    const others = Object.entries(questions).flatMap(([of, [theirs]]) => (of === name ? [] : [theirs]));
    for (const wrong of [other, ...others]) {
      const refused = await onePage(wrong, first.next);
      expect([wrong, refused.status]).toEqual([wrong, 400]);
      expect(refused.json()).toMatchObject({
        errors: [wrong.body ? { pointer: "/after" } : { parameter: "after" }],
      });
    }
  },
);

test("the cursor of a search does not reveal the search", async () => {
  const { next } = (await onePage(search("L0", "L1", "L2"))).json();
  expect(Buffer.from(String(next), "base64url").toString()).not.toMatch(/L[012]/);
});

test("messages are found by their type in lower case too", async () => {
  const messages = async (type: string) => (await ask(`/v1/messages?messageType=${type}`)).json().items;
  expect(await messages("dis91")).toHaveLength(3);
  expect(await messages("dis91")).toEqual(await messages("DIS91"));
});
