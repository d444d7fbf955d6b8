import { approveChangeSet } from "@sor/core/changesets";
import { applySet, newGln, unitToCreate } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { editingPrograms } from "../../testing/editing-programs.ts";

type Programs = Awaited<ReturnType<typeof editingPrograms>>;
let { world, supplierId, ask, step, unitOn } = {} as Programs;
beforeAll(async () => {
  const programs = await editingPrograms();
  ({ world, supplierId, ask, step, unitOn } = programs);
  return programs.close;
});

describe("one edit", () => {
  test("registers a unit once however often it is sent, changes, moves, replaces and closes it", async () => {
    const { house, owner } = world;
    const body = { level: "unit", parentSorId: house, name: "Ambulatorium", validFrom: "2026-01-01" };
    const once = { "idempotency-key": "ambulatorium" };
    const dry = await ask("region", "POST", "/v1/organisations?dryRun=true", body);
    const made = await ask("region", "POST", "/v1/organisations", body, once);
    const again = await ask("region", "POST", "/v1/organisations", body, once);
    expect([dry.status, made.status, again.status], made.body).toEqual([200, 201, 201]);
    expect(again.body).toBe(made.body);
    const { changeSet, ...told } = made.json;
    const { changeSet: none, ...tried } = dry.json;
    expect([none, tried]).toEqual([null, told]);
    expect(changeSet).toMatchObject({ state: "applied", itemCount: 1, title: "Ny enhed: Ambulatorium" });
    const path = String(made.headers.location);
    const got = await ask("vendor", "GET", path);
    expect(got.etag).toBe(made.etag);

    const put = { ...got.json, name: "Dagafsnit", validFrom: "2026-09-01" };
    const changed = await ask("region", "PUT", path, put, { "if-match": got.etag });
    expect([changed.status, changed.json.problems], changed.body).toEqual([200, []]);
    expect((await ask("region", "PUT", path, put, { "if-match": got.etag })).status).toBe(412);
    expect((await ask("region", "PUT", path, put)).status).toBe(428);
    const sorId = String(got.json.sorId);
    expect([(await unitOn(sorId, "2026-08-31")).name, (await unitOn(sorId, "2026-09-01")).name]).toEqual([
      "Ambulatorium",
      "Dagafsnit",
    ]);

    const [next] = await applySet(world.system, [unitToCreate(house, { level: "unit" })]);
    const latest = async () => ({ "if-match": (await ask("vendor", "GET", path)).etag });
    const [parent] = await applySet(world.system, [unitToCreate(owner)]);
    const moved = await ask(
      "region",
      "POST",
      `${path}/$move`,
      { validFrom: "2026-10-01", parentSorId: parent },
      await latest(),
    );
    expect(moved.status, moved.body).toBe(200);
    const closing = { validTo: "2026-12-01", closing: "replaced", successors: [{ sorId: next }] };
    const closed = await ask("region", "POST", `${path}/$close`, closing, await latest());
    expect(closed.status, closed.body).toBe(200);
    expect(await unitOn(sorId, "2026-12-01")).toMatchObject({ status: 410, details: { replacedBy: [next] } });
    const replaced = await ask("region", "POST", `${path}/$replace`, {
      successors: [
        { sorId: next, share: "part" },
        { sorId: house, share: "function" },
      ],
    });
    expect(replaced.json.differences).toMatchObject([
      { type: "successors", id: sorId, removed: [{ sorId: next, share: "all" }] },
    ]);
  });

  test("that says a unit was registered in error is answered apart from a closing, and listed", async () => {
    const [wrong, right, next] = (await applySet(world.system, [
      unitToCreate(world.house, { level: "unit" }),
      unitToCreate(world.house, { level: "unit" }),
      unitToCreate(world.house, { level: "unit" }),
    ])) as [string, string, string];
    const path = `/v1/organisations/${wrong}`;
    const close = async (sorId: string, body: object) => {
      const { etag } = await ask("vendor", "GET", `/v1/organisations/${sorId}`);
      return await ask("region", "POST", `/v1/organisations/${sorId}/$close`, body, { "if-match": etag });
    };
    const closing = { validTo: "2026-06-01", closing: "registered-in-error", successors: [{ sorId: right }] };
    const unsaid = await close(wrong, closing);
    expect([unsaid.status, unsaid.json.errors], unsaid.body).toMatchObject([400, [{ pointer: "/reason" }]]);
    const done = await close(wrong, { ...closing, reason: "duplicate" });
    expect(done.status, done.body).toBe(200);
    expect(done.json.differences).toContainEqual({
      ...{ type: "withdrawal", id: wrong, removed: [] },
      added: [{ reason: "duplicate", validTo: "2026-06-01" }],
    });
    expect(await unitOn(wrong, "2026-06-01")).toMatchObject({
      ...{ status: 410, details: { withdrawn: "duplicate", replacedBy: [right] } },
    });
    expect(await unitOn(wrong, "2026-05-31")).toMatchObject({ withdrawal: { reason: "duplicate" } });
    const { json } = await ask("vendor", "GET", "/v1/withdrawals?reason=duplicate&limit=1");
    expect(json).toMatchObject({ items: [{ sorId: wrong, reason: "duplicate" }], next: null });

    await close(right, { validTo: "2026-06-01", closing: "replaced", successors: [{ sorId: next }] });
    const { json: direct } = await ask("vendor", "GET", `${path}/successors`);
    expect(direct.replacedBy).toMatchObject([{ sorId: right, share: "all" }]);
    const { json: open } = await ask("vendor", "GET", `${path}/successors?open=true`);
    expect(open.replacedBy).toMatchObject([{ sorId: next, via: [right], shares: ["all", "all"] }]);
  });

  test("that breaks a rule names its member, and one that another must approve is answered 202 with the set", async () => {
    const { house, otherOwner } = world;
    const { json, etag } = await ask("vendor", "GET", `/v1/organisations/${house}`);
    for (const query of ["", "?dryRun=true"]) {
      const wrong = { ...json, parentSorId: house };
      const refused = await ask("authority", "PUT", `/v1/organisations/${house}${query}`, wrong, {
        "if-match": etag,
      });
      expect([refused.status, refused.json.errors], refused.body).toMatchObject([
        400,
        [{ pointer: "/parentSorId" }],
      ]);
    }
    const move = { validFrom: "2027-03-01", parentSorId: otherOwner };
    const path = `/v1/organisations/${house}/$move`;
    const asked = await ask("authority", "POST", path, move, { "if-match": etag });
    expect([asked.status, asked.json.approvals], asked.body).toEqual([
      202,
      [{ kind: "move-across-owners", subtreeSorId: null }],
    ]);
    const set = await ask("authority", "GET", String(asked.headers.location));
    expect(set.json).toMatchObject({ state: "submitted", hash: asked.json.hash, applyBy: "2027-03-01" });
    expect((await unitOn(house, "2027-03-01")).parentSorId).not.toBe(otherOwner);
    const hash = String(asked.json.hash);
    await approveChangeSet(world.authority("second"), { id: set.json.id, hash });
    const latest = await ask("authority", "GET", String(asked.headers.location));
    expect((await step("authority", latest, "apply")).json).toMatchObject({
      state: "applied",
      decisions: [{ hash }],
    });
    expect((await unitOn(house, "2027-03-01")).parentSorId).toBe(otherOwner);
  });

  test("registers, changes and closes a location number", async () => {
    const gln = newGln();
    const body = {
      gln,
      validFrom: "2026-01-01",
      supplierId,
      regionCode: "1083",
      ediAdministrator: "Regionen",
    };
    const made = await ask("authority", "POST", "/v1/locations", body);
    expect(made.status, made.body).toBe(201);
    const path = String(made.headers.location);
    const got = await ask("vendor", "GET", path);
    expect(got).toMatchObject({ etag: made.etag, json: { gln, status: "active", regionCode: "1083" } });
    const put = { ...got.json, note: "Flyttet", validFrom: "2026-09-01" };
    const changed = await ask("authority", "PUT", path, put, { "if-match": got.etag });
    expect(changed.status, changed.body).toBe(200);
    expect((await ask("vendor", "GET", `${path}?validAt=2026-09-01`)).json.note).toBe("Flyttet");
    const closed = await ask(
      "authority",
      "POST",
      `${path}/$close`,
      { validFrom: "2027-01-01" },
      { "if-match": changed.etag },
    );
    expect(closed.status, closed.body).toBe(200);
    expect((await ask("vendor", "GET", `${path}?validAt=2027-01-01`)).json.status).toBe("closed");
  });
});

