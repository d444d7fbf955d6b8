import { beforeEach, expect, test } from "vitest";
import { type Context, createContext } from "../context.ts";
import type { Database } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { testDatabase } from "../testing/index.ts";
import { createGuide, findPublicGuide, GuideForm, listPublicGuides, saveGuide } from "./index.ts";

const author = {
  ...({ kind: "user", id: "u1", name: "Rikke", supplierId: null } as const),
  grants: [{ role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const],
} as const;
let db: Database;
beforeEach(async () => {
  db = await testDatabase();
});
const as = (actor: Context["actor"] = author) => createContext(db, actor, new Date("2026-03-02T11:00:00Z"));
const taken = { taken: ["ret-i-registret"] };
const form = (more: Record<string, string> = {}) =>
  GuideForm.parse({
    title: "Bestil et nummer",
    slug: "bestil-nummer",
    text: "Første.",
    isPublished: "on",
    ...more,
  });
const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : error);

test("every version that readers have seen can be read; a draft and what is withdrawn cannot", async () => {
  const id = await createGuide(as(), { ...form(), isPublished: false }, taken);
  expect(await findPublicGuide(as(), { slug: "bestil-nummer" })).toBeUndefined();
  expect(await listPublicGuides(as())).toEqual([]);
  await saveGuide(as(), { ...form({ seenVersion: "1" }), id }, taken);
  await saveGuide(as(), { ...form({ text: "Anden.", note: "Nyt trin.", seenVersion: "2" }), id }, taken);
  const newest = await findPublicGuide(as(), { slug: "bestil-nummer" });
  expect(newest).toMatchObject({ text: "Anden.", isNewest: true });
  expect(newest?.versions.map(({ version, note }) => [version, note])).toEqual([
    [3, "Nyt trin."],
    [2, ""],
  ]);
  const earlier = await findPublicGuide(as(), { slug: "bestil-nummer", version: 2 });
  expect(earlier).toMatchObject({ text: "Første.", isNewest: false });
  expect(await findPublicGuide(as(), { slug: "bestil-nummer", version: 1 })).toBeUndefined();
  await saveGuide(as(), { ...form({ seenVersion: "3" }), isPublished: false, id }, taken);
  expect(await findPublicGuide(as(), { slug: "bestil-nummer" })).toBeUndefined();
});

test("an address of the repository's guides or of another is refused, as is a version that is no longer the newest", async () => {
  expect(await createGuide(as(), form({ slug: "ret-i-registret" }), taken).catch(codeOf)).toBe("conflict");
  const id = await createGuide(as(), form(), taken);
  expect(await createGuide(as(), form(), taken).catch(codeOf)).toBe("conflict");
  await saveGuide(as(), { ...form({ seenVersion: "1" }), id }, taken);
  expect(await saveGuide(as(), { ...form({ seenVersion: "1" }), id }, taken).catch(codeOf)).toBe("conflict");
  expect(await createGuide(as({ kind: "anonymous" }), form(), taken).catch(codeOf)).toBe("not-signed-in");
});
