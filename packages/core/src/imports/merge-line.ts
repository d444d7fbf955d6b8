import { type Recut, reconcile, recut, type Validity } from "../validity/index.ts";

/** A file's data of one subject: its period, the day of its last change, and its content. */
export type Incoming<Content> = {
  firstFrom: string;
  validFrom: string;
  validTo: string | null;
  /** First day of the file's content; what was known of earlier days is kept. */
  changedOn: string;
  content: Content;
};

type Piece<Content> = Validity<string> & { content: Content };
const beginning = "0001-01-01";

/**
 * What to supersede and add so that the register matches the file. The file has one period with one content; the register may
 * know the content before the last change and before an earlier closing, and keeps that. Idempotent.
 */
export function mergeLine<Row extends Validity<string>, Content>(
  rows: readonly Row[],
  incoming: Incoming<Content>,
  contentOf: (row: Row) => Content,
): Recut<Row, Content, string> {
  const { firstFrom, validFrom, validTo, content } = incoming;
  let line: Piece<Content>[] = rows.map((row) => ({
    validFrom: row.validFrom,
    validTo: row.validTo,
    content: contentOf(row),
  }));
  const changedOn = changeDay(line, incoming);
  line = put(line, { validFrom: beginning, validTo: firstFrom }, () => undefined);
  line = put(line, { validFrom: changedOn, validTo: null }, () => undefined);
  line = put(line, { validFrom, validTo: changedOn }, (held) => held ?? content);
  line = put(line, { validFrom: changedOn, validTo }, () => content);
  // A pass with one window over everything joins adjacent pieces with the same content.
  const whole = put(line, { validFrom: beginning, validTo: null }, (held) => held);
  return reconcile(rows, whole, contentOf);
}

// Not before the opening; for a subject that closed before it was changed, the last period known until then is corrected.
function changeDay<Content>(line: readonly Piece<Content>[], incoming: Incoming<Content>): string {
  const { validFrom, validTo, changedOn } = incoming;
  const isOpenThen = validTo === null || changedOn < validTo;
  const last = isOpenThen ? undefined : line.findLast((piece) => piece.validFrom < validTo);
  const wanted = isOpenThen ? changedOn : (last?.validFrom ?? validFrom);
  if (wanted < validFrom) return validFrom;
  return wanted;
}

function put<Content>(
  line: readonly Piece<Content>[],
  window: Validity<string>,
  decide: (held: Content | undefined) => Content | undefined,
): Piece<Content>[] {
  if (window.validTo !== null && window.validTo <= window.validFrom) return [...line];
  const { superseded, added } = recut(line, window, (piece) => piece.content, decide);
  return [...line.filter((piece) => !superseded.includes(piece)), ...added].toSorted((a, b) =>
    a.validFrom < b.validFrom ? -1 : 1,
  );
}
