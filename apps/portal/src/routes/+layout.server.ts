import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = ({ locals }) => {
  const { actor } = locals.ctx;
  return {
    account: actor.kind === "user" ? { name: actor.name } : null,
    isDemo: locals.config.isDemo,
    language: locals.language,
    theme: locals.theme,
    requestId: locals.requestId,
    apiDocumentation: `${locals.config.gatewayOrigin}/docs`,
  };
};