test("a program lays a rule on its part, asks for its end, and takes that back; another's part is refused", async () => {
  const rule = { kind: "any", subtreeSorId: world.owner };
  expect((await ask("other", "POST", "/v1/approval-rules", rule)).status).toBe(403);
  expect((await ask("vendor", "GET", "/v1/approval-rules")).status).toBe(200);
  const made = await ask("region", "POST", "/v1/approval-rules", rule, { "idempotency-key": "en-regel" });
  expect([made.status, made.json], made.body).toMatchObject([
    201,
    { ...rule, laidBy: "region", endAskedAt: null },
  ]);
  expect((await ask("authority", "POST", "/v1/approval-rules", rule)).status).toBe(409);
  const path = `/v1/approval-rules/${made.json.id}`;
  const shown = async () =>
    (
      (await ask("region", "GET", "/v1/approval-rules")).json.items as unknown as {
        id: string;
        endAskedAt: string;
      }[]
    ).find(({ id }) => id === made.json.id);
  expect((await ask("other", "POST", `${path}/$end`)).status).toBe(403);
  expect((await ask("region", "POST", `${path}/$end`)).status).toBe(202);
  expect((await shown())?.endAskedAt).toBe("2026-06-01T10:00:00.000Z");
  expect((await ask("authority", "POST", `${path}/$end`)).status).toBe(403);
  expect((await ask("region", "POST", `${path}/$keep`)).status).toBe(204);
  expect((await shown())?.endAskedAt).toBeNull();
  const added = { level: "unit", parentSorId: world.house, name: "Afsnit", validFrom: "2026-07-01" };
  expect((await ask("region", "POST", "/v1/organisations", added)).status).toBe(202);
});

