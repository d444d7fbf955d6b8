import { beforeAll, expect, test } from "vitest";
import { createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { listJournal } from "../journal/index.ts";
import { aUser, testDatabase } from "../testing/index.ts";
import {
  createOrganisationalLevel,
  getOrganisationalLevel,
  listOrganisationalLevels,
  OrganisationalLevelFields,
  updateOrganisationalLevel,
} from "./index.ts";

const now = new Date("2026-10-01T10:00:00Z");
const fields = (given: object) => OrganisationalLevelFields.parse({ name: "Klinik", position: 7, ...given });
let db: Database;
let root: ReturnType<typeof createContext>;

beforeAll(async () => {
  db = await testDatabase();
  root = createContext(db, { kind: "system", job: "test" }, now);
});

test("a new register has the six levels of the specification, from the highest to the lowest, without invented codes", async () => {
  const levels = await listOrganisationalLevels(db);
  const names = ["Hospital", "Hospitalsområde", "Center", "Overafdeling", "Afdeling", "Afsnit"];
  expect(levels.map(({ name }) => name)).toEqual(names);
  expect(new Set(levels.map(({ code }) => code))).toEqual(new Set([null]));
});

test("a level is added, renamed, coded once and ended, each journalled; a second code and an old state are refused", async () => {
  const made = await createOrganisationalLevel(root, fields({}));
  const coded = fields({ name: "Klinik og center", code: "22232009", expiresOn: "2027-01-01" });
  const changed = await updateOrganisationalLevel(root, { id: made.id, fields: coded, etag: made.etag });
  expect(await getOrganisationalLevel(db, made.id)).toEqual(changed);
  const [entry] = await listJournal(db, { limit: 1 });
  expect(entry).toMatchObject({
    action: "register.configure",
    subjectType: "organisational-level",
    subjectId: made.id,
    before: { name: "Klinik", code: null },
    after: { name: "Klinik og center", code: "22232009", expiresOn: "2027-01-01" },
  });
  const late = updateOrganisationalLevel(root, { id: made.id, fields: fields({}), etag: made.etag });
  await expect(late).rejects.toMatchObject({ code: "conflict", details: { fault: "etag" } });
  for (const code of [null, "394761003"]) {
    const recoded = updateOrganisationalLevel(root, { id: made.id, fields: fields({ code }) });
    await expect(recoded).rejects.toMatchObject({ code: "invalid", details: { field: "code" } });
  }
  const twin = createOrganisationalLevel(root, fields({ code: "22232009" }));
  await expect(twin).rejects.toMatchObject({ code: "conflict" });
  const unchanged = await updateOrganisationalLevel(root, { id: made.id, fields: coded });
  expect([unchanged, (await listJournal(db, { limit: 9 })).length]).toEqual([changed, 2]);
});

test("only the authority edits levels", async () => {
  const scope = { kind: "subtree", sorId: "311000016009" } as const;
  const region = await aUser(db, "region", { role: "region", scope }, now);
  const authority = await aUser(db, "authority", { role: "authority", scope: { kind: "all" } }, now);
  const refused = createOrganisationalLevel(region.ctx, fields({ name: "Regionens" }));
  await expect(refused).rejects.toMatchObject({ code: "not-allowed" });
  const made = await createOrganisationalLevel(authority.ctx, fields({ name: "Myndighedens" }));
  const renamed = updateOrganisationalLevel(region.ctx, {
    id: made.id,
    fields: fields({ name: "Regionens" }),
  });
  await expect(renamed).rejects.toMatchObject({ code: "not-allowed" });
  expect((await getOrganisationalLevel(db, made.id)).name).toBe("Myndighedens");
});
