import { charsetOf } from "../charset.ts";
import type { Envelope } from "../envelope.ts";
import { tagAt, tags } from "./bytes.ts";
import { finishedInterchange, finishedMessage, openInterchange, openMessage } from "./headers.ts";
import { byteClasses, defaultSeparators, readUna } from "./separators.ts";
import { SegmentTokens } from "./tokens.ts";

// Shared by all calls: they are synchronous, and it drops its reference to the input afterwards.
const tokens = new SegmentTokens(charsetOf("UNOC"));
const classes = byteClasses(defaultSeparators, charsetOf("UNOC"), "drop");
const elementsMax = 64;
const lengthMax = 512;

/**
 * Fast path: reads UNB and the first UNH only, if they have the usual form of MedCom's messages: default separators, UNOC,
 * syntax below 4, a message directly after UNB and no group. Returns undefined for anything else, which needs the full reader.
 */
export function readEdifactHeader(bytes: Uint8Array): Envelope | undefined {
  tokens.use(charsetOf("UNOC"), classes, defaultSeparators);
  const envelope = readUsual(bytes);
  tokens.release();
  return envelope;
}

function readUsual(bytes: Uint8Array): Envelope | undefined {
  const hasUna = tagAt(bytes, 0) === tags.UNA;
  if (hasUna && readUna(bytes, 3) !== defaultSeparators) return undefined;
  const headerStart = hasUna ? afterBreaks(bytes, 9) : 0;
  const headerEnd = splitSegment(bytes, headerStart, tags.UNB);
  if (headerEnd < 0) return undefined;
  const open = openInterchange(tokens, 0, 0, headerEnd + 1, defaultSeparators);
  const isUsual =
    open.syntaxId === "UNOC" &&
    open.syntaxVersion >= 1 &&
    open.syntaxVersion < 4 &&
    open.preparedAt !== undefined;
  if (!isUsual || open.reference === "" || open.sender.id === "" || open.receiver.id === "") return undefined;
  const messageStart = afterBreaks(bytes, headerEnd + 1);
  if (splitSegment(bytes, messageStart, tags.UNH) < 0) return undefined;
  const message = finishedMessage(openMessage(tokens, messageStart, -1), open, bytes.length);
  if (message.reference === "" || !message.type) return undefined;
  open.messages.push(message);
  return { interchanges: [finishedInterchange(open, bytes.length)], findings: [] };
}

function afterBreaks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at++;
  return at;
}

/** Splits the segment at a position if it has this tag and nothing unusual in it; returns its end, -1 otherwise. */
function splitSegment(bytes: Uint8Array, start: number, tag: number): number {
  if (tagAt(bytes, start) !== tag || bytes[start + 3] !== defaultSeparators.element) return -1;
  const end = tokens.split(bytes, start, lengthMax, elementsMax);
  return tokens.hasNotes ? -1 : end;
}
