/** What is removed by time, each by a rule of its own. */
export const pruneKinds = ["payloads", "messages", "references", "idempotency-keys"] as const;
export type PruneKind = (typeof pruneKinds)[number];

/** How many days each kind is kept. The journal is not among them: its hash chain is kept whole. */
export type Retention = Readonly<Record<PruneKind, number>>;

/** 90 days of content, 13 months of metadata, 90 days of duplicates' ids at least, 7 days of Idempotency-Keys. */
export const defaultRetention: Retention = {
  payloads: 90,
  messages: 396,
  references: 396,
  "idempotency-keys": 7,
};

const day = 86_400_000;

/** Everything of a kind that is older than this is due. */
export function dueBefore(kind: PruneKind, retention: Retention, now: Date): Date {
  return new Date(now.getTime() - retention[kind] * day);
}

/** What is wrong with the settings; an operator's text, undefined when nothing is. */
export function retentionFault(retention: Retention): string | undefined {
  if (retention.references < 90)
    return "Ids of duplicates are kept for 90 days at least (RETENTION_REFERENCE_DAYS).";
  if (retention.messages < retention.payloads)
    return "Messages are kept at least as long as their content (RETENTION_MESSAGE_DAYS).";
  if (retention["idempotency-keys"] < 7)
    return "Idempotency-Keys are kept for 7 days at least (RETENTION_KEY_DAYS).";
  if (retention.payloads < 7)
    return "Content is kept for 7 days at least: letters are tried for 5 (RETENTION_PAYLOAD_DAYS).";
  return undefined;
}
