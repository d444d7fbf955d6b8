import { applyChangeSet, approveChangeSet, previewChangeSet } from "@sor/core/changesets";
import { getUnitLine } from "@sor/core/organisations";
import { withEveryChangeApproved } from "@sor/core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { aHospital, type Outcome, open, post, untouched } from "../../../../testing/unit-pages.ts";
import { actions, load } from "./+page.server.ts";

let world: Awaited<ReturnType<typeof aHospital>>;
beforeAll(async () => {
  world = await aHospital();
});

type Data = {
  unit: { name: string };
  state: string;
  periods: { validFrom: string; state: string; name: string }[];
  editing: { parts: { key: string }[]; open: { etag: string; fields: FieldView[] } | null } | null;
  comparison: {
    lines: { label: string; one: string | null; other: string | null; isSame: boolean }[];
  } | null;
  receipt: { state: string } | null;
  isStranger: boolean;
};
const page = async (sorId: string, query = "", ctx = world.region()) =>
  await open<Data>(load, { ctx, sorId, query });
const part = async (sorId: string, key: string): Promise<Record<string, string>> => {
  const { editing } = await page(sorId, `?ret=${key}`);
  if (!editing?.open) throw new Error("the part is not open");
  return { ...untouched(editing.open.fields), etag: editing.open.etag };
};
const save = async (sorId: string, key: string, form: Record<string, string>, ctx = world.region()) =>
  await post(actions.save, { into: "now", ...form }, { ctx, sorId, query: `?ret=${key}&/save` });
const nameNow = async (sorId: string) => (await getUnitLine(world.db, sorId)).versions.at(-1)?.name;
const setOf = ({ location }: Outcome) => location?.split("gemt=")[1] ?? "";

