import { Uuid } from "@sor/core/identifiers";
import { createSeries, endSeries, listSeries, NewSeriesForm } from "@sor/core/notice-plans";
import { listServices } from "@sor/core/status";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { noticeRefusals } from "#lib/server/notices/notice-faults.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ gjort: z.enum(["saved", "ended"]).optional() });

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const { gjort } = readQuery(Query, event.url);
  const services = await listServices(ctx);
  return { services, series: await listSeries(ctx), done: gjort ?? null };
};

export const actions: Actions = {
  create: async (event) => {
    requireRole(event, "authority");
    const faults = { services: () => m.status_fault_services() };
    const options = { schema: NewSeriesForm, faults, refusals: noticeRefusals };
    return await submitForm(event.request, options, async (series) => {
      await createSeries(event.locals.ctx, series);
      redirect(303, "/driftsbeskeder/faste-vinduer?gjort=saved");
    });
  },
  end: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: z.object({ seriesId: Uuid }) }, async ({ seriesId }) => {
      await endSeries(event.locals.ctx, { id: seriesId });
      redirect(303, "/driftsbeskeder/faste-vinduer?gjort=ended");
    });
  },
};
