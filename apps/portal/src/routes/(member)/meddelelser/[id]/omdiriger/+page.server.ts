import { Uuid } from "@sor/core/identifiers";
import { getMessage } from "@sor/core/messages";
import { listSteps, listWays, rerouteMessage } from "@sor/core/steering";
import { OperatorReason } from "@sor/core/tracking";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { stateMark } from "#lib/message-words.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import { reasonFaults, stepRefusal } from "#lib/server/message-forms.ts";
import { endpointNames, optionsOf, wayText } from "#lib/server/message-views.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const idOf = (event: { params: { id: string } }) => readParam(Uuid, event.params.id);

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const message = await getMessage(ctx, { id: idOf(event) });
  const { id, messageType, reference, state, delivery } = message;
  const present = delivery?.endpointId ?? null;
  const ways = (await listSteps(ctx, { id })).includes("reroute") ? await listWays(ctx, { id }) : [];
  const names = await endpointNames(ctx, [present]);
  return {
    message: { id, messageType, reference, mark: stateMark(state), isDead: state === "dead" },
    present: (present && names.get(present)) ?? null,
    // A dead letter may also be sent to the same endpoint again, in a new envelope.
    options: optionsOf(ways.filter(({ endpointId }) => state === "dead" || endpointId !== present)),
  };
};

const Asked = z.object({ endpointId: Uuid, reason: OperatorReason.shape.reason });
const options = {
  schema: Asked,
  faults: { ...reasonFaults, endpointId: () => m.messages_reroute_choose() },
  refusals: { conflict: stepRefusal },
};

async function previewOf({ locals, params }: RequestEvent, asked: z.output<typeof Asked>) {
  const { ctx } = locals;
  const message = await getMessage(ctx, { id: idOf({ params }) });
  const way = (await listWays(ctx, { id: message.id })).find(
    ({ endpointId }) => endpointId === asked.endpointId,
  );
  if (!way) return undefined;
  const from = message.delivery?.endpointId ?? null;
  const fromName = from && from !== way.endpointId ? (await endpointNames(ctx, [from])).get(from) : undefined;
  const lines = [
    m.messages_reroute_follows_to({ reference: message.reference, way: wayText(way) }),
    fromName ? m.messages_reroute_follows_from({ way: fromName }) : null,
    way.isPaused ? m.messages_reroute_follows_paused() : null,
    way.isRegistered ? null : m.messages_reroute_follows_unregistered(),
    message.state === "dead" ? m.messages_reroute_follows_envelope() : null,
    m.messages_reroute_follows_sender(),
  ];
  return { ...asked, lines: lines.filter((line) => line !== null) };
}

export const actions: Actions = {
  preview: async (event) => {
    requireUser(event);
    return await submitForm(event.request, options, async (asked) => {
      const preview = await previewOf(event, asked);
      return preview ? { preview } : { isGone: true };
    });
  },
  change: async (event) => {
    requireUser(event);
    return await submitForm(event.request, options, async (asked) => ({ asked }));
  },
  confirm: async (event) => {
    requireUser(event);
    const id = idOf(event);
    return await submitForm(event.request, options, async (asked) => {
      await rerouteMessage(event.locals.ctx, { id, ...asked });
      redirect(303, `/meddelelser/${id}?gjort=reroute`);
    });
  },
};
