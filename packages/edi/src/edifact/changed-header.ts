import { charsetOf } from "../charset.ts";
import type { EdifactEnvelope, Party } from "../envelope.ts";
import { EdifactReader } from "./reader.ts";
import { elementValue, type Segment, segmentOf } from "./segment.ts";
import { concatenated, dateAndTime, partyComponents, SegmentWriter } from "./write.ts";

/** The new values of a header; the rest is unchanged. */
export type HeaderChange = {
  readonly reference?: string;
  /** Local time, ISO 8601 (2026-11-22T09:30). */
  readonly preparedAt?: string;
  readonly sender?: Party;
  readonly receiver?: Party;
};

/** UNB as read, with some of its elements changed; no line break after it. */
export function changedHeader(
  header: Uint8Array,
  { separators, syntaxId }: Pick<EdifactEnvelope, "separators" | "syntaxId">,
  { sender, receiver, reference, preparedAt }: HeaderChange,
): Uint8Array {
  const encoding = charsetOf(syntaxId).encoding;
  const una = new SegmentWriter(separators, encoding, "");
  una.una("", "");
  const read = readHeader(concatenated([una.bytes(), header]));
  const elements = [...read.elements];
  if (sender) elements[1] = partyComponents(sender);
  if (receiver) elements[2] = partyComponents(receiver);
  if (preparedAt !== undefined) elements[3] = dateAndTime(preparedAt, elementValue(read, 1, 2) === "4");
  if (reference !== undefined) elements[4] = [reference];
  const written = new SegmentWriter(separators, encoding, "");
  written.segment({ tag: "UNB", elements });
  return written.bytes();
}

function readHeader(bytes: Uint8Array): Segment {
  let read: Segment = { tag: "UNB", elements: [] };
  const reader = new EdifactReader({
    segment: (tokens) => {
      read = segmentOf(tokens);
    },
  });
  reader.push(bytes);
  reader.end();
  return read;
}
