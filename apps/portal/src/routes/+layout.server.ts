import { findOpenDraft } from "@sor/core/changesets";
import { whatMayBeSeen } from "#lib/server/guards.ts";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = async ({ locals }) => {
  const { actor, now } = locals.ctx;
  const collects = actor.kind === "user" && whatMayBeSeen(actor, now).mayEditRegister;
  return {
    basket: collects ? ((await findOpenDraft(locals.ctx)) ?? null) : null,
    account: actor.kind === "user" ? { name: actor.name } : null,
    isDemo: locals.config.isDemo,
    language: locals.language,
    theme: locals.theme,
    requestId: locals.requestId,
    apiDocumentation: `${locals.config.gatewayOrigin}/docs`,
  };
};
