import type { Context } from "@sor/core";
import { listServices } from "@sor/core/status";

/** Every service with its names, in the order of the status page. */
export async function namedServices(ctx: Context): Promise<{ id: string; nameDa: string; nameEn: string }[]> {
  return (await listServices(ctx)).map(({ id, nameDa, nameEn }) => ({ id, nameDa, nameEn }));
}
