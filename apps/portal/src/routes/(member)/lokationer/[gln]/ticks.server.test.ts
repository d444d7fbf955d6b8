import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { completeGln } from "@sor/core/identifiers";
import { listRegistrations } from "@sor/core/message-types";
import { aLocation, anEndpoint, aVendor, testDatabase } from "@sor/core/testing";
import { startOfDayInDenmark } from "@sor/core/validity";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { editorOf, type Form, locationPage } from "../../../../testing/location-page.ts";

const now = new Date("2026-03-01T10:00:00Z");
let serial = 0;
let db: Database;
let gln: string;
let mine: Actor;
let endpointId: string;
let secondId: string;
let foreignId: string;

beforeAll(async () => {
  db = await testDatabase();
});

beforeEach(async () => {
  const [a, b] = [await aVendor(db), await aVendor(db)];
  gln = completeGln(`57900${String(++serial).padStart(7, "0")}`);
  await aLocation(db, { gln, supplierId: a.supplierId });
  endpointId = await anEndpoint(db, { supplierId: a.supplierId });
  secondId = await anEndpoint(db, { supplierId: a.supplierId });
  foreignId = await anEndpoint(db, { supplierId: b.supplierId });
  mine = editorOf(a.supplierId);
});

const { post, page, shown, present } = locationPage(() => ({ db, gln, mine, now }));

const adding = (pair: string, more: Form = {}): Form => ({
  "type-new-0": pair,
  "endpoint-new-0": endpointId,
  ...more,
});

describe("the checkboxes of further types", () => {
  const ticking = (pairs: string[], more: Form = {}): Form => ({
    "type-tick": pairs,
    "endpoint-tick": endpointId,
    "from-tick": "",
    ...more,
  });

  test("ticked types are shown as added, kept through the review and saved, from now or from the chosen day", async () => {
    const form = { ...(await shown()), ...ticking(["DIS05 D0533L", "FDIS91 5.0"]) };
    const { review, values } = await post("preview", form);
    expect(review?.map((line) => `${line.kind} ${line.messageType}`)).toEqual([
      "added DIS05",
      "added FDIS91",
    ]);
    expect(await present()).toEqual([]);
    expect(await post("save", values as Form)).toMatchObject({ status: 303 });
    await post("save", {
      ...(await shown()),
      ...ticking(["CTL01 C0130Q"], { "endpoint-tick": secondId, "from-tick": "2026-07-01" }),
    });
    const saved = await listRegistrations(createContext(db, mine, now), { gln });
    const told = saved.map((row) => [row.messageType, row.direction, row.endpointId, row.validFrom]);
    expect(told.toSorted()).toEqual([
      ["CTL01", "receive", secondId, startOfDayInDenmark("2026-07-01")],
      ["DIS05", "receive", endpointId, now],
      ["FDIS91", "receive", endpointId, now],
    ]);
  });

  test("every current type is offered until it is received, and each offered type can be added", async () => {
    const offered = async () => (await page()).catalogue.filter((type) => !type.isReceived);
    const before = await offered();
    expect(new Set(before.map((type) => type.format))).toEqual(new Set(["EDIFACT", "XML", "FHIR"]));
    const [one, ...others] = before.map((type) => type.pair);
    await post("save", { ...(await shown()), ...ticking([one ?? ""]) });
    expect((await offered()).map((type) => type.pair)).toEqual(others);
    const whole = await post("preview", { ...(await shown()), ...ticking(others) });
    expect(whole.review).toHaveLength(others.length);
  });

  const refusals: [string, string, () => Form, string, RegExp][] = [
    [
      "a pair the catalogue does not have",
      "DIS99 D0000L",
      () => ticking(["DIS99 D0000L"]),
      "type-tick",
      /^DIS99 D0000L: /,
    ],
    ["SQL for a pair", "'; drop", () => ticking(["'; drop"]), "type-tick", /^'; drop: /],
    ["no version", "DIS05", () => ticking(["DIS05"]), "type-tick", /^DIS05 : /],
    [
      "a pair that is also written",
      "DIS05 D0533L",
      () => ({ ...ticking(["DIS05 D0533L"]), ...adding("DIS05") }),
      "type-tick",
      /^DIS05 D0533L: /,
    ],
    [
      "another vendor's endpoint",
      "DIS05 D0533L",
      () => ticking(["DIS05 D0533L"], { "endpoint-tick": foreignId }),
      "endpoint-tick",
      /./,
    ],
    [
      "a day that is none",
      "DIS05 D0533L",
      () => ticking(["DIS05 D0533L"], { "from-tick": "2026-02-30" }),
      "from-tick",
      /./,
    ],
  ];

  test.each(refusals)(
    "%s stands at its field, the ticks survive, and nothing is saved",
    async (...refusal) => {
      const [, tick, ticks, field, text] = refusal;
      const form = { ...(await shown()), ...ticks() };
      const refused = await post("preview", form);
      expect(refused.status).toBe(400);
      expect(Object.keys(refused.data?.problem.fieldFaults ?? {})).toEqual([field]);
      expect(refused.data?.problem.fieldFaults[field]?.[0]).toMatch(text);
      expect(refused.data?.problem.values["type-tick"]).toEqual([tick]);
      expect((await post("save", form)).status).toBe(400);
      expect(await present()).toEqual([]);
    },
  );

  test("501 ticks are refused as a whole", async () => {
    const many = Array.from({ length: 501 }, (_, index) => `DIS05 V${index}`);
    const refused = await post("preview", { ...(await shown()), ...ticking(many) });
    expect(refused.status).toBe(400);
    expect(refused.data?.problem.fieldFaults).toEqual({});
    expect(refused.data?.problem.formFaults).toHaveLength(1);
  });

  test("going back from the review keeps every tick", async () => {
    const pairs = ["DIS05 D0533L", "XDIS05 XD0533L"];
    const back = (await post("edit", { ...(await shown()), ...ticking(pairs) })) as {
      problem?: { values: Record<string, string[]> };
    };
    expect(back.problem?.values["type-tick"]).toEqual(pairs);
  });
});
