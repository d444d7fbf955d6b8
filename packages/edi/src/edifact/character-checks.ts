import type { Charset } from "../charset.ts";
import type { FindingCode } from "../finding-texts.ts";
import type { SegmentTokens } from "./tokens.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const windows1252 = new TextDecoder("windows-1252");

/** Reports what the tokenizer noticed about a segment's characters: outside the repertoire, wrapped, wrongly released. */
export function checkCharacters(
  tokens: SegmentTokens,
  charset: Charset,
  report: (code: FindingCode, at: number) => void,
): void {
  if (tokens.utf8LeadAt >= 0 || tokens.foreignAt >= 0) checkRepertoire(tokens, charset, report);
  if (tokens.lineBreakAt >= 0) report("line-break-in-data", tokens.lineBreakAt);
  if (tokens.releaseAtBreakAt >= 0) report("release-at-line-break", tokens.releaseAtBreakAt);
}

function checkRepertoire(
  tokens: SegmentTokens,
  charset: Charset,
  report: (code: FindingCode, at: number) => void,
) {
  const highAt = firstHigh(tokens);
  if (highAt >= 0 && charset.singleByte && isUtf8(tokens)) {
    report("utf8-as-latin1", highAt);
    return;
  }
  if (tokens.foreignAt < 0) return;
  const byte = tokens.bytes[tokens.foreignAt] as number;
  const isWindows =
    charset.id === "UNOC" && byte >= 0x80 && windows1252.decode(Uint8Array.of(byte)).charCodeAt(0) > 0x9f;
  report(isWindows ? "windows-1252" : "invalid-character", tokens.foreignAt);
}

function firstHigh(tokens: SegmentTokens): number {
  for (let at = tokens.start; at < tokens.end; at++) if ((tokens.bytes[at] as number) >= 0x80) return at;
  return -1;
}

function isUtf8(tokens: SegmentTokens): boolean {
  try {
    strictUtf8.decode(tokens.bytes.subarray(tokens.start, tokens.end));
    return true;
  } catch (error) {
    // A fatal decoder throws a TypeError if the bytes are not UTF-8; any other error is unexpected.
    if (error instanceof TypeError) return false;
    throw error;
  }
}
