import type { Context } from "@sor/core";
import { listChangeSets, revertChangeSet, submitChangeSet } from "@sor/core/changesets";
import { listJournal } from "@sor/core/journal";
import {
  applySet,
  draftSet,
  editorsOfRegister,
  unitToCreate,
  withEveryChangeApproved,
} from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../../testing/events.ts";
import { actions as journalActions } from "../../journal/+page.server.ts";
import { actions as listActions } from "../+page.server.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";

let world: Awaited<ReturnType<typeof editorsOfRegister>>;
let house: string;
let wards: string[];
beforeAll(async () => {
  world = await editorsOfRegister();
  house = world.house;
  wards = await applySet(
    world.system,
    Array.from({ length: 60 }, () => unitToCreate(house, { level: "unit" })),
  );
});

const close = (sorId: string) => ({ kind: "unit.close", sorId, validTo: "2026-07-01" });
const rename = (sorId: string, name: string) => ({
  kind: "unit.change",
  sorId,
  validFrom: "2026-07-01",
  attributes: { name },
});

async function read(ctx: Context, id: string, query = ""): Promise<PageData> {
  try {
    return (await load(
      testEvent({ ctx, path: `/aendringssaet/${id}${query}`, params: { id } }) as never,
    )) as PageData;
  } catch (thrown) {
    return thrown as PageData;
  }
}

type Outcome = {
  location?: string;
  status?: number;
  code?: string;
  data?: { problem: { fieldFaults: Record<string, string[]>; formFaults: string[] } };
};

