import type { Envelope } from "@sor/edi";
import { loadSuppliers, type SupplierOf } from "../acceptance/index.ts";
import { type Context, changeUnjournalled } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import type { AcceptedInterchange } from "../messages/index.ts";
import {
  type Content,
  contentOf,
  idsOfParties,
  nameOf,
  type Part,
  partsOf,
  readSingleEnvelope,
  requireSingle,
  type SingleEnvelope,
} from "../messages/index.ts";
import { findEarlierAnswer, keepAnswer } from "../requests/index.ts";
import { acceptTogether } from "./accept-batch.ts";
import { findForbidden, forbiddenFindings, senderSubject } from "./judge-submission.ts";
import { takeIn } from "./store-submission.ts";
import type { Submission } from "./submission.ts";

export type Acceptance = {
  interchange: AcceptedInterchange;
  isReplay: boolean;
  /** Whether workers may have something to send now; mailboxes are polled by their owners. */
  hasWork: boolean;
  /** Types of the receipts that were sent again, for messages that were seen before. */
  repeatedReceipts: readonly string[];
};

/**
 * Accepts a submission: bytes, envelope, messages and first events are committed when this resolves. Throws `invalid` when no
 * sender can be identified, `not-allowed` (fault `sender-not-allowed`, with the place) when the actor may not send for one of its
 * senders, `conflict` when an envelope id is reused.
 */
export async function acceptInterchange(ctx: Context, submission: Submission): Promise<Acceptance> {
  const single = readSingleEnvelope(submission.bytes);
  const parts = partsOf(single);
  const together = await acceptTogether({ ctx, submission, findings: single.findings, parts });
  if (together) return { ...together, isReplay: false, repeatedReceipts: [] };
  return await acceptAlone(ctx, submission, { ...single, parts, content: contentOf(submission.bytes) });
}

/** A submission too large for memory: its content is stored elsewhere, and its envelope was read from the stream. */
export type LargeSubmission = Omit<Submission, "bytes"> & {
  content: Content;
  /** Undefined where no envelope was found. */
  read: Envelope | undefined;
};

/** Accepts a large submission, as `acceptInterchange` does a small one. */
export async function acceptLarge(ctx: Context, submission: LargeSubmission): Promise<Acceptance> {
  const { content, read } = submission;
  const single = requireSingle(read ?? { interchanges: [], findings: [] });
  return await acceptAlone(ctx, submission, { ...single, parts: partsOf(single), content });
}

async function acceptAlone(
  ctx: Context,
  { gatewayParty, idempotencyKey: key }: Pick<Submission, "gatewayParty" | "idempotencyKey">,
  read: SingleEnvelope & { content: Content; parts: readonly Part[] },
): Promise<Acceptance> {
  const { parts, content } = read;
  let supplierOf: SupplierOf = () => null;
  let forbidden: readonly Part[] = [];
  const subject = async (tx: Transaction) => {
    supplierOf = await loadSuppliers(tx, idsOfParties(parts), ctx.now);
    forbidden = findForbidden(ctx, parts, supplierOf);
    return senderSubject(supplierOf, (forbidden[0] ?? parts[0] ?? { envelope: read.envelope }).envelope);
  };
  const refusal = () => ({ fault: "sender-not-allowed", findings: forbiddenFindings(forbidden) });
  return await changeUnjournalled<Acceptance>(
    ctx,
    { action: "interchange.send", subject, refusal },
    async (tx) => {
      const request = key === undefined ? undefined : { key, payloadName: nameOf(content) };
      const earlier = request && (await findEarlierAnswer(tx, ctx.actor, request));
      if (earlier) {
        return { interchange: earlier, isReplay: true, hasWork: false, repeatedReceipts: [] };
      }
      const { interchange, repeatedReceipts } = await takeIn(tx, { ...read, ctx, gatewayParty, supplierOf });
      if (request) await keepAnswer(tx, ctx.actor, request, interchange, ctx.now);
      return { interchange, isReplay: false, hasWork: true, repeatedReceipts };
    },
  );
}
