import { isDeepStrictEqual } from "node:util";

/** A field that an entry changed; `before` or `after` is absent where the field did not exist. */
export type FieldChange = { path: string[]; from?: Plain; to?: Plain };
/** A value that fits on a line. */
export type Plain = string | number | boolean | null | readonly (string | number | boolean)[];
/** The fields that an entry changed, and whether others are nested too deeply to be listed. */
type JournalDiff = { changes: FieldChange[]; isPartial: boolean };

type Fields = Record<string, unknown>;
const depthMost = 3;

/** The fields that a journal entry changed, from its `before` and `after`. */
export function diffOf(before: unknown, after: unknown): JournalDiff {
  const diff: JournalDiff = { changes: [], isPartial: false };
  compare(asFields(before), asFields(after), [], diff);
  return diff;
}

// Some entries hold a single word instead of fields.
function asFields(value: unknown): Fields {
  if (value === null || value === undefined) return {};
  return isFields(value) ? value : { state: value };
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compare(before: Fields, after: Fields, path: string[], diff: JournalDiff): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[name], after[name]];
    if (isDeepStrictEqual(from, to)) continue;
    const here = [...path, name];
    if (isPlain(from) && isPlain(to)) {
      diff.changes.push({
        path: here,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      });
    } else if (isNested(from) && isNested(to) && here.length < depthMost) {
      compare(asFields(from), asFields(to), here, diff);
    } else {
      diff.isPartial = true;
    }
  }
}

const isNested = (value: unknown) => value === undefined || value === null || isFields(value);

function isPlain(value: unknown): value is Plain | undefined {
  if (Array.isArray(value)) return value.every((each) => each !== null && typeof each !== "object");
  return value === null || typeof value !== "object";
}
