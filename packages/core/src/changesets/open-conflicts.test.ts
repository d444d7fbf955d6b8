import { beforeAll, describe, expect, test } from "vitest";
import { Command } from "../editing/index.ts";
import { makeSorId } from "../identifiers/index.ts";
import { applySet, draftSet, editorsOfRegister, newGln, unitToCreate } from "../testing/index.ts";
import { previewChangeSet, submitChangeSet, withdrawChangeSet } from "./index.ts";
import { conflictsBetween } from "./open-conflicts.ts";

const [unit, other, parent] = [makeSorId(81), makeSorId(82), makeSorId(83)];
const gln = newGln();
const read = (value: object) => Command.parse(value);
const change = (sorId: string, attributes: object) =>
  read({ kind: "unit.change", sorId, validFrom: "2026-07-01", attributes });
const close = (sorId: string) => read({ kind: "unit.close", sorId, validTo: "2026-07-01" });
const newNumber = read({ kind: "location.create", gln, validFrom: "2026-07-01", fields: {} });
const move = read({ kind: "unit.move", sorId: unit, validFrom: "2026-07-01", parentSorId: parent });
const foldedIn = (commands: Command[], others: Command[]) =>
  conflictsBetween(
    commands,
    others.map((command) => ({ command, set: { id: "x", title: "Et andet" } })),
  ).map(({ fault, field, at, severity }) => [fault, field, at, severity]);

describe("two open sets", () => {
  test.each<[string, Command[], Command[], unknown[]]>([
    ["register one location number", [newNumber], [newNumber], [["created-twice", "gln", 0, "warning"]]],
    [
      "give one provider number to two units",
      [close(parent), change(unit, { providerNumber: "012345" })],
      [change(other, { providerNumber: "012345" })],
      [["created-twice", "providerNumber", 1, "warning"]],
    ],
    [
      "give one SHAK code to two units",
      [change(unit, { shakCode: "1301" })],
      [change(other, { shakCode: "1301" })],
      [["created-twice", "shakCode", 0, "warning"]],
    ],
    [
      "give one number to one unit",
      [change(unit, { shakCode: "1301" })],
      [change(unit, { shakCode: "1301" })],
      [],
    ],
    [
      "take a number away from two units",
      [change(unit, { shakCode: null })],
      [change(other, { shakCode: null })],
      [],
    ],
    [
      "change and close one unit",
      [change(unit, { name: "A" })],
      [close(unit)],
      [["closed-elsewhere", null, 0, "warning"]],
    ],
    [
      "close and change one unit",
      [close(unit)],
      [change(unit, { name: "A" })],
      [["changed-elsewhere", null, 0, "warning"]],
    ],
    [
      "move below a unit that the other closes",
      [move],
      [close(parent)],
      [["closed-elsewhere", null, 0, "warning"]],
    ],
    [
      "close a unit that the other moves something below",
      [close(parent)],
      [move],
      [["changed-elsewhere", null, 0, "warning"]],
    ],
    [
      "close the same unit, and change two others",
      [close(unit)],
      [close(unit), change(other, { name: "A" })],
      [],
    ],
  ])("that %s", (_name, commands, others, expected) => {
    expect(foldedIn(commands, others)).toEqual(expected);
  });
});

describe("the preview of a set", () => {
  let world: Awaited<ReturnType<typeof editorsOfRegister>>;
  beforeAll(async () => {
    world = await editorsOfRegister();
  });
  const ward = (parentSorId: string) =>
    unitToCreate(parentSorId, {
      ...{ level: "unit", validFrom: "2026-07-01" },
      attributes: { parentSorId, name: "Klinik", providerNumber: "054321" },
    });
  const conflicts = async (ctx: Parameters<typeof previewChangeSet>[0], id: string) =>
    (await previewChangeSet(ctx, { id })).problems.filter(({ fault }) => fault === "created-twice");

  test("warns of a number that a submitted set gives too, names that set only to who may see it, and forgets withdrawn ones", async () => {
    const { house, otherOwner, region, authority, stranger, system } = world;
    const [clinic] = (await applySet(system, [unitToCreate(otherOwner)])) as [string];
    const hidden = await draftSet(stranger, [ward(clinic)]);
    const own = await draftSet(region(), [ward(house)]);
    expect(await conflicts(region(), own)).toEqual([]);
    await submitChangeSet(stranger, { id: hidden });
    expect(await conflicts(region(), own)).toMatchObject([
      { severity: "warning", field: "providerNumber", details: {} },
    ]);
    expect(JSON.stringify(await conflicts(region(), own))).not.toContain(hidden);
    const seen = await draftSet(authority(), [ward(house)]);
    const [told] = await conflicts(authority(), seen);
    expect(told?.details).toMatchObject({ changeSetId: hidden });
    await withdrawChangeSet(stranger, { id: hidden });
    expect(await conflicts(region(), own)).toEqual([]);
  });
});
