import { createOrganisationalLevel } from "@sor/core/organisational-levels";
import { findOrganisation } from "@sor/core/organisations";
import { applySet, unitToCreate } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import * as moving from "../../../routes/(member)/enhed/[sorId]/flyt/+page.server.ts";
import * as closing from "../../../routes/(member)/enhed/[sorId]/luk/+page.server.ts";
import { actions, load } from "../../../routes/(public)/enhed/[sorId]/+page.server.ts";
import { aHospital, type Outcome, open, post, untouched } from "../../../testing/unit-pages.ts";

type Form = Record<string, string>;
type Action = (event: never) => unknown;
type Shown = Outcome & { shown?: { fields: FieldView[] } };

let world: Awaited<ReturnType<typeof aHospital>>;
let later: string;
const laterDay = "2027-03-01";
beforeAll(async () => {
  world = await aHospital();
  const { system, hospital, ward } = world;
  const answers = { hasAmbulantActivity: true, admitsPatients: false, isReportingLevel: true };
  const unit = {
    level: "unit",
    validFrom: laterDay,
    attributes: { parentSorId: hospital, name: "Ny afdeling", ...answers },
  };
  [later] = (await applySet(system, [unitToCreate(hospital, unit)])) as [string];
  const renamed = { kind: "unit.change", sorId: ward, validFrom: laterDay, attributes: { name: "Afsnit A" } };
  await applySet(system, [renamed]);
  const level = { code: null, name: "Prøveniveau", position: 9 };
  await createOrganisationalLevel(system, { ...level, expiresOn: laterDay });
});

const asked = (query: string, sorId = world.ward) => ({ ctx: world.region(), sorId, query });
const posted = async (action: unknown, form: Form, at: ReturnType<typeof asked>): Promise<Shown> => {
  const { data, ...outcome } = (await post(action as Action, form, at)) as Shown & { data?: Shown };
  return { ...outcome, ...data };
};

async function partOf(key: string) {
  type Data = { editing: { open: { etag: string; fields: FieldView[] } } };
  const { editing } = await open<Data>(load, asked(`?ret=${key}`));
  const { fields, etag } = editing.open;
  const form: Form = { ...untouched(fields), etag, shownDay: fields[0]?.value ?? "" };
  return { fields, form, at: asked(`?ret=${key}&/day`) };
}
const optionsOf = (fields: readonly FieldView[] | undefined, name: string) =>
  fields?.find((field) => field.name === name)?.options?.map(({ text }) => text) ?? [];

test("another day brings its own choices, and a choice that does not hold then is told at its field", async () => {
  const { fields, form, at } = await partOf("niveau");
  expect(optionsOf(fields, "organisationalLevel")).toContain("Prøveniveau");
  const field = fields.find(({ name }) => name === "organisationalLevel");
  const chosen = field?.options?.find(({ text }) => text === "Prøveniveau")?.value ?? "";
  const onDay = async (validFrom: string) =>
    await posted(actions["day"], { ...form, organisationalLevel: chosen, validFrom }, at);
  const before = await onDay("28-02-2027");
  expect([before.status, before.problem?.fieldFaults]).toEqual([undefined, {}]);
  expect(optionsOf(before.shown?.fields, "organisationalLevel")).toContain("Prøveniveau");
  const after = await onDay("01-03-2027");
  expect(after.problem?.fieldFaults).toEqual({
    organisationalLevel: ["Kan ikke vælges den dag. Vælg noget andet."],
  });
  expect(optionsOf(after.shown?.fields, "organisationalLevel")).not.toContain("Prøveniveau");
  const saved = { ...form, organisationalLevel: chosen, validFrom: "01-03-2027", into: "now" };
  expect((await posted(actions["save"], saved, at)).status).toBe(400);
});

test("what was not touched follows to the day; what was typed stays", async () => {
  const { fields, form, at } = await partOf("navn");
  expect(form["name"]).toBe("Afsnit 1");
  const moved = await posted(actions["day"], { ...form, validFrom: "01-03-2027" }, at);
  expect(moved.problem?.values["name"]).toEqual(["Afsnit A"]);
  const typed = await posted(actions["day"], { ...form, name: "Afsnit Æ", validFrom: "01-03-2027" }, at);
  expect(typed.problem?.values["name"]).toEqual(["Afsnit Æ"]);
  // Saved without being shown first, the untouched name is still the one of the day.
  const typeCode = fields.find(({ name }) => name === "typeCode")?.options?.at(-1)?.value ?? "";
  const saved = { ...form, typeCode, validFrom: "01-04-2027", into: "now" };
  expect((await posted(actions["save"], saved, at)).status).toBe(303);
  expect(await findOrganisation(world.system, { sorId: world.ward, validAt: "2027-04-01" })).toMatchObject({
    name: "Afsnit A",
    typeCode,
  });
});

test("parents and successors are those of the day, and an empty day asks for nothing", async () => {
  const at = asked("?/day");
  const fieldsOf = async (page: typeof moving | typeof closing) =>
    (await open<{ fields: FieldView[] }>(page.load, asked(""))).fields;
  const fields = await fieldsOf(moving);
  expect(optionsOf(fields, "parentSorId")).not.toContain("Ny afdeling");
  const form = { ...untouched(fields), shownDay: fields[0]?.value ?? "", parentSorId: later };
  const onDay = async (validFrom: string) => await posted(moving.actions["day"], { ...form, validFrom }, at);
  expect((await onDay("28-02-2027")).problem?.fieldFaults).toEqual({
    parentSorId: ["Enheden findes ikke den dag."],
  });
  const there = await onDay("01-03-2027");
  expect([there.status, optionsOf(there.shown?.fields, "parentSorId")]).toEqual([
    undefined,
    expect.arrayContaining(["Ny afdeling"]),
  ]);
  expect(Object.keys((await onDay("")).problem?.fieldFaults ?? {})).toEqual(["validFrom"]);
  expect((await onDay("01-01-1950")).problem?.fieldFaults).toEqual({
    validFrom: ["Enheden gælder ikke på det tidspunkt."],
  });
  // A successor may open on the day after the last.
  const close = { ...untouched(await fieldsOf(closing)), "successor.0": later };
  const closed = await posted(closing.actions["day"], { ...close, lastDay: "28-02-2027" }, at);
  expect(closed.problem?.fieldFaults).toEqual({});
  const early = await posted(closing.actions["day"], { ...close, lastDay: "27-02-2027" }, at);
  expect(Object.keys(early.problem?.fieldFaults ?? {})).toEqual(["successor.0"]);
});
