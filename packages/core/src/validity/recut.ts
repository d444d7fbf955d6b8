import { isDeepStrictEqual } from "node:util";
import { compareEnds, earlier, later, type Point, type Validity } from "./intervals.ts";

/** One interval of a timeline and its content. */
export type Piece<Content, At extends Point> = Validity<At> & { readonly content: Content };

/** The effect of a change on the current rows: which to supersede, and what to add in their place. */
export type Recut<Row, Content, At extends Point> = {
  superseded: Row[];
  added: Piece<Content, At>[];
};

/**
 * What to supersede and add so that the timeline becomes `wanted`. A row that already matches is left alone, so applying the same
 * timeline twice changes nothing.
 */
export function reconcile<Row extends Validity<At>, Content, At extends Point>(
  rows: readonly Row[],
  wanted: readonly Piece<Content, At>[],
  contentOf: (row: Row) => Content,
): Recut<Row, Content, At> {
  const kept = new Set<Piece<Content, At>>();
  const superseded = rows.filter((row) => {
    const same = wanted.find(
      (piece) =>
        !kept.has(piece) &&
        compareEnds(piece.validFrom, row.validFrom) === 0 &&
        compareEnds(piece.validTo, row.validTo) === 0 &&
        isDeepStrictEqual(piece.content, contentOf(row)),
    );
    if (same) kept.add(same);
    return !same;
  });
  return { superseded, added: wanted.filter((piece) => !kept.has(piece)) };
}

/**
 * Re-cuts the timeline so that the content within `window` becomes what `decide` returns and is unchanged elsewhere. `decide`
 * gets the previous content of each part (undefined in a gap) and returns the new one (undefined: nothing). Rows outside the
 * window are neither read nor changed. Rows must not overlap.
 */
export function recut<Row extends Validity<At>, Content, At extends Point>(
  rows: readonly Row[],
  window: Validity<At>,
  contentOf: (row: Row) => Content,
  decide: (held: Content | undefined) => Content | undefined,
): Recut<Row, Content, At> {
  const touched = rows
    .filter((row) => compareEnds(row.validFrom, window.validTo) < 0)
    .filter((row) => compareEnds(window.validFrom, row.validTo) < 0)
    .toSorted((a, b) => compareEnds(a.validFrom, b.validFrom));
  const pieces: Piece<Content, At>[] = [];
  const put = (validFrom: At, validTo: At | null, content: Content | undefined) => {
    if (content !== undefined && compareEnds(validFrom, validTo) < 0)
      join(pieces, validFrom, validTo, content);
  };
  let reached: At | null = window.validFrom;
  for (const row of touched) {
    const content = contentOf(row);
    const from = later(row.validFrom, window.validFrom);
    const to = earlier(row.validTo, window.validTo);
    if (reached !== null) put(reached, from, decide(undefined));
    put(row.validFrom, window.validFrom, content);
    put(from, to, decide(content));
    if (window.validTo !== null) put(window.validTo, row.validTo, content);
    reached = to;
  }
  if (reached !== null) put(reached, window.validTo, decide(undefined));
  return reconcile(touched, pieces, contentOf);
}

/**
 * What to supersede and add so that the timeline is `wanted` from `from` on and unchanged before it. Pieces that begin earlier
 * are cut off at `from`; gaps in `wanted` stay empty. Rows that ended before `from` are not touched.
 */
export function continueWith<Row extends Validity<At>, Content, At extends Point>(
  rows: readonly Row[],
  from: At,
  wanted: readonly Piece<Content, At>[],
  contentOf: (row: Row) => Content,
): Recut<Row, Content, At> {
  const pieces: Piece<Content, At>[] = [];
  const put = (validFrom: At, validTo: At | null, content: Content) => {
    if (compareEnds(validFrom, validTo) < 0) join(pieces, validFrom, validTo, content);
  };
  const inOrder = <Item extends Validity<At>>(items: readonly Item[]) =>
    items.toSorted((a, b) => compareEnds(a.validFrom, b.validFrom));
  const lasting = rows.filter((row) => compareEnds(from, row.validTo) < 0);
  for (const row of inOrder(lasting)) put(row.validFrom, earlier(row.validTo, from), contentOf(row));
  for (const piece of inOrder(wanted)) put(later(piece.validFrom, from), piece.validTo, piece.content);
  return reconcile(lasting, pieces, contentOf);
}

function join<Content, At extends Point>(
  pieces: Piece<Content, At>[],
  validFrom: At,
  validTo: At | null,
  content: Content,
): void {
  const last = pieces.at(-1);
  if (last && compareEnds(last.validTo, validFrom) === 0 && isDeepStrictEqual(last.content, content)) {
    pieces[pieces.length - 1] = { ...last, validTo };
    return;
  }
  pieces.push({ validFrom, validTo, content });
}
