import { charsetOf } from "../charset.ts";
import type { ByteRange, InterchangeEnvelope } from "../envelope.ts";
import { isLineBreak } from "./bytes.ts";
import { changedHeader, type HeaderChange } from "./changed-header.ts";
import { concatenated, SegmentWriter } from "./write.ts";

/** The messages of the new interchange, and the header values to replace; the rest is unchanged. */
export type SplitChoice = HeaderChange & {
  /** Indexes into the interchange's messages, in the order wanted. */
  readonly messages: readonly number[];
};

/**
 * An interchange of selected messages of one that was read from `bytes`: envelope and counts rebuilt, the bytes of the messages
 * unchanged (ISO 9735).
 */
export function splitInterchange(
  bytes: Uint8Array,
  interchange: InterchangeEnvelope,
  choice: SplitChoice,
): Uint8Array {
  const { edifact } = interchange;
  if (!edifact) throw new TypeError("only an EDIFACT interchange can be split");
  const at = (range: ByteRange) => bytes.subarray(range.start, range.end);
  const lineBreak = lineBreakAfter(bytes, edifact.header.end);
  const writer = () => new SegmentWriter(edifact.separators, charsetOf(edifact.syntaxId).encoding, lineBreak);
  const gap = Uint8Array.from(lineBreak, (letter) => letter.charCodeAt(0));
  const trailer = (tag: string, count: number, reference: string) => {
    const written = writer();
    written.segment({ tag, elements: [[String(count)], [reference]] });
    return written.bytes();
  };

  const pieces: Uint8Array[] = [bytes.subarray(interchange.range.start, edifact.header.start)];
  const { reference, preparedAt, sender, receiver } = choice;
  const isChanged = [reference, preparedAt, sender, receiver].some((value) => value !== undefined);
  pieces.push(isChanged ? changedHeader(at(edifact.header), edifact, choice) : at(edifact.header), gap);

  const chosen = choice.messages.map((index) => {
    const message = interchange.messages[index];
    if (!message) throw new RangeError(`the interchange has no message ${index}`);
    return message;
  });
  const groups = new Set(chosen.map((message) => message.group));
  for (const group of groups) {
    const inGroup = chosen.filter((message) => message.group === group);
    const envelope = group === undefined ? undefined : edifact.groups[group];
    if (envelope) pieces.push(at(envelope.header), gap);
    for (const message of inGroup) pieces.push(at(message.range), gap);
    if (envelope) pieces.push(trailer("UNE", inGroup.length, envelope.reference));
  }
  const grouped = [...groups].filter((group) => group !== undefined).length;
  pieces.push(trailer("UNZ", grouped || chosen.length, choice.reference ?? interchange.reference));
  return concatenated(pieces);
}

function lineBreakAfter(bytes: Uint8Array, from: number): string {
  let to = from;
  while (to < bytes.length && to < from + 2 && isLineBreak(bytes[to])) to++;
  return String.fromCharCode(...bytes.subarray(from, to));
}
