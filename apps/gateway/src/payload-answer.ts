import type { OpenPayload } from "@sor/core/messages";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv } from "./app-env.ts";

/** How the answer with a payload is described. */
export const payloadContent = {
  description: "The bytes, exactly as they came",
  content: {
    "application/EDIFACT": { schema: z.string().meta({ format: "binary" }) },
    "application/xml": { schema: z.string().meta({ format: "binary" }) },
    "application/fhir+json": { schema: z.string().meta({ format: "binary" }) },
    "application/fhir+xml": { schema: z.string().meta({ format: "binary" }) },
  },
  headers: {
    "Content-Digest": { schema: { type: "string" as const }, description: "SHA-256 (RFC 9530)" },
  },
};

/** Answers with bytes as they are stored, part by part: nothing may change, compress or keep them on the way. */
export async function payloadAnswer(c: Context<AppEnv>, payload: OpenPayload): Promise<Response> {
  const parts = payload.parts()[Symbol.asyncIterator]();
  // What is not kept any more is told before the answer begins.
  const first = await parts.next();
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (!first.done) controller.enqueue(first.value);
      },
      pull: async (controller) => {
        const next = await parts.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => {
        await parts.return?.();
      },
    },
    { highWaterMark: 1 },
  );
  return c.body(body, 200, {
    "Content-Type": payload.contentType,
    "Content-Length": String(payload.sizeBytes),
    "Content-Digest": payload.contentDigest,
    "Content-Disposition": `attachment; filename="${payload.interchangeId}.${suffixOf(payload.contentType)}"`,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, no-transform",
    "Sor-Interchange-Id": payload.interchangeId,
  });
}

function suffixOf(contentType: string): string {
  if (contentType.startsWith("application/EDIFACT")) return "edi";
  return contentType.includes("json") ? "json" : "xml";
}
