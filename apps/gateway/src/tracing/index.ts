/** Answers what a trace shows of requests and messages; loads nothing of OpenTelemetry unless the environment asks for it. */
import { TracingSettings } from "./settings.ts";

/** A span of one request, in the caller's trace where there is one. */
export type RequestSpan = {
  traceId: string;
  /** W3C header of this span. */
  traceparent: string;
  end: (of: { method: string; route: string; status: number }) => void;
};

/** A span of one attempt to deliver; its header goes with the delivery. */
export type AttemptSpan = {
  traceparent: string;
  end: (of: { outcome: string; errorType: string | undefined }) => void;
};

export type TakenInFacts = {
  interchangeId: string;
  startedAt: Date;
  format: string;
  sizeBytes: number;
  messageCount: number;
  /** The request by which it came. */
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
 * Spans of requests and messages. A message's trace has the id of its interchange, so every process knows it without asking, and
 * all attempts over all days are in it; each attempt is linked to the one before. Attributes are counts, codes and our own ids.
 */
export type Tracing = {
  startRequest: (of: { method: string; traceparent: string | undefined }) => RequestSpan;
  takenIn: (of: TakenInFacts) => void;
  startAttempt: (of: AttemptFacts) => AttemptSpan;
  /** Sends what is kept and ends. */
  stop: () => Promise<void>;
};

/**
 * Starts tracing when the standard environment variables of OpenTelemetry name a collector; undefined when they do not. Throws
 * with every fault of those variables in one text.
 */
export async function startTracing(
  env: NodeJS.ProcessEnv,
  onProblem: (message: string) => void,
): Promise<Tracing | undefined> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = TracingSettings.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The gateway cannot trace with these settings:\n${faults.join("\n")}`);
  }
  const settings = parsed.data;
  const isWanted =
    settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
    settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  if (!isWanted || settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === "none") return undefined;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry(settings, onProblem);
}
