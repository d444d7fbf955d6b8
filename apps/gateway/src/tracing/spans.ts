/** A span of one request, in the caller's trace where there is one. */
export type RequestSpan = {
  traceId: string;
  /** W3C header of this span. */
  traceparent: string;
  end: (of: { method: string; route: string; status: number }) => void;
};

/** A span of one delivery attempt; its header is sent with the delivery. */
export type AttemptSpan = {
  traceparent: string;
  end: (of: { outcome: string; errorType: string | undefined }) => void;
};

export type RequestFacts = { method: string; traceparent: string | undefined };
export type TakenInFacts = {
  interchangeId: string;
  startedAt: Date;
  format: string;
  sizeBytes: number;
  messageCount: number;
  /** The request that submitted it. */
  requestTraceparent: string | undefined;
};
export type AttemptFacts = {
  interchangeId: string;
  deliveryId: string;
  /** Attempts before this one. */
  attempts: number;
  transport: string;
  sizeBytes: number;
};

/**
 * Spans of requests and messages. A message's trace has the id of its interchange, so that every process can derive it, and it
 * contains all attempts over all days; each attempt links to the one before. Attributes are counts, codes and our own ids.
 */
export type Tracing = {
  startRequest: (of: RequestFacts) => RequestSpan;
  takenIn: (of: TakenInFacts) => void;
  startAttempt: (of: AttemptFacts) => AttemptSpan;
  /** Flushes the buffered spans and ends. */
  stop: () => Promise<void>;
};
