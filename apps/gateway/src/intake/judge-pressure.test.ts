import { expect, test } from "vitest";
import { judgePressure, noPressure, type PressureMemory, type PressureSignal } from "./judge-pressure.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 10) + seconds * 1000);

/** Looks every five seconds at refusals counted so; `isKnown` says whether the database could be told. */
function looks(counts: readonly number[], isKnown: (seconds: number) => boolean = () => true) {
  const signals: (PressureSignal | null)[] = [];
  let memory: PressureMemory = noPressure;
  counts.forEach((count, index) => {
    const look = judgePressure(memory, count, at(index * 5));
    signals.push(look.signal);
    memory = look.memory;
    if (look.signal && memory.episode && isKnown(index * 5))
      memory = {
        ...memory,
        episode: { ...memory.episode, knownSince: memory.episode.knownSince ?? at(index * 5) },
      };
  });
  return signals.map((signal) =>
    signal === null ? "-" : signal.kind === "raise" ? signal.forSeconds : "clear",
  );
}

test("while interchanges are refused it is said anew at every look; a quarter of a minute without one ends it", () => {
  expect(looks([0, 3, 5, 9, 9, 9, 9, 9, 9])).toEqual(["-", 30, 30, 30, "-", "-", "clear", "-", "-"]);
});

test("a pause shorter than that is the same refusal", () => {
  expect(looks([0, 1, 1, 1, 2, 2, 2, 2])).toEqual(["-", 30, "-", "-", 30, "-", "-", "clear"]);
});

test("what the database could not be told while it lasted is told afterwards, long enough to be an incident", () => {
  const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8];
  const raised = ["-", ...Array(8).fill(30), "-", "-"];
  expect(looks(counts, () => false)).toEqual([...raised, 60]);
  expect(looks(counts, (seconds) => seconds > 20)).toEqual([...raised, 60]);
  expect(looks(counts)).toEqual([...raised, "clear"]);
});

test("a short refusal that could not be told is not told afterwards", () => {
  expect(looks([0, 1, 1, 1, 1], () => false)).toEqual(["-", 30, "-", "-", "clear"]);
});

test("it says how many were refused and since when, and nothing else", () => {
  let memory = noPressure;
  for (const [index, count] of [2, 5].entries()) memory = judgePressure(memory, count, at(index * 5)).memory;
  expect(judgePressure(memory, 6, at(10)).signal).toEqual({
    ...{ kind: "raise", forSeconds: 30, facts: { refused: 6, since: at(0).toISOString() } },
  });
});
