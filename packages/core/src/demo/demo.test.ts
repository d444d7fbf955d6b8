import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { ChangeSetState } from "../changesets/index.ts";
import { changeSets } from "../changesets/tables.ts";
import { Cvr, Gln, SorId } from "../identifiers/index.ts";
import { currentSequence, verifyJournal } from "../journal/index.ts";
import { testDatabase } from "../testing/index.ts";
import { vendorSwitches } from "../vendor-switches/tables.ts";
import { type DemoAccounts, inventCountry, loadDemo } from "./index.ts";

const now = new Date("2026-03-01T12:00:00Z");
const country = inventCountry(2000, 1, now);

describe("the invented country", () => {
  test("the same seed and day give the same country, another seed another", () => {
    expect(inventCountry(2000, 1, now)).toEqual(country);
    expect(inventCountry(2000, 2, now).organisations).not.toEqual(country.organisations);
  });

  test("every number in it is valid and given out once", () => {
    const glns = country.locations.map((location) => location.gln);
    expect(new Set(glns).size).toBe(glns.length);
    for (const gln of glns) expect(Gln.safeParse(gln).success).toBe(true);
    for (const unit of country.organisations) {
      expect(SorId.safeParse(unit.sorId).success).toBe(true);
      if (unit.cvr) expect(Cvr.safeParse(unit.cvr).success).toBe(true);
    }
  });

  test("it has about as many units as asked for, on three levels, parents before children", () => {
    expect(country.organisations.length).toBeGreaterThanOrEqual(2000);
    expect(country.organisations.length).toBeLessThan(2100);
    const seen = new Set<string | null>([null]);
    for (const unit of country.organisations) {
      expect(seen.has(unit.parentSorId)).toBe(true);
      expect(unit.level === "owner").toBe(unit.parentSorId === null);
      seen.add(unit.sorId);
    }
  });

  test("a practice's doctors share its location number", () => {
    const practice = country.organisations.find((unit) => unit.gln === country.example.sender);
    const clinic = country.organisations.find((unit) => unit.parentSorId === practice?.sorId);
    const doctors = country.organisations.filter((unit) => unit.parentSorId === clinic?.sorId);
    expect(doctors.length).toBeGreaterThan(0);
    expect(doctors.every((doctor) => doctor.glnInherited && doctor.providerNumber)).toBe(true);
  });

  test("closed units have no open unit or location below them", () => {
    const closed = new Map(country.organisations.map((unit) => [unit.sorId, unit.validTo]));
    expect([...closed.values()].some(Boolean)).toBe(true);
    for (const unit of country.organisations) {
      const parentClosed = unit.parentSorId ? closed.get(unit.parentSorId) : null;
      if (parentClosed) expect(unit.validTo).toBe(parentClosed);
    }
  });
});

describe("loading the demo", async () => {
  const db = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "sor-demo-"));
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  const accountsFile = join(dataDir, "demo-accounts.json");
  const options = { dataDir, units: 300, now };

  test("a load that was cut short goes on with the passwords already written", async () => {
    const stop = new Error("cut");
    const broken = new Proxy(db, {
      get: (target, key) => {
        if (key === "transaction") throw stop;
        return Reflect.get(target, key, target);
      },
    });
    await expect(loadDemo(broken, options)).rejects.toBe(stop);
    const written = await readFile(accountsFile, "utf8");
    await loadDemo(db, options);
    expect(await readFile(accountsFile, "utf8")).toBe(written);
  });

  test("the accounts file is for its owner alone and has the documented form", async () => {
    expect((await stat(accountsFile)).mode & 0o777).toBe(0o600);
    const accounts = JSON.parse(await readFile(accountsFile, "utf8")) as DemoAccounts;
    expect(Object.keys(accounts)).toEqual(["portal", "gateway"]);
    expect(accounts.portal.vendors).toHaveLength(4);
    expect(accounts.gateway.keys[0]?.sendsFrom[0]).toBe(accounts.gateway.example.sender);
    expect(accounts.gateway.keys[1]?.sendsFrom[0]).toBe(accounts.gateway.example.receiver);
  });

  test("there is a change set in each state, and drafts of the authority and the region", async () => {
    const rows = await db.selectDistinct({ state: changeSets.state }).from(changeSets);
    expect(rows.map(({ state }) => state).toSorted()).toEqual(ChangeSetState.options.toSorted());
    const drafts = await db
      .select({ ownerName: changeSets.ownerName })
      .from(changeSets)
      .where(eq(changeSets.state, "draft"));
    expect(drafts).toHaveLength(2);
    expect(await verifyJournal(db)).toMatchObject({ intact: true });
  });

  test("there are vendor switches to accept, to map and to follow", async () => {
    const rows = await db.selectDistinct({ state: vendorSwitches.state }).from(vendorSwitches);
    expect(rows.map(({ state }) => state).toSorted()).toEqual(["accepted", "offered", "running"]);
  });

  test("loading again changes nothing", async () => {
    const before = await currentSequence(db);
    await loadDemo(db, { ...options, now: new Date("2026-03-02T12:00:00Z") });
    expect(await currentSequence(db)).toBe(before);
  });
});
