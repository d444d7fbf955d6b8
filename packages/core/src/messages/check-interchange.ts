import { type Envelope, type InterchangeEnvelope, isReceipt } from "@sor/edi";
import type { Context } from "../context.ts";
import { decideDuplicates } from "./duplicates.ts";
import { loadParties, loadReceivedTypes, routeMessage } from "./find-routes.ts";
import { findBroken } from "./plan-acceptance.ts";
import { withReceiptMessage } from "./read-single-envelope.ts";
import type { InterchangeReport } from "./schemas.ts";
import { envelopeKey, findSeen } from "./seen-references.ts";

const findingsMax = 1000;

const severalEnvelopes = ({ range }: Pick<InterchangeEnvelope, "range">) => ({
  code: "several-envelopes",
  severity: "error" as const,
  at: { interchange: 2, offset: range.start },
  textDa: "Her begynder den anden kuvert; send dem en ad gangen.",
  textEn: "Here the second envelope begins; send them one by one.",
});

/**
 * What sending this would come to: every finding, and what would become of each message: its route or MedCom's reason why
 * none, and whether it has been seen before. Stores nothing, and never throws for what is in the bytes. `asSent` is the same
 * read as when it is sent, which looks at less: what it finds is what would be refused.
 */
export async function checkInterchange(
  ctx: Context,
  input: { read: Envelope | undefined; asSent?: Envelope | undefined },
): Promise<InterchangeReport> {
  const { interchanges = [], findings = [] } = input.read ?? {};
  const [first, second] = interchanges;
  const list = findings.slice(0, findingsMax).map((entry) => ({ ...entry }));
  if (!first || second) {
    return {
      isAcceptable: false,
      format: first?.form ?? null,
      sender: null,
      receiver: null,
      controlReference: null,
      messages: [],
      findings: second ? [severalEnvelopes(second), ...list] : list,
    };
  }
  const envelope = withReceiptMessage(first);
  const { sender, receiver } = envelope;
  const side = {
    party: receiver,
    facts: (await loadParties(ctx.db, [receiver.id], ctx.now))(receiver.id),
    receives: await loadReceivedTypes(ctx.db, receiver.id, ctx.now),
  };
  const broken = findBroken(input.asSent?.findings ?? findings, envelope.messages.length);
  const seen = await findSeen(
    ctx.db,
    { sender: sender.id, receiver: receiver.id },
    {
      envelope: envelopeKey(envelope),
      messages: envelope.messages.map(({ reference, code }) => ({ reference, letter: code ?? "" })),
    },
  );
  const cases = decideDuplicates(
    seen.envelope ? "seen" : "new",
    envelope.messages.map(({ reference }) => {
      if (seen.messages.has(reference)) return "seen";
      return seen.otherLetters.has(reference) ? "other-letter" : "new";
    }),
  );
  const messages = envelope.messages.map((message, index) => {
    const route = routeMessage(message, side);
    return {
      position: index + 1,
      reference: message.reference,
      messageType: message.type?.code ?? message.code ?? null,
      version: message.type?.version ?? message.version ?? null,
      isReceipt: isReceipt(message),
      duplicate: cases[index] ?? "new",
      isBroken: broken.has(index),
      route: route.found
        ? { found: true as const, transport: route.transport, isPaused: route.isPaused }
        : route,
    };
  });
  const isSound = findings.every((entry) => entry.severity !== "error" || entry.at.isCarried);
  const isUsed = messages.some(({ duplicate }) => duplicate === "envelope-reused");
  return {
    isAcceptable: isSound && !isUsed && messages.length > 0 && messages.every(({ route }) => route.found),
    format: envelope.form,
    sender: sender.id,
    receiver: receiver.id,
    controlReference: envelope.reference,
    messages,
    findings: list,
  };
}
