import { listServices } from "@sor/core/status";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals }) => ({
  origin: locals.config.origin,
  services: (await listServices(locals.ctx)).map(({ id, nameDa, nameEn }) => ({ id, nameDa, nameEn })),
});
