/** A subject after a sequence; the state is null when it is withdrawn or gone. */
export type SubjectVersion<State> = { sequence: number; at: Date; state: State | null };

/** A line of the log about one subject. */
export type LogLine = {
  sequence: number;
  at: Date;
  kind: string;
  rowId: string | null;
  isEnd: boolean;
};

/**
 * The versions of a subject, oldest first, one for each sequence that touched it: `stateAt` gets the rows known after it, and its
 * instant. Lines are in the order of sequence and id. Pure.
 */
export function versionsOf<State>(
  lines: readonly LogLine[],
  stateAt: (known: ReadonlySet<string>, at: Date) => State | null,
): SubjectVersion<State>[] {
  const known = new Set<string>();
  const versions: SubjectVersion<State>[] = [];
  let isWithdrawn = false;
  for (const [index, line] of lines.entries()) {
    if (line.kind === "withdrawn") isWithdrawn = !line.isEnd;
    else if (line.rowId !== null && line.isEnd) known.delete(line.rowId);
    else if (line.rowId !== null) known.add(line.rowId);
    if (lines[index + 1]?.sequence === line.sequence) continue;
    const { sequence, at } = line;
    versions.push({ sequence, at, state: isWithdrawn ? null : stateAt(known, at) });
  }
  return versions;
}
