import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findOverlap, holdsAt, isReversed, type Validity } from "./intervals.ts";
import { continueWith, recut } from "./recut.ts";

type Row = Validity<string> & { content: string };
const row = (validFrom: string, validTo: string | null, content: string): Row => ({
  validFrom,
  validTo,
  content,
});
const set = (content: string) => () => content;
const change = (
  rows: Row[],
  from: string,
  to: string | null,
  decide: (held?: string) => string | undefined,
) => recut(rows, { validFrom: from, validTo: to }, (each) => each.content, decide);

describe("recut", () => {
  const open = row("2020-01-01", null, "A");
  const cases: [
    string,
    Row[],
    [string, string | null],
    (held?: string) => string | undefined,
    Row[],
    Row[],
  ][] = [
    ["a first content", [], ["2020-01-01", null], set("A"), [], [open]],
    ["the same content again changes nothing", [open], ["2020-01-01", null], set("A"), [], []],
    ["the same content inside changes nothing", [open], ["2021-01-01", "2022-01-01"], set("A"), [], []],
    [
      "a change from a day cuts the row",
      [open],
      ["2021-01-01", null],
      set("B"),
      [open],
      [row("2020-01-01", "2021-01-01", "A"), row("2021-01-01", null, "B")],
    ],
    [
      "a change between two days cuts it in three",
      [open],
      ["2021-01-01", "2022-01-01"],
      set("B"),
      [open],
      [
        row("2020-01-01", "2021-01-01", "A"),
        row("2021-01-01", "2022-01-01", "B"),
        row("2022-01-01", null, "A"),
      ],
    ],
    [
      "closing ends the row",
      [open],
      ["2023-01-01", null],
      () => undefined,
      [open],
      [row("2020-01-01", "2023-01-01", "A")],
    ],
    ["closing from its first day leaves nothing", [open], ["2020-01-01", null], () => undefined, [open], []],
    [
      "a gap is filled, what stands around it is left",
      [row("2020-01-01", "2021-01-01", "A"), row("2022-01-01", null, "A")],
      ["2020-06-01", null],
      (held) => held ?? "gap",
      [],
      [row("2021-01-01", "2022-01-01", "gap")],
    ],
    [
      "a gap stays a gap when only what held is changed",
      [row("2020-01-01", "2021-01-01", "A"), row("2022-01-01", null, "A")],
      ["2020-01-01", null],
      (held) => held && `${held}!`,
      [row("2020-01-01", "2021-01-01", "A"), row("2022-01-01", null, "A")],
      [row("2020-01-01", "2021-01-01", "A!"), row("2022-01-01", null, "A!")],
    ],
    [
      "a row outside the window is not touched",
      [row("2020-01-01", "2021-01-01", "A"), row("2021-01-01", null, "B")],
      ["2021-01-01", null],
      set("C"),
      [row("2021-01-01", null, "B")],
      [row("2021-01-01", null, "C")],
    ],
    [
      "pieces of one content that meet become one",
      [row("2020-01-01", "2021-01-01", "A"), row("2021-01-01", null, "B")],
      ["2020-06-01", null],
      set("B"),
      [row("2020-01-01", "2021-01-01", "A"), row("2021-01-01", null, "B")],
      [row("2020-01-01", "2020-06-01", "A"), row("2020-06-01", null, "B")],
    ],
    [
      "a content before the first row is added before it",
      [open],
      ["2019-01-01", "2020-01-01"],
      set("B"),
      [],
      [row("2019-01-01", "2020-01-01", "B")],
    ],
  ];
  test.each(cases)("%s", (_name, rows, [from, to], decide, superseded, added) => {
    expect(change(rows, from, to, decide)).toEqual({ superseded, added });
  });
});

const instants = 24;
const at = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
type Timed = Validity<Date> & { content: string };

/** Rows that never overlap, from a list of contents (empty for a gap) for one-hour slots. */
function timeline(slots: readonly string[], isOpen: boolean): Timed[] {
  const rows: Timed[] = [];
  slots.forEach((content, n) => {
    if (content === "") return;
    const isLast = n === slots.length - 1;
    rows.push({ validFrom: at(n), validTo: isLast && isOpen ? null : at(n + 1), content });
  });
  return rows;
}

const contentAt = (rows: readonly (Validity<Date> & { content: string })[], moment: Date) =>
  rows.find((each) => holdsAt(each, moment))?.content;

const arbitrary = fc.record({
  slots: fc.array(fc.constantFrom("", "A", "B", "C"), { minLength: 1, maxLength: 12 }),
  isOpen: fc.boolean(),
  from: fc.integer({ min: 0, max: instants - 2 }),
  length: fc.option(fc.integer({ min: 1, max: instants })),
  decision: fc.constantFrom<(held?: string) => string | undefined>(
    () => "X",
    () => undefined,
    (held) => held,
    (held) => held && `${held}x`,
    (held) => held ?? "filled",
  ),
});

test("at every moment the re-cut timeline has the decided content inside the window and the old content outside", () => {
  fc.assert(
    fc.property(arbitrary, ({ slots, isOpen, from, length, decision }) => {
      const rows = timeline(slots, isOpen);
      const window = { validFrom: at(from), validTo: length === null ? null : at(from + length) };
      const done = recut(rows, window, (each) => each.content, decision);
      const after = [...rows.filter((each) => !done.superseded.includes(each)), ...done.added];
      expect(findOverlap<Date, Timed>(after)).toBeUndefined();
      expect(after.some((each) => isReversed<Date>(each))).toBe(false);
      for (let n = 0; n < 2 * instants; n += 1) {
        const held = contentAt(rows, at(n));
        const wanted = holdsAt<Date>(window, at(n)) ? decision(held) : held;
        expect(contentAt(after, at(n))).toBe(wanted);
      }
    }),
    { numRuns: 2000 },
  );
});

test("recording the same content again supersedes nothing", () => {
  fc.assert(
    fc.property(arbitrary, ({ slots, isOpen, from, length }) => {
      const window = { validFrom: at(from), validTo: length === null ? null : at(from + length) };
      const rows = timeline(slots, isOpen);
      const once = recut(
        rows,
        window,
        (each) => each.content,
        () => "X",
      );
      const after = [...rows.filter((each) => !once.superseded.includes(each)), ...once.added];
      const twice = recut(
        after,
        window,
        (each) => each.content,
        () => "X",
      );
      expect(twice).toEqual({ superseded: [], added: [] });
    }),
  );
});

test("a timeline continued from a moment is unchanged before it and as wanted from then on", () => {
  const slots = fc.array(fc.constantFrom("", "A", "B"), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(slots, fc.boolean(), slots, fc.boolean(), fc.integer({ min: 0, max: 12 }), (...given) => {
      const [before, beforeOpen, after, afterOpen, turn] = given;
      const rows = timeline(before, beforeOpen);
      const wanted = timeline(after, afterOpen);
      const done = continueWith(rows, at(turn), wanted, (each) => each.content);
      const line = [...rows.filter((each) => !done.superseded.includes(each)), ...done.added];
      expect(findOverlap<Date, Timed>(line)).toBeUndefined();
      for (let n = 0; n < instants; n += 1) {
        expect(contentAt(line, at(n))).toBe(contentAt(n < turn ? rows : wanted, at(n)));
      }
      const again = continueWith(line, at(turn), wanted, (each) => each.content);
      expect(again).toEqual({ superseded: [], added: [] });
    }),
    { numRuns: 1000 },
  );
});
