import {
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { attemptSpanOf, takenInSpanOf, traceOfInterchange } from "./message-ids.ts";
import type { TracingSettings } from "./settings.ts";
import type { AttemptFacts, AttemptSpan, RequestFacts, RequestSpan, TakenInFacts, Tracing } from "./spans.ts";

function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: TracingSettings): Sampler {
  const roots: Record<string, Sampler> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(ratio),
  };
  const root = roots[name.replace("parentbased_", "")] as Sampler;
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext) =>
  `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, "0")}`;

/** The context that a W3C traceparent header names; undefined when it is invalid. */
function contextOf(traceparent: string | undefined): SpanContext | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? "");
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  const found = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return trace.isSpanContextValid(found) ? found : undefined;
}

// Span ids of messages are derived from the message's ids; all others are random.
class GivenIds extends RandomIdGenerator {
  next: { traceId?: string; spanId: string } | undefined;
  override readonly generateTraceId = (): string => this.next?.traceId ?? this.#random.generateTraceId();
  override readonly generateSpanId = (): string => this.next?.spanId ?? this.#random.generateSpanId();
  readonly #random = new RandomIdGenerator();
}

/** What spans are made with. */
type Tools = { tracer: Tracer; sampler: Sampler; ids: GivenIds };

/** Tracing with OpenTelemetry's own library to a collector that speaks OTLP over HTTP. */
export function openTelemetry(settings: TracingSettings, onProblem: (message: string) => void): Tracing {
  const report = (message: string) => onProblem(message.slice(0, 500));
  const nothing = () => {};
  const logger = { error: report, warn: report, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = new GivenIds();
  const sampler = samplerOf(settings);
  const provider = providerOf(settings, sampler, ids);
  const tools = { tracer: provider.getTracer("sor-gateway"), sampler, ids };
  return {
    startRequest: (of) => startRequest(tools, of),
    takenIn: (of) => takenIn(tools, of),
    startAttempt: (of) => startAttempt(tools, of),
    stop: () => provider.shutdown(),
  };
}

function withIds<T>(ids: GivenIds, next: GivenIds["next"], start: () => T): T {
  ids.next = next;
  try {
    return start();
  } finally {
    ids.next = undefined;
  }
}

// The sampler decides by the trace id alone, so every process makes the same decision about a message.
function takenInContext(sampler: Sampler, interchangeId: string): { context: Context; own: SpanContext } {
  const traceId = traceOfInterchange(interchangeId);
  const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId, "receive", SpanKind.CONSUMER, {}, []);
  const traceFlags = decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const own = { traceId, spanId: takenInSpanOf(interchangeId), traceFlags, isRemote: true };
  return { context: trace.setSpanContext(ROOT_CONTEXT, own), own };
}

function startRequest({ tracer }: Tools, { method, traceparent }: RequestFacts): RequestSpan {
  const caller = contextOf(traceparent);
  const context = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
  const attributes = { "http.request.method": method };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, context);
  const own = span.spanContext();
  return {
    traceId: own.traceId,
    traceparent: traceparentOf(own),
    end: ({ route, status }) => {
      if (route) span.updateName(`${method} ${route}`);
      span.setAttributes({ ...(route && { "http.route": route }), "http.response.status_code": status });
      if (status >= 500) {
        span.setAttribute("error.type", String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

function takenIn({ tracer, ids }: Tools, of: TakenInFacts): void {
  const request = contextOf(of.requestTraceparent);
  const traceId = traceOfInterchange(of.interchangeId);
  const options = {
    kind: SpanKind.CONSUMER,
    startTime: of.startedAt,
    links: request ? [{ context: request }] : [],
    attributes: {
      ...messaging("receive", of.interchangeId, of.sizeBytes),
      "messaging.batch.message_count": of.messageCount,
      "sor.interchange.format": of.format,
    },
  };
  const next = { traceId, spanId: takenInSpanOf(of.interchangeId) };
  withIds(ids, next, () => tracer.startSpan("receive interchange", options, ROOT_CONTEXT)).end();
}

function startAttempt({ tracer, sampler, ids }: Tools, of: AttemptFacts): AttemptSpan {
  const { context, own } = takenInContext(sampler, of.interchangeId);
  const before = { ...own, spanId: attemptSpanOf(of.deliveryId, of.attempts) };
  const options = {
    kind: SpanKind.PRODUCER,
    links: of.attempts > 0 ? [{ context: before, attributes: { "sor.link": "attempt before" } }] : [],
    attributes: {
      ...messaging("send", of.interchangeId, of.sizeBytes),
      "messaging.destination.name": of.transport,
      "sor.delivery.id": of.deliveryId,
      "sor.delivery.attempt": of.attempts + 1,
    },
  };
  const next = { spanId: attemptSpanOf(of.deliveryId, of.attempts + 1) };
  const span = withIds(ids, next, () => tracer.startSpan(`send ${of.transport}`, options, context));
  return {
    traceparent: traceparentOf(span.spanContext()),
    end: ({ outcome, errorType }) => {
      span.setAttribute("sor.delivery.outcome", outcome);
      if (errorType !== undefined) {
        span.setAttribute("error.type", errorType);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}

const messaging = (operation: "receive" | "send", interchangeId: string, sizeBytes: number) => ({
  "messaging.system": "sor",
  "messaging.operation.name": operation,
  "messaging.operation.type": operation,
  "messaging.message.id": interchangeId,
  "messaging.message.body.size": sizeBytes,
});

function providerOf(settings: TracingSettings, sampler: Sampler, idGenerator: GivenIds): TracerProvider {
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector];
  const resource = defaultResource()
    .merge(resourceFromAttributes({ "service.name": "sor-gateway" }))
    .merge(detectResources({ detectors }));
  const protocol = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  const exporter = protocol === "http/json" ? new JsonExporter() : new ProtobufExporter();
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
    exportTimeoutMillis: settings.OTEL_BSP_EXPORT_TIMEOUT,
    maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: Math.min(settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, settings.OTEL_BSP_MAX_QUEUE_SIZE),
  });
  return new TracerProvider({ resource, sampler, idGenerator, spanProcessors: [processor] });
}
