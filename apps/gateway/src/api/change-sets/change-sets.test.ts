import { SorId } from "@sor/core/identifiers";
import { listJournal } from "@sor/core/journal";
import { anEndpoint, applySet, databaseContents, newGln } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { editingPrograms, rename } from "../../testing/editing-programs.ts";

type Programs = Awaited<ReturnType<typeof editingPrograms>>;
let { world, db, supplierId, ask, draft, step, applied, unitOn } = {} as Programs;
beforeAll(async () => {
  const programs = await editingPrograms();
  ({ world, db, supplierId, ask, draft, step, applied, unitOn } = programs);
  return programs.close;
});

test("a program opens a ward with a location number from 1 January, sees it before, and takes it back", async () => {
  const { house } = world;
  const gln = newGln();
  const validFrom = "2027-01-01";
  const made = await ask("region", "POST", "/v1/change-sets", { title: "Nyt afsnit" });
  expect([made.status, made.etag, made.headers.location]).toEqual([
    201,
    '"1"',
    `/v1/change-sets/${made.json.id}`,
  ]);
  const items = [
    {
      kind: "location.create",
      gln,
      validFrom,
      unitSorId: "new:ward",
      fields: { supplierId, regionCode: "1083" },
    },
    {
      kind: "unit.create",
      sorId: "new:ward",
      level: "unit",
      validFrom,
      attributes: { parentSorId: house, name: "Afsnit 3" },
    },
  ];
  const path = `/v1/change-sets/${made.json.id}/items`;
  const added = await ask("region", "POST", path, { items }, { "if-match": made.etag });
  expect([added.status, added.etag], added.body).toEqual([200, '"2"']);
  const ward = String(added.json.items[1]?.command.sorId);
  expect(added.json.items[0]?.command.unitSorId).toBe(ward);
  expect(SorId.safeParse(ward).success).toBe(true);

  const preview = await step("region", added, "preview");
  expect(preview.json).toMatchObject({ glns: [gln], approvals: [], endings: 0 });
  const differences = preview.json.differences as { type: string; id: string }[];
  expect(differences.map(({ type, id }) => [type, id])).toEqual([
    ["unit", ward],
    ["location", gln],
  ]);
  const lines = await ask("region", "POST", `/v1/change-sets/${made.json.id}/$preview`, undefined, {
    accept: "application/x-ndjson",
  });
  expect(lines.headers["content-type"]).toBe("application/x-ndjson");
  const read = lines.body
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(read.flatMap((line) => line.difference ?? [])).toEqual(differences);
  expect(read.at(-1)).toMatchObject({ summary: { hash: preview.json.hash, differences: 2 } });
  expect((await ask("vendor", "GET", `/v1/organisations/${ward}?validAt=${validFrom}`)).status).toBe(404);

  const done = await applied("region", added);
  expect(await unitOn(ward, "2026-12-31")).toMatchObject({ status: 404, details: { validFrom } });
  expect(await unitOn(ward, validFrom)).toMatchObject({ name: "Afsnit 3", gln });
  expect((await ask("vendor", "GET", `/v1/resolve/${gln}?validAt=2026-12-31`)).status).toBe(404);
  expect((await ask("vendor", "GET", `/v1/resolve/${gln}?validAt=${validFrom}`)).json.items).toMatchObject([
    { sorId: ward },
  ]);
  expect((await ask("vendor", "GET", `/v1/locations/${gln}`)).json).toMatchObject({
    status: "coming",
    validFrom,
  });

  const undo = await step("region", done, "revert");
  expect([undo.status, undo.json.revertsId], undo.body).toEqual([201, done.json.id]);
  await applied("region", undo);
  expect((await ask("vendor", "GET", `/v1/organisations/${ward}?validAt=${validFrom}`)).status).toBe(404);
  expect((await ask("region", "GET", `/v1/change-sets/${done.json.id}`)).json.state).toBe("reverted");
  const listed = await ask("region", "GET", "/v1/change-sets?state=reverted&limit=1");
  expect(listed.json.items).toMatchObject([{ id: done.json.id, itemCount: 2 }]);
});

