import { Uuid } from "@sor/core/identifiers";
import {
  getInterchange,
  getMessage,
  listAttempts,
  listMessageEvents,
  listReceipts,
} from "@sor/core/messages";
import { nameGlns } from "@sor/core/organisations";
import { listSteps, messageSteps, nameEndpoint } from "@sor/core/steering";
import { adviceText, connectionText, reasonText, stateMark, stepWords } from "#lib/message-words.ts";
import { requireUser } from "#lib/server/guards.ts";
import { timelineOf } from "#lib/server/message-timeline.ts";
import { endpointNames, partyOf } from "#lib/server/message-views.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { PageServerLoad } from "./$types";

const said = [...messageSteps, "asked"] as const;

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const id = readParam(Uuid, event.params.id);
  const message = await getMessage(ctx, { id });
  const [interchange, events, attempts, steps, receipts] = await Promise.all([
    getInterchange(ctx, { id: message.interchangeId }),
    listMessageEvents(ctx, { id }),
    listAttempts(ctx, { id }),
    listSteps(ctx, { id }),
    listReceipts(ctx, { id: message.interchangeId }),
  ]);
  const passed = events.map(({ detail }) => detail?.endpointId);
  const endpoints = await endpointNames(ctx, [
    message.delivery?.endpointId,
    ...passed.map((each) => each?.toString()),
  ]);
  const names = await nameGlns(ctx, { glns: [message.sender, message.receiver] });
  const [sender, receiver] = [partyOf(message.sender, names), partyOf(message.receiver, names)];
  const { delivery } = message;
  const endpointId = delivery?.endpointId ?? null;
  const place = endpointId === null ? undefined : await nameEndpoint(ctx, { id: endpointId });
  return {
    message: shownMessage(message),
    sender,
    receiver,
    way: delivery && {
      name: delivery.endpointId ? (endpoints.get(delivery.endpointId) ?? null) : null,
      href: place?.isReadable ? `/endepunkter/${endpointId}/tilstand` : null,
      isPaused: place?.condition === "paused",
      transport: delivery.transport,
      behindMessageId: delivery.behindMessageId,
      nextAttemptAt: delivery.nextAttemptAt ? new Date(delivery.nextAttemptAt) : null,
      giveUpAt: delivery.doneAt ? null : new Date(delivery.giveUpAt),
    },
    envelope: {
      id: interchange.id,
      reference: interchange.controlReference,
      format: interchange.format,
      sizeBytes: interchange.sizeBytes,
    },
    origin: message.originId && { id: message.originId, isMessage: interchange.kind === "resent" },
    timeline: timelineOf(events, attempts, {
      sender: sender.name ?? sender.id,
      receiver: receiver.name ?? receiver.id,
      endpoints,
    }),
    attempts: attempts.map(({ startedAt, error, ...attempt }) => ({
      ...attempt,
      startedAt: new Date(startedAt),
      error: error && connectionText(error),
    })),
    receipts: receipts.map(shownReceipt),
    steps: steps.map((step) => ({ step, ...stepWords(step) })),
    said: saidOf(event.url),
  };
};

function shownMessage(message: Awaited<ReturnType<typeof getMessage>>) {
  const { id, messageType, version, reference, position, state, isTest, reason } = message;
  return {
    ...{ id, messageType, version, reference, position, state, isTest },
    mark: stateMark(state),
    since: new Date(message.stateSince),
    receivedAt: new Date(message.receivedAt),
    isReceiptAsked: message.acknowledgementRequested,
    why: reason && { text: reasonText(reason), advice: adviceText(reason), code: reason },
  };
}

function shownReceipt(receipt: Awaited<ReturnType<typeof listReceipts>>[number]) {
  return {
    id: receipt.id,
    receivedAt: new Date(receipt.receivedAt),
    reference: receipt.controlReference,
    messages: receipt.messages.map(({ id, messageType, state }) => ({
      id,
      messageType,
      mark: stateMark(state),
    })),
  };
}

function saidOf(url: URL): string | null {
  const step = said.find((each) => url.searchParams.get("gjort") === each);
  if (step === undefined) return null;
  return step === "asked" ? m.messages_done_asked() : stepWords(step).done;
}
