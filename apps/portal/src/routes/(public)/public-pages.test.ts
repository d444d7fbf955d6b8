import { testDatabase } from "@sor/core/testing";
import { describe, expect, test } from "vitest";
import { aSmallRegister, glns, sorIds } from "../../testing/a-small-register.ts";
import { testEvent } from "../../testing/events.ts";
import { load as loadUnit } from "./enhed/[sorId]/+page.server.ts";
import { load as loadLocation } from "./lokation/[gln]/+page.server.ts";
import { load as loadLookup } from "./opslag/+page.server.ts";
import { load as loadSearch } from "./soeg/+page.server.ts";

const ctx = await aSmallRegister(await testDatabase());
const event = (path: string, params: Record<string, string> = {}) =>
  testEvent({ ctx, path, params }) as never;

const search = async (q: string, more = "") =>
  (await loadSearch(event(`/soeg?q=${encodeURIComponent(q)}${more}`))) as {
    items: { sorId: string; units: object[] }[];
    count: number | null;
  };
const unit = async (sorId: string, query = "") =>
  (await loadUnit(event(`/enhed/${sorId}${query}`, { sorId }))) as Exclude<
    Awaited<ReturnType<typeof loadUnit>>,
    void
  >;
const lookup = async (query: string) =>
  (await loadLookup(event(`/opslag?${query}`))) as Exclude<Awaited<ReturnType<typeof loadLookup>>, void>;