test("a command that its author outruns another with is a conflict with its pointer, until it is kept or removed", async () => {
  const { house } = world;
  const mine = await draft("region", [rename(house, "Mit"), rename(house, "Mit igen", "2026-08-01")]);
  await applied("authority", await draft("authority", [rename(house, "Andres")]));
  const { problems } = (await step("region", mine, "preview")).json as unknown as { problems: object[] };
  expect(problems).toMatchObject([
    {
      pointer: "/items/0/command",
      code: "changed-since",
      severity: "error",
      subject: { type: "unit", id: house },
    },
    { pointer: "/items/1/command", code: "changed-since" },
  ]);
  const refused = await ask(
    "region",
    "POST",
    `/v1/change-sets/${mine.json.id}/$submit`,
    {},
    {
      "if-match": mine.etag,
      "accept-language": "en",
    },
  );
  expect([refused.status, refused.json.errors]).toMatchObject([
    400,
    [{ pointer: "/items/0/command", code: "changed-since" }],
  ]);
  const path = `/v1/change-sets/${mine.json.id}/items`;
  const kept = await ask("region", "POST", `${path}/1/$keep`, undefined, { "if-match": mine.etag });
  const left = await ask("region", "DELETE", `${path}/2`, undefined, { "if-match": kept.etag });
  expect(left.json.items.map(({ position }) => position)).toEqual([1]);
  await applied("region", left);
  expect((await unitOn(house, "2026-07-01")).name).toBe("Mit");
});

describe("is refused", () => {
  test("a foreign subtree: by a call, and by a command inside a set, with its place and in the journal", async () => {
    const { house, otherOwner } = world;
    const before = await databaseContents(db, []);
    const { etag } = await ask("other", "GET", `/v1/organisations/${house}`);
    const body = { validFrom: "2026-07-01", parentSorId: otherOwner, comment: null };
    const foreign = await ask("other", "POST", `/v1/organisations/${house}/$move`, body, {
      "if-match": etag,
    });
    expect([foreign.status, foreign.json.details]).toEqual([
      403,
      { action: "unit.edit", subjectType: "unit" },
    ]);
    const [entry] = await listJournal(db, { subjectId: house, limit: 1 });
    expect(entry).toMatchObject({ outcome: "refused", action: "unit.edit", actorKind: "key" });

    const made = await draft("other", [rename(otherOwner, "Eget"), rename(house, "Fremmed")]);
    const { problems } = (await step("other", made, "preview")).json as unknown as { problems: object[] };
    expect(problems).toMatchObject([{ pointer: "/items/1/command", code: "not-allowed" }]);
    const submitted = await step("other", made, "submit", {});
    expect([submitted.status, submitted.json.errors]).toMatchObject([
      400,
      [{ pointer: "/items/1/command", code: "not-allowed" }],
    ]);
    const present = await databaseContents(db, []);
    expect(present.organisation_versions).toEqual(before.organisation_versions);
  });

  test("another's set by its id, in every operation", async () => {
    const made = await draft("region", [rename(world.house, "Hemmelig")]);
    const path = `/v1/change-sets/${made.json.id}`;
    const anyVersion = { "if-match": "*" };
    const hash = { hash: "x" };
    const calls = [
      ["GET", path],
      ["POST", `${path}/items`, { items: [rename(world.house, "x")] }],
      ["DELETE", `${path}/items/1`],
      ["POST", `${path}/items/1/$keep`],
      ["POST", `${path}/$preview`],
      ["POST", `${path}/$submit`, {}],
      ["POST", `${path}/$approve`, hash],
      ["POST", `${path}/$decline`, hash],
      ["POST", `${path}/$withdraw`],
      ["POST", `${path}/$apply`],
      ["POST", `${path}/$revert`],
    ] as const;
    for (const [method, address, body] of calls) {
      const answer = await ask("other", method, address, body, anyVersion);
      expect([method, address, answer.status]).toEqual([method, address, 404]);
    }
    expect((await ask("other", "GET", "/v1/change-sets")).body).not.toContain(made.json.id);
  });

  test("another version than that of If-Match, and none at all", async () => {
    const made = await draft("region", [rename(world.house, "x")]);
    const path = `/v1/change-sets/${made.json.id}`;
    const more = { items: [rename(world.house, "y")] };
    for (const [method, address, body] of [
      ["POST", `${path}/items`, more],
      ["DELETE", `${path}/items/1`],
      ["POST", `${path}/items/1/$keep`],
      ["POST", `${path}/$submit`, {}],
      ["POST", `${path}/$withdraw`],
      ["POST", `${path}/$apply`],
    ] as const) {
      expect((await ask("region", method, address, body, { "if-match": '"7"' })).status, address).toBe(412);
      expect((await ask("region", method, address, body)).status, address).toBe(428);
    }
    expect((await ask("region", "GET", path)).etag).toBe(made.etag);
  });

  test("a step that the state does not allow, with the state, and an approval by a key", async () => {
    const made = await draft("region", [rename(world.house, "x")]);
    const tooSoon = await step("region", made, "apply");
    expect([tooSoon.status, tooSoon.json.code, tooSoon.json.state]).toEqual([409, "wrong-state", "draft"]);
    for (const name of ["approve", "decline"]) {
      const answer = await step("region", made, name, { hash: "x" });
      expect([answer.status, answer.json.detail]).toEqual([403, "En person godkender; en nøgle kan ikke."]);
    }
    const gone = await step("region", made, "withdraw");
    expect(gone.json.state).toBe("withdrawn");
    expect((await step("region", gone, "submit", {})).json).toMatchObject({
      code: "wrong-state",
      state: "withdrawn",
    });
  });

  test("5,001 commands, and a malformed one with its pointer; then there is no set", async () => {
    const before = (await ask("region", "GET", "/v1/change-sets?limit=200")).json.items.length;
    const many = await draft(
      "region",
      Array.from({ length: 5001 }, () => rename(world.house, "x")),
    );
    expect([many.status, many.json.details]).toEqual([413, { commandsMax: 5000 }]);
    const wrong = { ...rename(world.house, "x"), attributes: { cvr: "1" } };
    const malformed = await draft("region", [rename(world.house, "x"), wrong], { "accept-language": "en" });
    expect([malformed.status, malformed.json.errors]).toEqual([
      400,
      [{ pointer: "/items/1/attributes/cvr", detail: "The command is not well-formed.", code: "malformed" }],
    ]);
    const unknown = await draft("region", [rename(world.house, "x"), { kind: "unit.delete" }]);
    expect(unknown.json.errors).toMatchObject([{ pointer: "/items/1/kind" }]);
    expect((await ask("region", "GET", "/v1/change-sets?limit=200")).json.items).toHaveLength(before);
  });
});

