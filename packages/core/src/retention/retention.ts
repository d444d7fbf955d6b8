/** What is removed after a time, each kind by its own rule. */
export const pruneKinds = ["payloads", "messages", "references", "idempotency-keys"] as const;
export type PruneKind = (typeof pruneKinds)[number];

/** How many days each kind is kept. The journal is never pruned: its hash chain is kept whole. */
export type Retention = Readonly<Record<PruneKind, number>>;

/** 90 days of content, 13 months of metadata, at least 90 days of ids for duplicate detection, 7 days of Idempotency-Keys. */
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

/** The error in the settings, as a text for operators; undefined when there is none. */
export function retentionFault(retention: Retention): string | undefined {
  if (retention.references < 90)
    return "Ids of duplicates are kept for 90 days at least (RETENTION_REFERENCE_DAYS).";
  if (retention.messages < retention.payloads)
    return "Messages are kept at least as long as their content (RETENTION_MESSAGE_DAYS).";
  if (retention["idempotency-keys"] < 7)
    return "Idempotency-Keys are kept for 7 days at least (RETENTION_KEY_DAYS).";
  if (retention.payloads < 7)
    return "Content is kept for 7 days at least: messages are tried for 5 (RETENTION_PAYLOAD_DAYS).";
  return undefined;
}

/** Name of the setting for each kind. */
const retentionSettings: Readonly<Record<PruneKind, string>> = {
  payloads: "RETENTION_PAYLOAD_DAYS",
  messages: "RETENTION_MESSAGE_DAYS",
  references: "RETENTION_REFERENCE_DAYS",
  "idempotency-keys": "RETENTION_KEY_DAYS",
};

/** How long each kind is kept by these settings, with defaults. Throws unless a setting is a whole number of days. */
export function retentionIn(environment: NodeJS.ProcessEnv): Retention {
  const daysOf = (kind: PruneKind) => {
    const text = environment[retentionSettings[kind]];
    if (!text) return defaultRetention[kind];
    const days = Number(text);
    if (!Number.isInteger(days) || days < 1 || days > 36_500) {
      throw new Error(`${retentionSettings[kind]} must be a whole number of days from 1 to 36500.`);
    }
    return days;
  };
  return {
    payloads: daysOf("payloads"),
    messages: daysOf("messages"),
    references: daysOf("references"),
    "idempotency-keys": daysOf("idempotency-keys"),
  };
}
