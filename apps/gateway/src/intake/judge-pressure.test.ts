import { expect, test } from "vitest";
import { judgePressure, noPressure, type PressureMemory, type PressureSignal } from "./judge-pressure.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 10) + seconds * 1000);

/** Checks every five seconds with these counts of refusals; `isKnown` says whether the database could be notified. */
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

test("refusals are reported at every check while they last; a quarter of a minute without one ends the episode", () => {
  expect(looks([0, 3, 5, 9, 9, 9, 9, 9, 9])).toEqual(["-", 30, 30, 30, "-", "-", "clear", "-", "-"]);
});

test("a shorter pause does not end the episode", () => {
  expect(looks([0, 1, 1, 1, 2, 2, 2, 2])).toEqual(["-", 30, "-", "-", 30, "-", "-", "clear"]);
});

test("an episode that the database could not be notified of is reported afterwards, long enough to be an incident", () => {
  const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8];
  const raised = ["-", ...Array(8).fill(30), "-", "-"];
  expect(looks(counts, () => false)).toEqual([...raised, 60]);
  expect(looks(counts, (seconds) => seconds > 20)).toEqual([...raised, 60]);
  expect(looks(counts)).toEqual([...raised, "clear"]);
});

test("a short episode that could not be reported is not reported afterwards", () => {
  expect(looks([0, 1, 1, 1, 1], () => false)).toEqual(["-", 30, "-", "-", "clear"]);
});

test("the report has the number of refusals and their start, and nothing else", () => {
  let memory = noPressure;
  for (const [index, count] of [2, 5].entries()) memory = judgePressure(memory, count, at(index * 5)).memory;
  expect(judgePressure(memory, 6, at(10)).signal).toEqual({
    ...{ kind: "raise", forSeconds: 30, facts: { refused: 6, since: at(0).toISOString() } },
  });
});
