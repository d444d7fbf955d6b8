import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, findOverlap, holdsAt, type Validity } from "../validity/index.ts";
import { type Incoming, mergeLine } from "./merge-line.ts";

type Row = Validity<string> & { content: string };
const row = (validFrom: string, validTo: string | null, content: string): Row => ({
  validFrom,
  validTo,
  content,
});
const merge = (rows: readonly Row[], incoming: Incoming<string>) => {
  const { superseded, added } = mergeLine(rows, incoming, (each) => each.content);
  return [...rows.filter((each) => !superseded.includes(each)), ...added].toSorted((a, b) =>
    a.validFrom < b.validFrom ? -1 : 1,
  );
};
const says = (given: Partial<Incoming<string>>): Incoming<string> => ({
  firstFrom: "2000-01-01",
  validFrom: "2000-01-01",
  validTo: null,
  changedOn: "2000-01-01",
  content: "A",
  ...given,
});

describe("the register after an import", () => {
  test.each<[string, Row[], Partial<Incoming<string>>, Row[]]>([
    ["a new unit holds from its opening", [], { changedOn: "2010-01-01" }, [row("2000-01-01", null, "A")]],
    [
      "the same is left",
      [row("2000-01-01", null, "A")],
      { changedOn: "2010-01-01" },
      [row("2000-01-01", null, "A")],
    ],
    [
      "a change holds from its day",
      [row("2000-01-01", null, "A")],
      { changedOn: "2010-01-01", content: "B" },
      [row("2000-01-01", "2010-01-01", "A"), row("2010-01-01", null, "B")],
    ],
    [
      "a closing ends it",
      [row("2000-01-01", null, "A")],
      { validTo: "2015-01-01", changedOn: "2015-01-05", content: "A" },
      [row("2000-01-01", "2015-01-01", "A")],
    ],
    [
      "what closed before it was changed is corrected in its last period",
      [row("2000-01-01", "2005-01-01", "A"), row("2005-01-01", null, "B")],
      { validTo: "2015-01-01", changedOn: "2015-01-05", content: "C" },
      [row("2000-01-01", "2005-01-01", "A"), row("2005-01-01", "2015-01-01", "C")],
    ],
    [
      "an earlier opening is filled with what the file says",
      [row("2005-01-01", null, "A")],
      { changedOn: "2010-01-01", content: "B" },
      [
        row("2000-01-01", "2005-01-01", "B"),
        row("2005-01-01", "2010-01-01", "A"),
        row("2010-01-01", null, "B"),
      ],
    ],
    ["days before the first opening go", [row("1990-01-01", null, "A")], {}, [row("2000-01-01", null, "A")]],
    [
      "an earlier life before a reopening stays",
      [row("2000-01-01", "2005-01-01", "A")],
      { validFrom: "2010-01-01", changedOn: "2010-01-01", content: "B" },
      [row("2000-01-01", "2005-01-01", "A"), row("2010-01-01", null, "B")],
    ],
    [
      "a change before the opening counts from the opening",
      [],
      { validFrom: "2010-01-01", changedOn: "2009-01-01" },
      [row("2010-01-01", null, "A")],
    ],
  ])("%s", (_name, rows, incoming, expected) => {
    expect(merge(rows, says(incoming))).toEqual(expected);
  });
});

const day = (n: number) => addDays("2020-01-01", n);
const line = fc
  .array(fc.constantFrom("", "A", "B", "C"), { maxLength: 12 })
  .map((slots) => slots.flatMap((content, n) => (content === "" ? [] : [row(day(n), day(n + 1), content)])));
const incoming = fc
  .record({
    first: fc.integer({ min: 0, max: 5 }),
    from: fc.integer({ min: 0, max: 5 }),
    length: fc.option(fc.integer({ min: 1, max: 10 })),
    changed: fc.integer({ min: 0, max: 16 }),
    content: fc.constantFrom("A", "B", "C"),
  })
  .map(
    ({ first, from, length, changed, content }): Incoming<string> => ({
      firstFrom: day(first),
      validFrom: day(first + from),
      validTo: length === null ? null : day(first + from + length),
      changedOn: day(changed),
      content,
    }),
  );

test("importing the same file twice changes nothing, periods never overlap, and the end of the file's period is as in the file", () => {
  fc.assert(
    fc.property(line, incoming, (rows, file) => {
      const once = merge(rows, file);
      expect(findOverlap<string, Row>(once)).toBeUndefined();
      const again = mergeLine(once, file, (each) => each.content);
      expect(again).toEqual({ superseded: [], added: [] });
      const last = file.validTo === null ? day(60) : addDays(file.validTo, -1);
      expect(once.find((each) => holdsAt<string>(each, last))?.content).toBe(file.content);
      for (let n = 0; n < 40; n += 1) {
        const isOpen = day(n) >= file.validFrom && (file.validTo === null || day(n) < file.validTo);
        const held = once.find((each) => holdsAt<string>(each, day(n)));
        if (isOpen) expect(held).toBeDefined();
        if (day(n) < file.firstFrom || (file.validTo !== null && day(n) >= file.validTo)) {
          expect(held).toBeUndefined();
        }
      }
    }),
    { numRuns: 1000 },
  );
});
