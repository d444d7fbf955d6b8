import { listDrafts } from "@sor/core/notice-plans";
import {
  clearServiceState,
  listCurrentNotices,
  listEarlierNotices,
  ManualStateForm,
  readStatus,
  setServiceState,
} from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { clockFaults, noticeRefusals } from "#lib/server/notices/notice-faults.ts";
import { readQuery } from "#lib/server/queries.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ gemt: z.string().optional(), gjort: z.enum(["draft", "discarded"]).optional() });

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx, config } = event.locals;
  const { gjort } = readQuery(Query, event.url);
  return {
    drafts: await listDrafts(ctx),
    done: gjort ?? null,
    services: await readStatus(ctx, config.isDemo ? "demo" : "production"),
    current: await listCurrentNotices(ctx),
    earlier: await listEarlierNotices(ctx, { limit: 20, offset: 0 }),
    now: ctx.now,
    isSaved: event.url.searchParams.has("gemt"),
  };
};

export const actions: Actions = {
  state: async (event) => {
    requireRole(event, "authority");
    const { ctx } = event.locals;
    return await submitForm(
      event.request,
      { schema: ManualStateForm, faults: { expiresAt: clockFaults }, refusals: noticeRefusals },
      async (wanted) => {
        if (wanted.state === "") await clearServiceState(ctx, wanted);
        else await setServiceState(ctx, wanted);
        redirect(303, "/driftsbeskeder?gemt#services");
      },
    );
  },
};
