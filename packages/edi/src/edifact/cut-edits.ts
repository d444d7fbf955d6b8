import { charsetOf } from "../charset.ts";
import type { Edit } from "../edit-bytes.ts";
import type {
  ByteRange,
  EdifactEnvelope,
  GroupEnvelope,
  InterchangeEnvelope,
  MessageEnvelope,
} from "../envelope.ts";
import { changedHeader } from "./changed-header.ts";
import { SegmentWriter } from "./write.ts";

type Renewed = { readonly reference: string; readonly preparedAt: string } | undefined;
/** Removes the part at a range, with the line breaks after it. */
type Remove = (range: ByteRange) => Edit;
type Split = { readonly stay: readonly MessageEnvelope[]; readonly go: readonly MessageEnvelope[] };

const nothing = new Uint8Array(0);

/** Edits that leave only the wanted messages in an interchange, with correct counts, and set a new id and time if `renewed`. */
export function edifactEdits(
  interchange: InterchangeEnvelope,
  wanted: ReadonlySet<number>,
  renewed: Renewed,
): Edit[] {
  const { edifact, messages, range } = interchange;
  if (!edifact) throw new TypeError("only an EDIFACT interchange can be cut");
  const split = {
    stay: messages.filter((_, index) => wanted.has(index)),
    go: messages.filter((_, index) => !wanted.has(index)),
  };
  const remove = removing(interchange, edifact);
  const edits = split.go.map((message) => remove(message.range));
  if (range.start > 0) edits.push({ range: { start: 0, end: range.start }, value: nothing });
  for (const [index, group] of edifact.groups.entries())
    edits.push(...groupEdits(edifact, { group, index }, split, remove));
  if (renewed) {
    const choice = { reference: renewed.reference, preparedAt: renewed.preparedAt.slice(0, 16) };
    edits.push({ range: edifact.header, value: (old) => changedHeader(old, edifact, choice) });
  }
  if (!renewed && split.go.length === 0) return edits;
  const groups = new Set(split.stay.map(({ group }) => group));
  const count = edifact.groups.length > 0 ? groups.size : split.stay.length;
  const value = trailerBytes(edifact, "UNZ", count, renewed?.reference ?? interchange.reference);
  return [...edits, { range: edifact.trailer ?? { start: range.end, end: range.end }, value }];
}

function groupEdits(
  edifact: EdifactEnvelope,
  { group, index }: { group: GroupEnvelope; index: number },
  { stay, go }: Split,
  remove: Remove,
): Edit[] {
  const { header, trailer, reference } = group;
  const count = stay.filter((message) => message.group === index).length;
  if (count === 0) return trailer ? [remove(header), remove(trailer)] : [remove(header)];
  if (!trailer || !go.some((message) => message.group === index)) return [];
  return [{ range: trailer, value: trailerBytes(edifact, "UNE", count, reference) }];
}

// Line breaks between segments are removed with the segment before them.
function removing({ messages, range }: InterchangeEnvelope, { groups, trailer }: EdifactEnvelope): Remove {
  const starts = [
    ...messages.map((message) => message.range.start),
    ...groups.flatMap((group) => [group.header.start, ...(group.trailer ? [group.trailer.start] : [])]),
    trailer?.start ?? range.end,
  ].sort((a, b) => a - b);
  const next = new Map(starts.map((start, index) => [start, starts[index + 1] ?? start]));
  return ({ start, end }) => ({ range: { start, end: next.get(start) ?? end }, value: nothing });
}

function trailerBytes(
  { separators, syntaxId }: EdifactEnvelope,
  tag: string,
  count: number,
  reference: string,
): Uint8Array {
  const writer = new SegmentWriter(separators, charsetOf(syntaxId).encoding, "");
  writer.segment({ tag, elements: [[String(count)], [reference]] });
  return writer.bytes();
}
