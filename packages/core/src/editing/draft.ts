import { type Piece, type Point, recut, type Validity } from "../validity/index.ts";

/** A time line as stored and as the commands of a set leave it so far. */
export type Draft<Row, Content, At extends Point> = {
  /** The stored rows of present knowledge, in order of time; empty for a new subject. */
  readonly rows: readonly Row[];
  /** The time line wanted, in order of time. */
  pieces: readonly Piece<Content, At>[];
  /** Positions of the commands that touched it, in order. */
  readonly touchedBy: number[];
};

/**
 * Changes the pieces within the window to what `decide` returns, as `recut` does, and notes the command. Gives whether anything
 * changed.
 */
export function edit<Content, At extends Point>(
  draft: Draft<unknown, Content, At>,
  at: number,
  window: Validity<At>,
  decide: (held: Content | undefined) => Content | undefined,
): boolean {
  const { superseded, added } = recut<Piece<Content, At>, Content, At>(
    draft.pieces,
    window,
    (piece) => piece.content,
    decide,
  );
  touch(draft, at);
  if (superseded.length + added.length === 0) return false;
  const kept = draft.pieces.filter((piece) => !superseded.includes(piece));
  setPieces(draft, [...kept, ...added]);
  return true;
}

/** Replaces the time line; the pieces are put in order of time. */
export function setPieces<Content, At extends Point>(
  draft: Draft<unknown, Content, At>,
  pieces: readonly Piece<Content, At>[],
): void {
  draft.pieces = pieces.toSorted(
    (a, b) => Number(a.validFrom > b.validFrom) - Number(a.validFrom < b.validFrom),
  );
}

/** Notes that a command touched the draft. */
export function touch(draft: Pick<Draft<unknown, unknown, Point>, "touchedBy">, at: number): void {
  if (draft.touchedBy.at(-1) !== at) draft.touchedBy.push(at);
}