async function post(
  ctx: Context,
  id: string,
  action: keyof typeof actions,
  form: Record<string, string>,
): Promise<Outcome> {
  try {
    const event = testEvent({ ctx, path: `/aendringssaet/${id}`, params: { id }, form });
    return (await actions[action]?.(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

test("a set of 450 commands is shown 200 at a time, grouped by unit, and its faults are found at once", async () => {
  const ctx = world.region();
  const many = Array.from({ length: 449 }, (_, index) =>
    rename(wards[index % 60] ?? "", `Navn ${index % 60}`),
  );
  const id = await draftSet(ctx, [...many, rename(world.otherOwner, "Fremmed")]);
  const first = await read(ctx, id);
  const itemsOf = ({ view }: PageData) =>
    view.groups.flatMap((group) => group.items.map((item) => item.position));
  expect(itemsOf(first)).toHaveLength(200);
  expect([first.previous, first.next]).toEqual([null, "?side=2"]);
  const pages = [first, await read(ctx, id, "?side=2"), await read(ctx, id, "?side=3")];
  expect(new Set(pages.flatMap(itemsOf)).size).toBe(450);
  expect(pages[2]?.next).toBeNull();
  const names = first.view.groups.map((group) => group.key);
  expect(new Set(names).size).toBe(names.length);
  expect(first.view.groups[0]?.effect.lines).toEqual([
    {
      kind: "changed",
      period: "fra 01-07-2026",
      fields: [{ label: "Navn", from: expect.stringContaining("Enhed"), to: "Navn 0" }],
    },
  ]);
  expect(first.view.faults).toEqual([
    {
      name: expect.stringContaining("Enhed"),
      text: "Du har ikke ret til den ændring.",
      href: "?side=3#rettelse-450",
    },
  ]);
  const faulty = await read(ctx, id, "?vis=fejl");
  expect(faulty.view.groups.map((group) => group.id)).toEqual([world.otherOwner]);
});

test("a new unit, a closing and a move are told in words, with the names of units", async () => {
  const ctx = world.region();
  const [closed, moved] = wards as [string, string];
  const id = await draftSet(ctx, [
    unitToCreate("new:klinik", {
      sorId: "new:rum",
      level: "unit",
      validFrom: "2026-07-01",
      attributes: { parentSorId: "new:klinik", name: "Rum", virtualAddress: { telephone: "70101010" } },
    }),
    unitToCreate(house, {
      sorId: "new:klinik",
      level: "unit",
      validFrom: "2026-07-01",
      attributes: { parentSorId: house, name: "Klinik" },
    }),
    { ...close(closed), closing: "replaced", successors: [{ sorId: moved }] },
    { kind: "unit.move", sorId: moved, validFrom: "2026-08-01", parentSorId: world.owner },
  ]);
  const { view } = await read(ctx, id);
  const told = view.groups.map(({ name, href, kind, effect, items }) => ({
    name: name?.replace(/\d+/, "n"),
    ...{ hasPage: href !== null, kind },
    command: items[0]?.text.replace(/Enhed \d+/g, "Enhed n"),
    effect: effect.lines.flatMap((line) => [line.period, ...line.fields.map(({ label }) => label)]),
  }));
  expect(told).toEqual([
    {
      ...{ name: "Rum", hasPage: false, kind: "added", command: "Opret Rum fra 01-07-2026" },
      effect: ["fra 01-07-2026", "Overordnet enhed", "Navn", "Telefon"],
    },
    {
      ...{ name: "Klinik", hasPage: false, kind: "added", command: "Opret Klinik fra 01-07-2026" },
      effect: ["fra 01-07-2026", "Overordnet enhed", "Navn"],
    },
    {
      ...{ name: "Enhed n", hasPage: true, kind: "ended" },
      command: "Luk, sidste dag 30-06-2026, afløst af Enhed n",
      effect: ["fra 01-07-2026"],
    },
    {
      ...{ name: "Enhed n", hasPage: true, kind: "changed", command: "Flyt til Enhed n fra 01-08-2026" },
      effect: ["fra 01-08-2026", "Overordnet enhed"],
    },
  ]);
  expect(view.groups[0]?.effect.lines[0]?.fields[0]?.to).toBe("Klinik");
});

test("many endings are submitted only with their number typed, which the field says", async () => {
  const ctx = world.authority();
  const id = await draftSet(ctx, wards.slice(0, 50).map(close));
  const { view, set } = await read(ctx, id);
  expect(view.effects).toMatchObject({
    endings: 50,
    mustType: true,
    approvals: ["meget ophører på én gang"],
  });
  const version = String(set.version);
  for (const endings of ["", "49"]) {
    const { data } = await post(ctx, id, "submit", { version, endings });
    expect(Object.keys(data?.problem.fieldFaults ?? {})).toEqual(["endings"]);
  }
  expect((await post(ctx, id, "submit", { version, endings: "50" })).location).toContain("gjort=submitted");
  expect((await read(ctx, id)).view.may).toMatchObject({ mayDecide: false, mayApply: false });
  expect((await read(world.region(), id)).view.may).toMatchObject({ mayDecide: true });
  await post(ctx, id, "withdraw", { version: String(set.version + 1) });
});

test("an approval posts the hash that was seen: another hash, a declined set and the author are refused", async () => {
  const [author, other] = [world.authority(), world.authority("authority-2")];
  const [moved] = (await applySet(world.system, [unitToCreate(world.owner)])) as [string];
  const move = { kind: "unit.move", sorId: moved, validFrom: "2026-07-01", parentSorId: world.otherOwner };
  const id = await draftSet(author, [move]);
  await submitChangeSet(author, { id });
  const hash = (await read(other, id)).view.hash ?? "";
  expect((await post(author, id, "approve", { hash, comment: "" })).data?.problem.formFaults).toEqual([
    "En anden end forfatteren skal godkende.",
  ]);
  expect(
    (await post(other, id, "approve", { hash: "x", comment: "" })).data?.problem.formFaults[0],
  ).toContain("Sættet gør noget andet nu");
  await applySet(world.region(), [rename(moved, "Ændret imens")]);
  expect((await read(other, id)).view).toMatchObject({ isChanged: true });
  expect((await post(other, id, "approve", { hash, comment: "" })).data?.problem.formFaults).toHaveLength(1);
  expect(
    Object.keys((await post(other, id, "decline", { hash, reason: " " })).data?.problem.fieldFaults ?? {}),
  ).toEqual(["reason"]);
  expect((await post(other, id, "decline", { hash, reason: "forkert dag" })).location).toContain(
    "gjort=declined",
  );
  const { set, steps } = await read(author, id);
  expect(set.state).toBe("declined");
  expect(steps.at(-1)).toMatchObject({ to: "declined", comment: "forkert dag", who: "authority-2" });
  const again = await post(other, id, "approve", { hash, comment: "" });
  expect(again.data?.problem.formFaults).toEqual(["Ændringssættet er i en anden tilstand."]);
});

test("an approved set that a new rule concerns is not applied, but sent again", async () => {
  const ctx = world.region();
  const id = await draftSet(ctx, [rename(world.house, "Ny regel")]);
  expect((await submitChangeSet(ctx, { id })).state).toBe("approved");
  await withEveryChangeApproved(world.db, async () => {
    const { set, view } = await read(ctx, id);
    expect(view).toMatchObject({ isChanged: true, may: { maySubmit: true, mayApply: false } });
    const sent = await post(ctx, id, "submit", { version: String(set.version) });
    expect(sent.location).toContain("gjort=submitted");
  });
});

test("what changed meanwhile is shown with both sides, and the author keeps the command", async () => {
  const ctx = world.region();
  const [, , ward = ""] = wards;
  const id = await draftSet(ctx, [rename(ward, "Mit navn")]);
  await applySet(world.region("region-2"), [rename(ward, "Kollegaens navn")]);
  const { view, set } = await read(ctx, id);
  const [item] = view.groups[0]?.items ?? [];
  expect(item?.isStale).toBe(true);
  expect(item?.problems[0]?.later?.effect.lines[0]?.fields).toMatchObject([{ to: "Kollegaens navn" }]);
  expect(view.groups[0]?.effect.lines[0]?.fields).toEqual([
    { label: "Navn", from: "Kollegaens navn", to: "Mit navn" },
  ]);
  const version = String(set.version);
  expect((await post(ctx, id, "keep", { version: "99", position: "1" })).data?.problem.formFaults).toEqual([
    "En anden har rettet ændringssættet imens.",
  ]);
  await post(ctx, id, "keep", { version, position: "1" });
  expect((await read(ctx, id)).view.faultCount).toBe(0);
});

test("a set of others does not exist, to read or to post to", async () => {
  const id = await draftSet(world.region(), [rename(house, "Skjult")]);
  for (const ctx of [world.authority(), world.stranger]) {
    expect(await read(ctx, id)).toMatchObject({ code: "not-found" });
    for (const action of ["remove", "submit", "withdraw", "undo"] as const) {
      const outcome = await post(ctx, id, action, { version: "2", position: "1" });
      expect(outcome.data?.problem.formFaults, action).toEqual(["Ændringssættet findes ikke."]);
    }
  }
});

test("a set and a line of the journal are undone once, by a draft", async () => {
  const ctx = world.region();
  const [, , , ward = ""] = wards;
  await applySet(ctx, [rename(ward, "Fortrydes")]);
  const [set] = (await listChangeSets(ctx, { state: "applied" })).items;
  const id = set?.id ?? "";
  const event = (path: string, form: Record<string, string>, as: Context) =>
    testEvent({ ctx: as, path, form });
  const undo = async () => {
    try {
      return (await listActions["undo"]?.(event("/aendringssaet", { id }, ctx) as never)) as Outcome;
    } catch (thrown) {
      return thrown as Outcome;
    }
  };
  expect((await undo()).location).toMatch(/^\/aendringssaet\/[0-9a-f-]{36}\?gjort=undone$/);
  expect((await undo()).data?.problem.formFaults).toEqual([
    "Der er allerede et ændringssæt, der fortryder dette.",
  ]);
  await expect(revertChangeSet(ctx, { id })).rejects.toMatchObject({ code: "conflict" });
  const [entry] = (await listJournal(world.db, { subjectType: "unit", subjectId: ward, limit: 1 })).values();
  const line = { sequence: String(entry?.sequence) };
  const outcome = await Promise.resolve(
    journalActions["undo"]?.(event("/journal", line, world.authority()) as never),
  ).catch((thrown: unknown) => thrown);
  const draft = /saet\/([^?]+)/.exec((outcome as Outcome).location ?? "")?.[1] ?? "";
  const { view } = await read(world.authority(), draft);
  expect(view.groups[0]?.effect.lines[0]?.fields).toMatchObject([{ from: "Fortrydes" }]);
  const nothing = await Promise.resolve(
    journalActions["undo"]?.(event("/journal", { sequence: "999999" }, world.authority()) as never),
  ).catch((thrown: unknown) => thrown);
  expect((nothing as Outcome).data?.problem.formFaults).toEqual(["Her er intet, der kan fortrydes."]);
});
