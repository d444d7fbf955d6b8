import type { Finding } from "@sor/edi";
import type { Context } from "../context.ts";
import type { AcceptedInterchange, Part } from "../messages/index.ts";

export type Submission = {
  bytes: Uint8Array;
  /** Names the request, which makes it idempotent. */
  idempotencyKey?: string | undefined;
  /** The party in whose name the gateway gives receipts. */
  gatewayParty: string;
};

/** A submission whose envelope has been read. */
export type ReadSubmission = {
  ctx: Context;
  submission: Submission;
  findings: readonly Finding[];
  parts: readonly Part[];
};

/** A submission that is one interchange. */
export type WholeSubmission = Omit<ReadSubmission, "parts"> & { part: Part };

/**
 * One submission of a batch. `accepted` is set once it is stored with the batch; it stays undefined when the submission has to be
 * stored alone.
 */
export type BatchMember = WholeSubmission & {
  accepted: { interchange: AcceptedInterchange; hasWork: boolean } | undefined;
};
