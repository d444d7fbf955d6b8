import type { Config } from "../config.ts";

/** Headers of every answer: no content sniffing, and clients that use https keep using it (RFC 6797). */
export function securityHeaders(
  config: Pick<Config, "PUBLIC_GATEWAY_URL">,
): Readonly<Record<string, string>> {
  const isHttps = config.PUBLIC_GATEWAY_URL?.startsWith("https:") ?? false;
  return {
    "X-Content-Type-Options": "nosniff",
    ...(isHttps && { "Strict-Transport-Security": "max-age=31536000" }),
  };
}
