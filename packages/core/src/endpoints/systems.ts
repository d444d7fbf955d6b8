import { asc, eq, type SQL } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import type { Subject } from "../permissions/index.ts";
import type { SystemFields } from "./schemas.ts";
import { suppliers, systems } from "./tables.ts";

type SystemRow = typeof systems.$inferSelect;

/** A supplier's product, with the supplier's name and the ETag of its present state. */
export type System = SystemRow & { supplierName: string; etag: string };

async function select(db: ReadDatabase, where: SQL | undefined): Promise<System[]> {
  const rows = await db
    .select({ system: systems, supplierName: suppliers.name })
    .from(systems)
    .innerJoin(suppliers, eq(suppliers.id, systems.supplierId))
    .where(where)
    .orderBy(asc(systems.name), asc(systems.id));
  return rows.map(({ system, supplierName }) => ({ ...system, supplierName, etag: etagOf(system) }));
}

/** The systems of one supplier, or of all, by name. */
export async function listSystems(
  ctx: Context,
  input: { supplierId?: string | undefined },
): Promise<System[]> {
  return await select(ctx.db, input.supplierId ? eq(systems.supplierId, input.supplierId) : undefined);
}

/** One system; throws `not-found`. */
export async function getSystem(ctx: Context, input: { id: string }): Promise<System> {
  return await requireSystem(ctx.db, input.id);
}

async function requireSystem(db: ReadDatabase, id: string): Promise<System> {
  const [found] = await select(db, eq(systems.id, id));
  if (!found) throw new DomainError("not-found", "no-such-system", { systemId: id });
  return found;
}

/** Creates a system of a supplier. `conflict` when the supplier already has one of that name. */
export async function createSystem(ctx: Context, fields: SystemFields): Promise<System> {
  const row: SystemRow = { id: newId(), ...fields };
  const subject: Subject = { type: "system", id: row.id, supplierId: fields.supplierId };
  const made = await change(ctx, { action: "system.edit", subject, once: true }, async (tx) => {
    await tx.insert(systems).values(row);
    const { id } = row;
    return { result: { id }, entries: [{ subjectType: "system", subjectId: id, after: row }] };
  });
  return await requireSystem(ctx.db, made.id);
}

/** Changes a system, except its supplier. `conflict` when `etag` does not match the present state. */
export async function updateSystem(
  ctx: Context,
  input: { id: string; fields: Omit<SystemFields, "supplierId">; etag?: ExpectedEtag },
): Promise<System> {
  const what = { action: "system.edit", subject: (tx: Transaction) => systemSubject(tx, input.id) } as const;
  return await change(ctx, what, async (tx) => {
    const before = await requireSystem(tx, input.id);
    requireEtag(input.etag, before.etag, "system-changed");
    const { name, version, sorCode } = input.fields;
    await tx.update(systems).set({ name, version, sorCode }).where(eq(systems.id, input.id));
    const result = await requireSystem(tx, input.id);
    if (result.etag === before.etag) return unchanged(result);
    return {
      result,
      entries: [
        {
          subjectType: "system",
          subjectId: input.id,
          before: { name: before.name, version: before.version, sorCode: before.sorCode },
          after: { name, version, sorCode },
        },
      ],
    };
  });
}

async function systemSubject(tx: Transaction, id: string): Promise<Subject> {
  const [row] = await tx.select().from(systems).where(eq(systems.id, id)).for("update");
  if (!row) throw new DomainError("not-found", "no-such-system", { systemId: id });
  return { type: "system", id, supplierId: row.supplierId };
}
