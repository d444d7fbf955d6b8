import { gravestState, readStatus } from "@sor/core/status";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals }) => {
  const own = locals.config.isDemo ? "demo" : "production";
  const services = await readStatus(locals.ctx, own);
  const states = services.filter((service) => service.environment === own).map((service) => service.state);
  return { status: gravestState(states), gatewayOrigin: locals.config.gatewayOrigin };
};