test("a vendor's key drafts, submits and applies registrations of its own numbers, and nothing else", async () => {
  const gln = newGln();
  const fields = { supplierId };
  await applySet(world.system, [{ kind: "location.create", gln, validFrom: "2026-01-01", fields }]);
  const endpointId = await anEndpoint(db, { supplierId });
  const add = {
    kind: "registrations.add",
    gln,
    messageType: "DIS91",
    version: "D9134L",
    direction: "receive",
    endpointId,
  };
  await applied("vendor", await draft("vendor", [add]));
  const held = (await ask("vendor", "GET", `/v1/locations/${gln}/message-types`)).json.registrations;
  expect(held).toMatchObject([{ messageType: "DIS91", endpointId }]);
  const rest = await draft("vendor", [rename(world.house, "Vores"), { ...add, version: "D9199L" }]);
  const { problems } = (await step("vendor", rest, "preview")).json as unknown as { problems: object[] };
  expect(problems).toMatchObject([
    { pointer: "/items/0/command", code: "not-allowed" },
    {
      pointer: "/items/1/command",
      code: "unknown-type",
      detail: "der er ingen meddelelsestype i denne version",
    },
  ]);
});

test("one change is undone by its journal number, and the diff of the two is empty", async () => {
  const { house, owner } = world;
  const { to } = (await ask("region", "GET", "/v1/diff?from=0&limit=1")).json;
  await applied("region", await draft("region", [rename(house, "Kortvarig", "2028-01-01")]));
  const diff = await ask("region", "GET", `/v1/diff?from=${to}&subtreeOf=${owner}`);
  expect(diff.json.items).toMatchObject([
    { type: "unit", id: house, added: [{}, { content: { name: "Kortvarig" } }] },
  ]);
  const [entry] = await listJournal(db, { subjectId: house, limit: 1 });
  const undo = await ask("region", "POST", `/v1/audit/${entry?.sequence}/$revert`);
  expect(undo.status, undo.body).toBe(201);
  await applied("region", undo);
  expect((await ask("region", "GET", `/v1/diff?from=${to}`)).json.items).toEqual([]);

  const first = await ask("region", "GET", "/v1/diff?from=0&limit=1");
  const second = await ask("region", "GET", `/v1/diff?after=${first.json.next}&limit=1`);
  expect(second.json).toMatchObject({ from: 0, to: first.json.to });
  expect(second.json.items).not.toEqual(first.json.items);
  expect((await ask("region", "GET", "/v1/diff")).json.errors).toMatchObject([{ parameter: "from" }]);
});
