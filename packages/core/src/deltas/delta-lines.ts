import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ReadDatabase } from "../database/index.ts";
import { lineDatasets } from "../datasets/index.ts";
import { hasPosition } from "../journal/index.ts";
import { touchedBetween } from "./touched-between.ts";

type Touched = NonNullable<Awaited<ReturnType<typeof touchedBetween>>>;
/** A snapshot at one end: its number and place in the journal. */
type End = { sequence: number; position?: string };

/** The member with which every line of a dataset begins, and which of the touched subjects it names. */
const subjects = [
  { dataset: lineDatasets.units[0], member: "sorId", of: "units" },
  { dataset: lineDatasets.successions[0], member: "fromSorId", of: "units" },
  { dataset: lineDatasets.locations[0], member: "gln", of: "glns" },
  { dataset: lineDatasets.registrations[0], member: "gln", of: "glns" },
] as const;

const format = "sor-delta/1";
const pieceCharacters = 64 * 1024;

/**
 * What changed between two snapshots of this journal; undefined when one is of another history, or data changed outside the
 * journal in between: then the newer is loaded whole.
 */
export async function findDelta(db: ReadDatabase, from: End, to: End): Promise<Touched | undefined> {
  if (from.sequence > to.sequence) return undefined;
  for (const { position, sequence } of [from, to])
    if (!(await hasPosition(db, position ?? String(sequence)))) return undefined;
  return await touchedBetween(db, from.sequence, to.sequence);
}

/**
 * The lines of a delta as text, a piece at a time: first what it is between, then for each touched subject all of its lines in
 * the newer snapshot, read from that snapshot's folder; a subject without lines is gone.
 */
export async function* deltaLines(
  folder: string,
  touched: Touched,
  { from, to }: { from: End; to: End },
): AsyncGenerator<string> {
  const ends = { from: from.sequence, to: to.sequence, position: to.position ?? String(to.sequence) };
  yield `${JSON.stringify({ format, ...ends })}\n`;
  for (const { dataset, member, of } of subjects) {
    if (!dataset) continue;
    const left = new Set(touched[of]);
    const written = (id: string, lines: readonly string[]) =>
      `{"dataset":"${dataset.name}","id":${JSON.stringify(id)},"lines":[${lines.join(",")}]}\n`;
    let waiting = "";
    for await (const { id, lines } of linesBySubject(join(folder, dataset.path), member)) {
      if (!left.delete(id)) continue;
      waiting += written(id, lines);
      if (waiting.length < pieceCharacters) continue;
      yield waiting;
      waiting = "";
    }
    for (const id of left) waiting += written(id, []);
    yield waiting;
  }
}

/** The lines of a file, those of one subject together, as they stand in it; only the first member is looked at. */
async function* linesBySubject(
  path: string,
  member: string,
): AsyncGenerator<{ id: string; lines: string[] }> {
  const begins = `{"${member}":"`;
  const file = await open(path);
  let held: { id: string; lines: string[] } | undefined;
  try {
    for await (const line of file.readLines({ encoding: "utf8" })) {
      if (!line.startsWith(begins)) throw new Error(`a line does not begin with its ${member}`);
      const id = line.slice(begins.length, line.indexOf('"', begins.length));
      if (held?.id === id) {
        held.lines.push(line);
        continue;
      }
      if (held) yield held;
      held = { id, lines: [line] };
    }
    if (held) yield held;
  } finally {
    await file.close();
  }
}
