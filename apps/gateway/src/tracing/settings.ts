import { z } from "zod";

const protocol = z.enum(["http/protobuf", "http/json"], "only http/protobuf and http/json are spoken");
const count = z.coerce.number().int().min(1).max(1_000_000);
const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/**
 * The OpenTelemetry variables read here (specification, "Environment Variable Specification"). The exporter and the resource
 * read theirs themselves: endpoints, headers, timeout, compression, certificates, service name, attributes.
 */
export const TracingSettings = z.object({
  OTEL_SDK_DISABLED: z
    .string()
    .transform((text) => text.trim().toLowerCase() === "true")
    .default(false),
  OTEL_TRACES_EXPORTER: z.enum(["otlp", "none"], "only otlp and none are known").default("otlp"),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.default("http/protobuf"),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_TRACES_SAMPLER: z.enum(samplers).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_BSP_SCHEDULE_DELAY: count.default(5000),
  OTEL_BSP_EXPORT_TIMEOUT: count.default(30_000),
  OTEL_BSP_MAX_QUEUE_SIZE: count.default(2048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count.default(512),
});
export type TracingSettings = z.infer<typeof TracingSettings>;
