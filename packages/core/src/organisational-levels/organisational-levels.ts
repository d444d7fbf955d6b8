import { asc, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import type { Subject } from "../permissions/index.ts";
import type { OrganisationalLevelFields } from "./schemas.ts";
import { organisationalLevels } from "./tables.ts";

type Row = typeof organisationalLevels.$inferSelect;

/** A level and the ETag of its present state. */
export type OrganisationalLevel = Row & { etag: string };

const withEtag = (row: Row): OrganisationalLevel => ({ ...row, etag: etagOf(row) });

/** Every level, expired ones too, from the highest to the lowest. */
export async function listOrganisationalLevels(db: ReadDatabase): Promise<OrganisationalLevel[]> {
  const rows = await db
    .select()
    .from(organisationalLevels)
    .orderBy(asc(organisationalLevels.position), asc(organisationalLevels.name));
  return rows.map(withEtag);
}

/** One level; throws `not-found`. */
export async function getOrganisationalLevel(db: ReadDatabase, id: string): Promise<OrganisationalLevel> {
  const [row] = await db.select().from(organisationalLevels).where(eq(organisationalLevels.id, id));
  if (!row) throw new DomainError("not-found", "no-such-level", { levelId: id });
  return withEtag(row);
}

const subjectOf = (id: string): Subject => ({ type: "register", id });

/** Adds a level. `conflict` when another level has its code or name. */
export async function createOrganisationalLevel(
  ctx: Context,
  fields: OrganisationalLevelFields,
): Promise<OrganisationalLevel> {
  const row: Row = { id: newId(), ...fields };
  const what = { action: "register.configure", subject: subjectOf(row.id), once: true } as const;
  return await change(ctx, what, async (tx) => {
    await tx.insert(organisationalLevels).values(row);
    const entry = { subjectType: "organisational-level", subjectId: row.id, after: row };
    return { result: withEtag(row), entries: [entry] };
  });
}

/**
 * Renames, moves or ends a level, or gives it its code. Units keep the name that they were given. `conflict` when `etag` does not
 * match the present state or another level has the code or name; `invalid` for another code, since units carry it.
 */
export async function updateOrganisationalLevel(
  ctx: Context,
  input: { id: string; fields: OrganisationalLevelFields; etag?: ExpectedEtag },
): Promise<OrganisationalLevel> {
  const { id, fields } = input;
  return await change(ctx, { action: "register.configure", subject: subjectOf(id) }, async (tx) => {
    await tx.select().from(organisationalLevels).where(eq(organisationalLevels.id, id)).for("update");
    const { etag, ...before } = await getOrganisationalLevel(tx, id);
    requireEtag(input.etag, etag, "level-changed");
    if (before.code !== null && fields.code !== before.code) {
      throw new DomainError("invalid", "level-code-fixed", { field: "code", fault: "fixed" });
    }
    const after: Row = { id, ...fields };
    const result = withEtag(after);
    if (result.etag === etag) return unchanged(result);
    await tx.update(organisationalLevels).set(fields).where(eq(organisationalLevels.id, id));
    const entry = { subjectType: "organisational-level", subjectId: id, before, after };
    return { result, entries: [entry] };
  });
}