describe("a part of a unit", () => {
  test.each([
    ["navn", "hospital", { name: "Hospitalet" }, { name: "Hospitalet" }],
    ["numre", "hospital", { cvr: "12 66 92 32" }, { cvr: "12669232" }],
    ["sted", "heart", { regionCode: "1081" }, { regionCode: "1081" }],
    [
      "adresse",
      "heart",
      { "postalAddress.rule": "own", "postalAddress.street": "Hjertevej", "postalAddress.postCode": "8000" },
      { postalAddress: { street: "Hjertevej", postCode: "8000" } },
    ],
    [
      "adresse",
      "heart",
      {
        "postalAddress.rule": "own",
        "postalAddress.north": "6347032.450",
        "postalAddress.east": "557481.680",
      },
      { postalAddress: { north: "6347032.450", east: "557481.680" } },
    ],
    ["lokationsnummer", "heart", { glnRule: "inherited" }, { gln: null, glnInherited: true }],
    ["specialer", "heart", { "specialities.0": "394579002" }, { specialities: [{ code: "394579002" }] }],
    ["indikatorer", "heart", { admitsPatients: "ja" }, { admitsPatients: true, hasAmbulantActivity: true }],
  ] as const)(
    "%s opens with what stands, and is saved from its day on",
    async (key, unit, change, expected) => {
      const sorId = world[unit];
      const answer = await save(sorId, key, {
        ...(await part(sorId, key)),
        ...change,
        validFrom: "01-07-2026",
      });
      expect(answer.location).toMatch(new RegExp(`^/enhed/${sorId}\\?gemt=`));
      const { versions } = await getUnitLine(world.db, sorId);
      expect(versions.at(-1)).toMatchObject({ validFrom: "2026-07-01", ...expected });
      expect((await page(sorId, `?gemt=${setOf(answer)}`)).receipt).toMatchObject({ state: "applied" });
    },
  );

  test("says of each value whether it is own or inherited, and from whom", async () => {
    const { editing } = await page(world.ward, "?ret=lokationsnummer");
    expect(editing?.open?.fields.find(({ name }) => name === "glnRule")?.source).toBe(
      "Nu: ikke registreret.",
    );
  });

  test.each([
    ["navn", { name: "" }, "name"],
    ["navn", { validFrom: "31-02-2026" }, "validFrom"],
    ["numre", { shakCode: "12" }, "shakCode"],
    ["numre", { cvr: "12345678" }, "cvr"],
    ["adresse", { "postalAddress.rule": "own" }, "postalAddress.street"],
    ["adresse", { "postalAddress.rule": "own", "postalAddress.north": "6347032,45" }, "postalAddress.north"],
    ["adresse", { "postalAddress.rule": "own", "postalAddress.north": "6347032.450" }, "postalAddress.east"],
    ["lokationsnummer", { glnRule: "own", gln: "5790000000001" }, "gln"],
    ["sted", { geographicalParentSorId: "et sted" }, "geographicalParentSorId"],
    ["specialer", { "specialities.0": "123456" }, "specialities.0"],
    [
      "indikatorer",
      { admitsPatients: "", hasAmbulantActivity: "", isReportingLevel: "" },
      "hasAmbulantActivity",
    ],
    ["navn", { typeCode: "123456" }, "typeCode"],
  ] as const)("%s with %j is refused at %s", async (key, change, field) => {
    const sorId = world.eyes;
    const before = await getUnitLine(world.db, sorId);
    const { status, data } = await save(sorId, key, { ...(await part(sorId, key)), ...change });
    expect(status).toBe(400);
    expect(data?.problem.fieldFaults[field]?.join()).toMatch(/\.$/);
    expect(await getUnitLine(world.db, sorId)).toEqual(before);
  });

  test("that somebody else changed meanwhile is refused, with both sides", async () => {
    const sorId = world.eyes;
    const [mine, theirs] = [await part(sorId, "navn"), await part(sorId, "navn")];
    await save(sorId, "navn", { ...theirs, name: "Deres navn" }, world.region("region-2"));
    const late = await save(sorId, "navn", { ...mine, name: "Mit navn" });
    expect(late).toMatchObject({ status: 400, data: { isConflict: true } });
    expect(late.data?.problem.values.name).toEqual(["Mit navn"]);
    expect((await part(sorId, "navn")).name).toBe("Deres navn");
    expect(await nameNow(sorId)).toBe("Deres navn");
  });

  test("goes into the open change set, and changes nothing yet", async () => {
    const sorId = world.eyes;
    const before = await nameNow(sorId);
    const answer = await save(sorId, "navn", {
      ...(await part(sorId, "navn")),
      name: "I sæt",
      into: "draft",
    });
    expect(await nameNow(sorId)).toBe(before);
    expect((await page(sorId, `?gemt=${setOf(answer)}`)).receipt).toMatchObject({ state: "draft" });
  });

  test("waits where a rule asks a second person", async () => {
    const { db, region, eyes: sorId } = world;
    const form = { ...(await part(sorId, "navn")), name: "Godkendt" };
    const id = setOf(await withEveryChangeApproved(db, () => save(sorId, "navn", form)));
    expect((await page(sorId, `?gemt=${id}`)).receipt).toMatchObject({ state: "submitted" });
    expect(await nameNow(sorId)).not.toBe("Godkendt");
    const second = region("region-2");
    const { hash } = await previewChangeSet(second, { id });
    await approveChangeSet(second, { id, hash });
    await applyChangeSet(second, { id });
    expect(await nameNow(sorId)).toBe("Godkendt");
  });

  test("of another's unit is text, and its form is refused", async () => {
    const form = await part(world.eyes, "navn");
    const seen = await page(world.eyes, "?ret=navn", world.stranger);
    expect(seen).toMatchObject({ editing: null, isStranger: true });
    const before = await nameNow(world.eyes);
    const answer = await save(world.eyes, "navn", { ...form, name: "Overtaget" }, world.stranger);
    expect(answer).toMatchObject({ status: 403 });
    expect(await nameNow(world.eyes)).toBe(before);
  });
});

describe("a unit in time", () => {
  test("is shown on a day, as known at an instant, and its periods as past, now and coming", async () => {
    const sorId = world.ward;
    await save(sorId, "navn", {
      ...(await part(sorId, "navn")),
      name: "Nyt afsnit",
      validFrom: "01-09-2026",
    });
    const { unit, periods } = await page(sorId, "?dag=2026-09-01");
    expect(unit.name).toBe("Nyt afsnit");
    expect(periods.map(({ validFrom, state, name }) => [validFrom, state, name])).toEqual([
      ["2020-01-01", "now", "Afsnit 1"],
      ["2026-09-01", "coming", "Nyt afsnit"],
    ]);
    expect((await page(sorId, "?dag=01-08-2026")).unit.name).toBe("Afsnit 1");
    expect((await page(sorId, "?dag=2019-12-31")).state).toBe("coming");
    await expect(page(sorId, "?kendt=2026-05-01")).rejects.toMatchObject({ code: "not-found" });
  });

  test("two moments are compared line by line", async () => {
    const { comparison } = await page(world.ward, "?dag=2026-09-01&mod=2026-08-31");
    const differing = comparison?.lines.filter(({ isSame }) => !isSame);
    expect(differing).toEqual([{ label: "Navn", one: "Nyt afsnit", other: "Afsnit 1", isSame: false }]);
    expect(comparison?.lines.length).toBeGreaterThan(3);
    const before = await page(world.ward, "?mod=2019-12-31");
    expect(before.comparison?.lines.every(({ other }) => other === null)).toBe(true);
  });
});
