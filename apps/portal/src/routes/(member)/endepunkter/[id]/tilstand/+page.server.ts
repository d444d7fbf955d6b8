import type { DomainError } from "@sor/core";
import { getEndpoint, listEndpoints, mayEditEndpoints, resumeEndpoint } from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import { drainEndpoint } from "@sor/core/message-types";
import { endpointHealth, endpointTraffic, orderFolderTest, testEndpoint } from "@sor/core/probes";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { folderFaultText, probeFaultText, probeMethodText, testedText } from "#lib/probe-words.ts";
import { endpointRefusals, SeenEndpoint } from "#lib/server/endpoint-forms.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults } from "#lib/server/message-forms.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const dateOf = (text: string | null) => (text === null ? null : new Date(text));
const idOf = (event: { params: { id: string } }) => readParam(Uuid, event.params.id);

const said: Readonly<Record<string, () => string>> = {
  toemmes: m.endpoints_said_drain,
  genoptaget: m.endpoints_said_resume,
};

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const id = idOf(event);
  const endpoint = await getEndpoint(ctx, { id });
  const health = await endpointHealth(ctx, { id });
  const { breaker, queue, probes, certificate } = health;
  const isAsked = endpoint.transport === "webhook" && health.state === "active";
  return {
    mayEdit: mayEditEndpoints(ctx, endpoint.supplierId),
    etag: endpoint.etag,
    endpoint: { id, name: endpoint.name, supplierName: endpoint.supplierName, transport: endpoint.transport },
    others: (await listEndpoints(ctx, { supplierId: endpoint.supplierId }))
      .filter((other) => other.id !== id && other.state !== "closed")
      .map((other) => ({ value: other.id, text: other.name })),
    movedCount:
      z.coerce.number().int().positive().safeParse(event.url.searchParams.get("flyttet")).data ?? null,
    said: said[event.url.searchParams.get("gjort") ?? ""]?.() ?? null,
    state: health.state,
    pausedUntil: endpoint.pausedUntil,
    pauseReason: endpoint.pauseReason,
    drainingSince: endpoint.drainingSince,
    lastSuccessAt: dateOf(health.lastSuccessAt),
    lastFailureAt: dateOf(health.lastFailureAt),
    breaker: { state: breaker.state, openUntil: dateOf(breaker.openUntil) },
    queue: { waiting: queue.waiting, held: queue.held, oldestAt: dateOf(queue.oldestAt) },
    day: health.deliveries.day,
    week: health.deliveries.week,
    traffic: await endpointTraffic(ctx, { id }),
    certificate: certificate && { validTo: new Date(certificate.validTo), daysLeft: certificate.daysLeft },
    nextProbeAt: isAsked ? dateOf(probes.nextAt) : null,
    folderWantedAt: endpoint.transport === "folder" ? dateOf(probes.folderWantedAt) : null,
    probes: probes.latest.map(({ at, origin, isUp, latencyMilliseconds, detail }) => ({
      at: new Date(at),
      isTest: origin === "test",
      isUp,
      latencyMilliseconds,
      method: probeMethodText(detail.method),
      fault: detail.fault && probeFaultText(detail.fault),
      why: detail.method === "folder" && detail.excerpt ? folderFaultText(detail.excerpt) : null,
      status: detail.status,
    })),
  };
};

const nothing = z.object({});

async function drain(event: RequestEvent) {
  const id = idOf(event);
  const schema = SeenEndpoint.extend({
    reason: OperatorReason.shape.reason,
    endsAs: z.enum(["paused", "closed"]).default("paused"),
    moveTo: z.union([z.literal("").transform(() => null), Uuid]).default(null),
  });
  const conflict = ({ details }: DomainError) =>
    details.fault === "etag"
      ? m.form_changed_meanwhile()
      : { field: "moveTo", text: m.endpoints_drain_in_use() };
  const options = { schema, faults: reasonFaults, refusals: { conflict } };
  return await submitForm(event.request, options, async ({ etag, reason, endsAs, moveTo }) => {
    const ended = await drainEndpoint(event.locals.ctx, { id, etag, endsAs, moveTo, reason });
    const moved = ended.movedLocations > 0 ? `&flyttet=${ended.movedLocations}` : "";
    redirect(303, `/endepunkter/${id}/tilstand?gjort=toemmes${moved}`);
  });
}

export const actions: Actions = {
  test: async (event) => {
    requireUser(event);
    const id = idOf(event);
    const refusals = { "too-many": () => m.endpoints_test_too_soon() };
    return await submitForm(event.request, { schema: nothing, refusals }, async () => {
      const { ctx, config } = event.locals;
      if ((await getEndpoint(ctx, { id })).transport === "folder") {
        await orderFolderTest(ctx, { id });
        redirect(303, `/endepunkter/${id}/tilstand`);
      }
      const { privateHosts } = config;
      const found = await testEndpoint(ctx, { id, method: "test-event", privateHosts });
      return { tested: testedText(found) };
    });
  },
  drain: async (event) => {
    requireUser(event);
    return await drain(event);
  },
  resume: async (event) => {
    requireUser(event);
    const id = idOf(event);
    return await submitForm(
      event.request,
      { schema: SeenEndpoint, refusals: endpointRefusals },
      async ({ etag }) => {
        await resumeEndpoint(event.locals.ctx, { id, etag });
        redirect(303, `/endepunkter/${id}/tilstand?gjort=genoptaget`);
      },
    );
  },
};
