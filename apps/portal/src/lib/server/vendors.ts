import type { Context } from "@sor/core";
import { listSuppliers } from "@sor/core/endpoints";

/** The names of all suppliers by their id. */
export async function vendorNames(ctx: Context): Promise<Record<string, string>> {
  return Object.fromEntries((await listSuppliers(ctx)).map(({ id, name }) => [id, name]));
}
