import type { Config } from "./config.ts";

/** What every answer carries: no browser guesses at a content type, and where clients come by https they keep to it (RFC 6797). */
export function securityHeaders(
  config: Pick<Config, "PUBLIC_GATEWAY_URL">,
): Readonly<Record<string, string>> {
  const isHttps = config.PUBLIC_GATEWAY_URL?.startsWith("https:") ?? false;
  return {
    "X-Content-Type-Options": "nosniff",
    ...(isHttps && { "Strict-Transport-Security": "max-age=31536000" }),
  };
}
