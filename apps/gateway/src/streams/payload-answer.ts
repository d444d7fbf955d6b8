import type { Context as CoreContext } from "@sor/core";
import { type OpenPayload, partBytes } from "@sor/core/messages";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv, Deps } from "../app-env.ts";
import { takePlace } from "../http/bounded.ts";
import { endingBody } from "../http/ending-body.ts";
import { holdRight } from "./standing-right.ts";

/** The documented answer with a payload. */
export const payloadContent = {
  description: "The bytes, exactly as received",
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

type Opening = {
  open: (ctx: CoreContext) => Promise<OpenPayload>;
  /** Throws if the key lacks the permission; checked again every few seconds during the download. */
  require: (ctx: CoreContext) => Promise<unknown>;
};

/**
 * Streams stored bytes part by part, unchanged, uncompressed and uncached. Ends when the permission ends, and when the client
 * stalls for longer than the timeout of a part.
 */
export async function payloadAnswer(c: Context<AppEnv>, deps: Deps, opening: Opening): Promise<Response> {
  const place = takePlace(c, deps, "downloads");
  if ("refused" in place) return place.refused;
  let isHeld = false;
  try {
    const payload = await opening.open(c.var.ctx);
    const parts = payload.parts()[Symbol.asyncIterator]();
    // Content that is no longer stored is reported before the answer begins.
    const first = await parts.next();
    if (c.req.method === "HEAD") return c.body(null, 200, headersOf(payload));
    const right = holdRight(c, deps, opening.require);
    const still = new AbortController();
    const signal = AbortSignal.any([right.ended, still.signal]);
    const pieces = watched(first.done ? undefined : first.value, parts, () =>
      standstill(deps, still, partBytes),
    );
    const ended = () => {
      right.release();
      place.held.giveBack();
    };
    const body = endingBody(c, pieces, { signal, ended, isCutOff: true });
    isHeld = true;
    return c.body(body, 200, headersOf(payload));
  } finally {
    if (!isHeld) place.held.giveBack();
  }
}

const headersOf = (payload: OpenPayload) => ({
  "Content-Type": payload.contentType,
  "Content-Length": String(payload.sizeBytes),
  "Content-Digest": payload.contentDigest,
  "Content-Disposition": `attachment; filename="${payload.interchangeId}.${suffixOf(payload.contentType)}"`,
  "Cache-Control": "no-store, no-transform",
  "Sor-Interchange-Id": payload.interchangeId,
});

/** Aborts when a client has not taken a part of a body in the time that the slowest allowed client needs. */
export function standstill({ config }: Deps, still: AbortController, bytes: number): NodeJS.Timeout {
  const partSeconds = bytes / (config.BODY_KILOBYTES_PER_SECOND_MIN * 1000);
  return setTimeout(() => still.abort(), (config.BODY_GRACE_SECONDS + partSeconds) * 1000).unref();
}

/** The parts of a body; a timer runs from sending a part to the request for the next. */
export async function* watched(
  first: Uint8Array | undefined,
  rest: AsyncIterator<Uint8Array>,
  start: () => NodeJS.Timeout,
): AsyncGenerator<Uint8Array> {
  try {
    for (let part = first; part; ) {
      const timer = start();
      try {
        yield part;
      } finally {
        clearTimeout(timer);
      }
      const next = await rest.next();
      part = next.done ? undefined : next.value;
    }
  } finally {
    await rest.return?.();
  }
}

function suffixOf(contentType: string): string {
  if (contentType.startsWith("application/EDIFACT")) return "edi";
  return contentType.includes("json") ? "json" : "xml";
}
