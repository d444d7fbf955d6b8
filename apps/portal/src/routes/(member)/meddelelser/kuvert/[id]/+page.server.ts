import { Uuid } from "@sor/core/identifiers";
import { getInterchange, type InterchangeView, listReceipts } from "@sor/core/messages";
import { nameGlns } from "@sor/core/organisations";
import { requireUser } from "#lib/server/guards.ts";
import { linesOf, partyOf } from "#lib/server/message-views.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { PageServerLoad } from "./$types";

function kindText(kind: InterchangeView["kind"]): string {
  const texts = {
    received: m.messages_envelope_kind_received,
    receipt: m.messages_envelope_kind_receipt,
    "repeated-receipt": m.messages_envelope_kind_repeated,
    resent: m.messages_envelope_kind_resent,
  } satisfies Record<InterchangeView["kind"], () => string>;
  return texts[kind]();
}

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const id = readParam(Uuid, event.params.id);
  const envelope = await getInterchange(ctx, { id });
  const receipts = await listReceipts(ctx, { id });
  const names = await nameGlns(ctx, { glns: [envelope.sender, envelope.receiver] });
  return {
    envelope: {
      reference: envelope.controlReference,
      kind: kindText(envelope.kind),
      format: envelope.format,
      sizeBytes: envelope.sizeBytes,
      receivedAt: new Date(envelope.receivedAt),
      originId: envelope.originId,
      isTest: envelope.isTest,
    },
    sender: partyOf(envelope.sender, names),
    receiver: partyOf(envelope.receiver, names),
    messages: await linesOf(ctx, envelope.messages),
    receipts: await linesOf(
      ctx,
      receipts.flatMap(({ messages }) => messages),
    ),
  };
};
