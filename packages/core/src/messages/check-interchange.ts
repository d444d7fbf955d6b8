import { readEnvelope } from "@sor/edi";
import type { Context } from "../context.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "./find-routes.ts";
import type { InterchangeReport } from "./schemas.ts";

/** What sending these bytes would come to: findings and routes. Stores nothing, never throws for what is in the bytes. */
export async function checkInterchange(ctx: Context, bytes: Uint8Array): Promise<InterchangeReport> {
  const { interchanges, findings } = readEnvelope(bytes);
  const [envelope] = interchanges;
  const list = findings.slice(0, 200).map((entry) => ({ ...entry }));
  if (!envelope || interchanges.length > 1) {
    return {
      isAcceptable: false,
      format: envelope?.form ?? null,
      sender: null,
      receiver: null,
      controlReference: null,
      messages: [],
      findings: list,
    };
  }
  const { receiver } = envelope;
  const side = {
    party: receiver,
    facts: (await loadParties(ctx.db, [receiver.id], ctx.now))(receiver.id),
    receives: await loadReceivedTypes(ctx.db, receiver.id, ctx.now),
  };
  const messages = envelope.messages.map((message, index) => {
    const route = routeMessage(message, side);
    return {
      position: index + 1,
      reference: message.reference,
      messageType: message.code ?? null,
      version: message.version ?? null,
      route: route.found
        ? { found: true as const, transport: route.transport, isPaused: route.isPaused }
        : route,
    };
  });
  const isSound = findings.every((entry) => entry.severity !== "error");
  return {
    isAcceptable: isSound && messages.length > 0 && messages.every(({ route }) => route.found),
    format: envelope.form,
    sender: envelope.sender.id,
    receiver: receiver.id,
    controlReference: envelope.reference,
    messages,
    findings: list,
  };
}
