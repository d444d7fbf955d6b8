import { type Context, createContext } from "@sor/core";
import { continueBulk, forgetOldBulk } from "@sor/core/bulk";
import { aLocation, anEndpoint, newGln, receives } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { editingPrograms } from "../../testing/editing-programs.ts";

type Programs = Awaited<ReturnType<typeof editingPrograms>>;
const now = new Date("2026-06-01T10:00:00Z");
const later = new Date("2026-07-02T10:00:00Z");
const [at, when] = ["2026-07-01T00:00:00+02:00", "2026-07-01T12:00:00Z"];
const path = "/v1/message-types/$bulk";
const glns = Array.from({ length: 3 }, newGln).toSorted();
let { db, supplierId, ask } = {} as Programs;
let [from, to] = ["", ""];
let worker: Context;

beforeAll(async () => {
  const programs = await editingPrograms();
  ({ db, supplierId, ask } = programs);
  worker = createContext(db, { kind: "system", job: "bulk" }, now);
  [from, to] = [await anEndpoint(db, { supplierId }), await anEndpoint(db, { supplierId })];
  for (const gln of glns) {
    await aLocation(db, { gln, supplierId });
    await receives(db, gln, from, [["CTL01", "C0130Q"]]);
  }
  return programs.close;
});

const move = () => ({ step: "move", fromEndpointId: from, endpointId: to, at });
type Job = { state: string; fault: string | null; result: Record<string, unknown> | null };

async function run(body: object, as: "vendor" | "other" = "vendor") {
  const queued = await ask(as, "POST", path, { title: "Nyt endepunkt", ...body });
  expect([queued.status, queued.json.state, queued.headers.location], queued.body).toEqual([
    202,
    "waiting",
    `${path}/${queued.json.id}`,
  ]);
  expect(await continueBulk(worker)).toBe(true);
  return (await ask(as, "GET", `${path}/${queued.json.id}`)).json as unknown as Job;
}

const placeOf = async (gln: string) => {
  const { json } = await ask("vendor", "GET", `/v1/locations/${gln}/message-types`);
  const all = json.registrations as { endpointId: string; validFrom: string }[];
  return all.filter(({ validFrom }) => validFrom <= when).at(-1)?.endpointId;
};

test("a dry run says what would change, and changes nothing", async () => {
  const { state, result } = await run({ filter: {}, steps: [move()], dryRun: true });
  expect([state, result]).toMatchObject([
    "ended",
    { selected: 3, changed: 3, unchanged: 0, errors: 0, endings: 0, changeSetId: null },
  ]);
  expect(await placeOf(glns[0] ?? "")).toBe(from);
});

test("the edit is applied as one change set, whose undo takes it back", async () => {
  const { result } = await run({ filter: { messageType: "CTL01" }, steps: [move()] });
  expect(result).toMatchObject({ changed: 3, changeSetState: "applied" });
  for (const gln of glns) expect(await placeOf(gln)).toBe(to);
  const id = String(result?.changeSetId);
  const undo = await ask("vendor", "POST", `/v1/change-sets/${id}/$revert`, undefined, { "if-match": "*" });
  const submitted = await ask(
    "vendor",
    "POST",
    `/v1/change-sets/${undo.json.id}/$submit`,
    {},
    { "if-match": undo.etag },
  );
  await ask("vendor", "POST", `/v1/change-sets/${undo.json.id}/$apply`, undefined, {
    "if-match": submitted.etag,
  });
  for (const gln of glns) expect(await placeOf(gln)).toBe(from);
});

test("an edit may be left a draft, and one that changes nothing has no set", async () => {
  const draft = await run({ glns: glns.slice(0, 1), steps: [move()], into: "draft" });
  expect(draft.result).toMatchObject({ selected: 1, changed: 1, changeSetState: "draft" });
  const nothing = await run({ filter: {}, steps: [{ step: "end", messageType: "DIS91" }] });
  expect(nothing.result).toMatchObject({ selected: 3, changed: 0, unchanged: 3, changeSetId: null });
});

test("errors are told with their location number and type, and nothing is changed", async () => {
  const add = { step: "add", messageType: "DIS91", version: "D0000X", endpointId: to };
  const { state, result } = await run({ filter: {}, steps: [add] });
  expect([state, result]).toMatchObject(["ended", { errors: 3, changeSetId: null }]);
  expect(result?.problems).toMatchObject([
    { severity: "error", gln: glns[0], code: "unknown-type", messageType: "DIS91", version: "D0000X" },
    {},
    {},
  ]);
});

test("a job that selects nothing fails with its reason, and another key does not see a job", async () => {
  expect(await run({ steps: [move()] })).toMatchObject({
    state: "failed",
    fault: "nothing-selected",
    result: null,
  });
  const own = await ask("vendor", "POST", path, { title: "x", filter: {}, steps: [move()], dryRun: true });
  expect((await ask("other", "GET", `${path}/${own.json.id}`)).status).toBe(404);
  await continueBulk(worker);
});

test("a malformed step is refused with its pointer, and a sixth open job until one has ended", async () => {
  const bad = await ask("vendor", "POST", path, {
    title: "x",
    filter: {},
    steps: [{ step: "move", endpointId: "x" }],
  });
  expect([bad.status, bad.json.errors]).toMatchObject([400, [{ pointer: "/steps/0/endpointId" }]]);
  const start = () => ask("vendor", "POST", path, { title: "x", filter: {}, steps: [move()], dryRun: true });
  for (let n = 0; n < 5; n += 1) expect((await start()).status).toBe(202);
  expect((await start()).status).toBe(429);
  while (await continueBulk(worker));
  expect((await start()).status).toBe(202);
  await continueBulk(worker);
});

test("a repeated request with an Idempotency-Key starts one job", async () => {
  const body = { title: "x", filter: {}, steps: [move()], dryRun: true };
  const key = { "idempotency-key": "one" };
  const [first, second] = [
    await ask("vendor", "POST", path, body, key),
    await ask("vendor", "POST", path, body, key),
  ];
  expect([second.json.id, second.headers.location]).toEqual([first.json.id, first.headers.location]);
  expect([await continueBulk(worker), await continueBulk(worker)]).toEqual([true, false]);
});

test("jobs are forgotten thirty days after their end", async () => {
  const { json } = await ask("vendor", "POST", path, {
    title: "x",
    filter: {},
    steps: [move()],
    dryRun: true,
  });
  await continueBulk(worker);
  await forgetOldBulk(worker);
  expect((await ask("vendor", "GET", `${path}/${json.id}`)).status).toBe(200);
  await forgetOldBulk(createContext(db, { kind: "system", job: "bulk" }, later));
  expect((await ask("vendor", "GET", `${path}/${json.id}`)).status).toBe(404);
});
