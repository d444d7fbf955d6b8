import { expect, test } from "vitest";
import { z } from "zod";
import { flag, readSettings, sharedSettings, webAddress, wholeNumber } from "./index.ts";

const read = (environment: Record<string, string>) => readSettings(z.object(sharedSettings), environment);
const DATABASE_URL = "postgresql://sor:hidden@db/sor";

test("without settings the defaults are those of development, and only the database must be named", () => {
  expect(read({})).toEqual({
    faults: [{ name: "DATABASE_URL", fault: expect.stringContaining("postgresql://") }],
  });
  expect(read({ DATABASE_URL, DEMO: "", HOST: "" })).toMatchObject({
    settings: {
      HOST: "127.0.0.1",
      DATA_DIR: ".data",
      DEMO: false,
      DEMO_PUBLIC: false,
      GATEWAY_PARTY: "SORGATEWAY",
    },
  });
});

test("every fault is found, by name and without the value", () => {
  const outcome = read({ DATABASE_URL: "mysql://sor:hidden@db/sor", DEMO: "yes", GATEWAY_PARTY: "x y" });
  const faults = "faults" in outcome ? outcome.faults : [];
  expect(faults.map(({ name }) => name)).toEqual(["DATABASE_URL", "DEMO", "GATEWAY_PARTY"]);
  expect(JSON.stringify(faults)).not.toMatch(/hidden|yes|x y/);
});

test.each([
  [flag, "1", true],
  [flag, "true", undefined],
  [webAddress, "https://SOR.example.dk/", "https://sor.example.dk"],
  [webAddress, "ftp://sor.example.dk", undefined],
  [wholeNumber(1, 9), "9", 9],
  [wholeNumber(1, 9), "10", undefined],
  [wholeNumber(1, 9), "1.5", undefined],
])("each form reads what it should: %#", (form, text, value) => {
  expect(form.safeParse(text).data).toBe(value);
});
