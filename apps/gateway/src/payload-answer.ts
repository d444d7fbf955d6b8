import type { PayloadAnswer } from "@sor/core/messages";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv } from "./app-env.ts";

/** How the answer with a payload is described. */
export const payloadContent = {
  description: "The bytes, exactly as they came",
  content: { "application/EDIFACT": { schema: z.string().meta({ format: "binary" }) } },
  headers: {
    "Content-Digest": { schema: { type: "string" as const }, description: "SHA-256 (RFC 9530)" },
  },
};

/** Answers with bytes as they are stored: nothing may change, compress or keep them on the way. */
export function payloadAnswer(c: Context<AppEnv>, payload: PayloadAnswer): Response {
  return c.body(new Uint8Array(payload.bytes), 200, {
    "Content-Type": payload.contentType,
    "Content-Length": String(payload.bytes.byteLength),
    "Content-Digest": payload.contentDigest,
    "Content-Disposition": `attachment; filename="${payload.interchangeId}.edi"`,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, no-transform",
    "Sor-Interchange-Id": payload.interchangeId,
  });
}