describe("the search", () => {
  test.each([
    ["a location number of one unit", glns.clinic, `/enhed/${sorIds.clinic}`],
    ["a location number in groups", glns.clinic.replace(/(.{3})(.{4})/, "$1 $2 "), `/enhed/${sorIds.clinic}`],
    ["a SOR id", sorIds.doctor, `/enhed/${sorIds.doctor}`],
    ["a provider number", "042897", `/enhed/${sorIds.doctor}`],
    ["a CVR number", "12669232", `/enhed/${sorIds.clinic}`],
  ])("%s redirects directly to the unit", async (_, q, location) => {
    await expect(search(q)).rejects.toMatchObject({ status: 303, location });
  });

  test.each(["klinikken på ærø", "Klinikken paa Aeroe", "ærø"])("finds %j by name", async (q) => {
    expect((await search(q)).items.map((item) => item.sorId)).toContain(sorIds.clinic);
  });

  test("a hit has the doctors of the practice under it, is counted, and its kind can be chosen", async () => {
    const found = await search("ærø");
    expect(found).toMatchObject({ count: 1, items: [{ sorId: sorIds.clinic, unitCount: 1 }] });
    expect(found.items[0]?.units).toMatchObject([{ sorId: sorIds.doctor, isMatch: true }]);
    expect(await search("ærø", "&kind=pharmacy")).toMatchObject({ count: 0, items: [] });
  });

  test("treats SQL, markup and empty input as plain text", async () => {
    for (const q of ["'; drop table organisations; --", "%' or 1=1", "<script>alert(1)</script>", "\\", ""]) {
      expect((await search(q)).items).toEqual([]);
    }
  });

  test.each(["&after=garbage", "&kind=king", `&after=${Buffer.from('["x"]').toString("base64url")}`])(
    "refuses %s as invalid",
    async (more) => {
      await expect(search("klinik", more)).rejects.toMatchObject({ code: "invalid" });
    },
  );

  test("refuses a text that is too long", async () => {
    await expect(search("x".repeat(201))).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a unit's page", () => {
  test("shows inherited values, and from which unit", async () => {
    const { unit: doctor, received } = await unit(sorIds.doctor);
    expect(doctor.path.map((step: { name: string }) => step.name)).toEqual([
      "Region Prøveland",
      "Klinikken på Ærø",
      "Læge Åse Øst",
    ]);
    expect(doctor.effective.gln).toMatchObject({
      value: glns.clinic,
      inherited: true,
      from: { sorId: sorIds.clinic },
    });
    expect(doctor.effective.postalAddress).toMatchObject({ inherited: true, from: { sorId: sorIds.owner } });
    expect(
      received.map((row: { messageType: string; version: string }) => [row.messageType, row.version]),
    ).toEqual([["DIS91", "D9134L"]]);
  });

  test("shows a closed unit as it last was, marked as closed", async () => {
    const { unit: closed, isClosed } = await unit(sorIds.closed);
    expect([closed.name, isClosed]).toEqual(["Nedlagt Afsnit", true]);
    const before = await unit(sorIds.closed, "?dag=2023-12-31");
    expect(before.isClosed).toBe(false);
  });

  test.each(["123", "999999999999999999999", "'; select 1", "5790000990018"])(
    "of %s is not found",
    async (sorId) => {
      await expect(unit(sorId)).rejects.toMatchObject({ code: "not-found" });
    },
  );

  test("says at the field that a day does not exist", async () => {
    const { moments } = await unit(sorIds.doctor, "?dag=2026-02-30");
    expect(moments.problem?.fieldFaults).toEqual({ dag: ["Datoen findes ikke i kalenderen."] });
  });
});

describe("a location number's page", () => {
  const load = async (gln: string) => (await loadLocation(event(`/lokation/${gln}`, { gln }))) as object;

  test("shows who uses it, with which system, and what it receives", async () => {
    expect(await load(glns.clinic)).toMatchObject({
      status: "active",
      about: { system: { name: "Journalen" }, supplier: "Prøve-it" },
      units: [
        { sorId: sorIds.clinic, inherited: false },
        { sorId: sorIds.doctor, inherited: true },
      ],
      received: [{ messageType: "DIS91" }],
    });
  });

  test("shows no address or secret of an endpoint", async () => {
    expect(JSON.stringify(await load(glns.clinic))).not.toMatch(/whsec_|signingSecret|technicalContact/);
  });

  test.each(["5790000000005", "123", "579000099001x"])("of %s is not found", async (gln) => {
    await expect(load(gln)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the lookup", () => {
  test("explains a match and shows the API call", async () => {
    const { answer } = await lookup(`id=${glns.clinic}&type=DIS91`);
    expect(answer?.explanation).toMatchObject({ found: true, route: { version: "D9134L" } });
    expect(answer?.path).toBe(`/v1/routes/${glns.clinic}/DIS91`);
  });

  test("explains a refusal by the rule that failed, and offers the nearest alternatives", async () => {
    const { answer } = await lookup(`id=${glns.clinic}&type=DIS91&version=D9199L`);
    expect(answer?.explanation).toMatchObject({ found: false, reason: "version-not-supported" });
    expect(answer?.explanation.alternatives[0]).toMatchObject({ kind: "version", version: "D9134L" });
  });

  test("looks up a unit's identifier through its location number", async () => {
    const { answer } = await lookup("id=042897&type=DIS91&at=2026-06-20");
    expect(answer?.unit).toMatchObject({ sorId: sorIds.doctor, inherited: true });
    expect(answer?.path).toBe(`/v1/routes/${glns.clinic}/DIS91?at=2026-06-20`);
  });

  test("looks up a past time: before the registration the answer is a refusal", async () => {
    const { answer } = await lookup(`id=${glns.clinic}&type=DIS91&at=2019-06-20`);
    expect(answer?.explanation.found).toBe(false);
  });

  test("finds a unit by its name, and offers the types whose name contains the text", async () => {
    const { answer } = await lookup(`id=${encodeURIComponent("klinikken på ærø")}&type=DIS91`);
    expect(answer?.explanation).toMatchObject({ found: true, route: { version: "D9134L" } });
    const { typeChoices } = await lookup(`id=${glns.clinic}&type=korrespondance`);
    expect(typeChoices.map(({ code }: { code: string }) => code)).toContain("DIS91");
  });

  test("reports invalid or unknown input at its field", async () => {
    expect((await lookup("id=abc&type=DIS91")).problem?.fieldFaults.id).toHaveLength(1);
    expect((await lookup(`id=${sorIds.owner}&type=DIS91`)).problem?.fieldFaults.id).toHaveLength(1);
    expect((await lookup(`id=${glns.clinic}&type='--&at=2026-02-30`)).problem?.fieldFaults).toMatchObject({
      type: [expect.any(String)],
      at: [expect.any(String)],
    });
  });
});
