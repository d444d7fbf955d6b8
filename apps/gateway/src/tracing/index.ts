/** Answers what a trace shows of requests and messages; OpenTelemetry is loaded only when the environment asks for it. */
import { englishOf } from "@sor/core";
import { TracingSettings } from "./settings.ts";
import type { Tracing } from "./spans.ts";

export type { Tracing } from "./spans.ts";

/**
 * Starts tracing when the standard environment variables of OpenTelemetry name a collector; undefined when they do not. Throws
 * one error that lists every fault of those variables.
 */
export async function startTracing(
  env: NodeJS.ProcessEnv,
  onProblem: (message: string) => void,
): Promise<Tracing | undefined> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = TracingSettings.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  ${issue.path.join(".")}: ${englishOf(issue.message)}`,
    );
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
