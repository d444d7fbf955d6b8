import { EdifactReader, type MessageEnvelope, readEnvelope, recognise, segmentOf } from "@sor/edi";
import type { Context } from "../context.ts";
import { readInterchangePayload, requireVisibleMessage } from "../messages/index.ts";
import { maskElements, maskJson, maskXml } from "./mask-content.ts";

/** One message's content for people: one EDIFACT segment per line, otherwise the original text. */
export type ShownContent = { text: string; isMasked: boolean; isCut: boolean };

/** How much of a long message is shown. */
const bytesShownMax = 256 * 1024;

/**
 * The content of one message for people, masked by default. Who read it and why is journalled before it is returned. Throws
 * `not-found` when it does not exist or is another's.
 */
export async function showMessageContent(
  ctx: Context,
  input: { id: string; reason: string; isMasked: boolean },
): Promise<ShownContent> {
  const { isMasked } = input;
  const row = await requireVisibleMessage(ctx, input.id);
  const comment = `${isMasked ? "masked" : "in clear"}: ${input.reason}`;
  const { bytes } = await readInterchangePayload(ctx, { id: row.interchangeId, comment });
  const envelope = readEnvelope(bytes).interchanges[0];
  const message = envelope?.messages[row.position - 1];
  if (envelope?.form === "EDIFACT" && message) return showEdifact(bytes, message, isMasked);
  return showText(bytes, isMasked);
}

function showEdifact(bytes: Uint8Array, { range }: MessageEnvelope, isMasked: boolean): ShownContent {
  const end = Math.min(range.end, range.start + bytesShownMax);
  const lines: string[] = [];
  const reader = new EdifactReader({
    segment: (tokens, place) => {
      if (place.start < range.start || place.end > end) return;
      const { tag, elements } = segmentOf(tokens);
      const shown = isMasked ? maskElements(tag, elements) : elements;
      lines.push([tag, ...shown.map((components) => components.join(":"))].join("+"));
    },
  });
  reader.push(bytes.subarray(0, end));
  reader.end();
  return { text: lines.join("\n"), isMasked, isCut: end < range.end };
}

function showText(bytes: Uint8Array, isMasked: boolean): ShownContent {
  const { notation, encoding } = recognise(bytes);
  const isCut = bytes.byteLength > bytesShownMax;
  const text = new TextDecoder(encoding ?? "utf-8").decode(bytes.subarray(0, bytesShownMax));
  const mask = notation === "JSON" ? maskJson : maskXml;
  return { text: isMasked ? mask(text) : text, isMasked, isCut };
}
