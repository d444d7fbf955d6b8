import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createContext } from "../context.ts";
import { closeDatabase, type Database, openDatabase } from "../database/index.ts";
import { verifyJournal } from "../journal/index.ts";
import { findOrganisation, OrganisationUpdate } from "../organisations/index.ts";
import {
  applySet,
  draftSet,
  editingNow,
  editorsOfRegister,
  unitToCreate,
  updateOrganisation,
} from "../testing/index.ts";

/** Previews one set until it is killed; writes a line after each preview. Arguments: database URL, set id. */
const program = `
  import { createContext, openDatabase } from ${JSON.stringify(import.meta.resolve("../index.ts"))};
  import { previewChangeSet } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
  const [url, id] = process.argv.slice(1);
  const db = openDatabase(url);
  for (;;) {
    await previewChangeSet(createContext(db, { kind: "system", job: "preview" }, new Date()), { id });
    process.stdout.write("previewed\\n");
  }`;
let db: Database;
let system: Context;
let house: string;
let units: string[];

beforeAll(async () => {
  ({ db, system, house } = await editorsOfRegister());
  units = await applySet(
    system,
    Array.from({ length: 2000 }, () => unitToCreate(house, { level: "unit" })),
  );
});

const rename = (ctx: Context, sorId: string, attributes: object) =>
  updateOrganisation(ctx, OrganisationUpdate.parse({ sorId, validFrom: "2026-06-01", attributes }));

test("while another process previews thousands of edits, an editor of the same units does not wait for a lock", async () => {
  const id = await draftSet(
    system,
    units.map((sorId) => ({
      kind: "unit.change",
      sorId,
      validFrom: "2026-07-01",
      attributes: { name: "Ny" },
    })),
  );
  const url = new URL(db.$client.options.connectionString ?? "");
  const hurried = new URL(url);
  hurried.searchParams.set("options", "-c lock_timeout=50ms");
  const impatient = openDatabase(hurried.href);
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, url.href, id], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let previews = 0;
    child.stdout.on("data", () => {
      previews += 1;
    });
    await once(child.stdout, "data");
    const ctx = createContext(impatient, { kind: "system", job: "editor" }, editingNow);
    let edits = 0;
    for (const atFirst = previews; previews < atFirst + 3 || edits < 20; edits += 1) {
      await rename(ctx, units[edits % units.length] ?? "", { name: `Navn ${edits}` });
    }
    expect(edits).toBeGreaterThanOrEqual(20);
  } finally {
    child.kill("SIGKILL");
    await closeDatabase(impatient);
  }
}, 120_000);

test("of many editors of one unit at once each change is kept", async () => {
  const [sorId = ""] = units;
  const edits = [
    { name: "Samtidig" },
    { localCode: "A1" },
    { cvr: "12669232" },
    { postalAddress: { street: "Vej 1", postCode: "8000" } },
    { virtualAddress: { email: "afdeling@example.org" } },
    { isReportingLevel: true },
    { admitsPatients: false },
    { hasAmbulantActivity: true },
  ];
  await Promise.all(edits.map((attributes) => rename(system, sorId, attributes)));
  const unit = await findOrganisation(system, { sorId, validAt: "2026-06-01" });
  expect(unit).toMatchObject(Object.assign({}, ...edits));
  expect(await verifyJournal(db)).toMatchObject({ intact: true });
});