test("a program that may not edit proposes: the set waits with its region, and the register stays as it is", async () => {
  const { owner, house } = world;
  const before = (await unitOn(owner, "2027-05-01")).name;
  const command = {
    kind: "unit.change",
    sorId: owner,
    validFrom: "2027-05-01",
    attributes: { name: "Foreslået" },
  };
  const body = {
    subjectType: "unit",
    subjectId: owner,
    topics: ["name"],
    text: "se hjemmesiden",
    items: [command],
  };
  const made = await ask("vendor", "POST", "/v1/proposals", body, { "idempotency-key": "et-forslag" });
  expect([made.status, made.json.state], made.body).toEqual([201, "proposed"]);
  expect((await unitOn(owner, "2027-05-01")).name).toBe(before);
  expect((await ask("other", "GET", `/v1/change-sets/${made.json.id}`)).status).toBe(404);
  const listed = await ask("region", "GET", "/v1/change-sets?state=proposed");
  expect(listed.json.items).toMatchObject([{ id: made.json.id }]);
  const broken = { ...body, items: [{ ...command, attributes: { parentSorId: house } }] };
  const refused = await ask("vendor", "POST", "/v1/proposals", broken);
  expect([refused.status, refused.json.errors], refused.body).toMatchObject([
    400,
    [{ pointer: "/items/0/parentSorId" }],
  ]);
});
