import { asc, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type ReadDatabase } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { NetOperator, SupplierFields } from "./schemas.ts";
import { netOperators, suppliers } from "./tables.ts";

export type Supplier = typeof suppliers.$inferSelect;

/** Every system supplier, by name. */
export async function listSuppliers(ctx: Context): Promise<Supplier[]> {
  return await ctx.db.select().from(suppliers).orderBy(asc(suppliers.name), asc(suppliers.id));
}

/** One system supplier, or undefined. */
export async function findSupplier(db: ReadDatabase, id: string): Promise<Supplier | undefined> {
  const [found] = await db.select().from(suppliers).where(eq(suppliers.id, id));
  return found;
}

/** One system supplier; throws `not-found`. */
export async function getSupplier(ctx: Context, input: { id: string }): Promise<Supplier> {
  const found = await findSupplier(ctx.db, input.id);
  if (!found) throw new DomainError("not-found", "no-such-supplier", { supplierId: input.id });
  return found;
}

/** Creates a system supplier. `conflict` when the name or SOR code is taken. */
export async function createSupplier(ctx: Context, fields: SupplierFields): Promise<Supplier> {
  const supplier: Supplier = { id: newId(), ...fields, isActive: true };
  const subject = { type: "supplier", id: supplier.id, supplierId: supplier.id } as const;
  return await change(ctx, { action: "supplier.edit", subject }, async (tx) => {
    await tx.insert(suppliers).values(supplier);
    return {
      result: supplier,
      entries: [{ subjectType: "supplier", subjectId: supplier.id, after: supplier }],
    };
  });
}

/** Changes the data of a supplier. */
export async function updateSupplier(
  ctx: Context,
  input: { id: string; fields: SupplierFields },
): Promise<Supplier> {
  const subject = { type: "supplier", id: input.id, supplierId: input.id } as const;
  return await change(ctx, { action: "supplier.edit", subject }, async (tx) => {
    const [before] = await tx.select().from(suppliers).where(eq(suppliers.id, input.id)).for("update");
    if (!before) throw new DomainError("not-found", "no-such-supplier", { supplierId: input.id });
    const after: Supplier = { ...before, ...input.fields };
    await tx.update(suppliers).set(input.fields).where(eq(suppliers.id, input.id));
    return { result: after, entries: [{ subjectType: "supplier", subjectId: input.id, before, after }] };
  });
}

/** Every net operator, by name. */
export async function listNetOperators(ctx: Context): Promise<NetOperator[]> {
  return await ctx.db.select().from(netOperators).orderBy(asc(netOperators.name), asc(netOperators.code));
}

/** Creates a net operator, or renames the one with that code. */
export async function setNetOperator(ctx: Context, input: NetOperator): Promise<NetOperator> {
  const subject = { type: "supplier", id: input.code } as const;
  return await change(ctx, { action: "supplier.edit", subject }, async (tx) => {
    const [before] = await tx
      .select()
      .from(netOperators)
      .where(eq(netOperators.code, input.code))
      .for("update");
    if (before?.name === input.name) return unchanged(input);
    await tx
      .insert(netOperators)
      .values(input)
      .onConflictDoUpdate({ target: netOperators.code, set: { name: input.name } });
    const entry = { subjectType: "net-operator", subjectId: input.code, before, after: input };
    return { result: input, entries: [entry] };
  });
}
