import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseFairly, mostFor } from "./share-rule.ts";
import { createShares } from "./shares.ts";

const half = (limit: number) => ({ limit, share: 0.5 });

test.each([
  ["alone", 64, 0, 32],
  ["beside one that has its half", 64, 32, 16],
  ["where one place is left", 64, 63, 1],
  ["where none is left", 64, 64, 0],
  ["of a single place", 1, 0, 1],
])("a holder %s may have its share of what the others leave", (_, limit, others, most) => {
  expect(mostFor(half(limit), others)).toBe(most);
});

const waiting = (text: string) => text.split("").map((holder, place) => `${holder}${place}`);
const choose = (text: string, limit: number, held: Record<string, number> = {}) =>
  chooseFairly(waiting(text), (item) => item.charAt(0), {
    rule: half(limit),
    held: new Map(Object.entries(held)),
  }).join(" ");

test.each([
  ["one alone gets its share", "aaaaaaaa", 8, {}, "a0 a1 a2 a3"],
  ["who came later is not behind who waits with much", "aaaaaaaab", 8, {}, "a0 b8 a1 a2"],
  ["who holds least comes first", "aaaabbbb", 12, { a: 4 }, "b4 b5 b6 b7"],
  ["nobody gets what is not there", "abcd", 3, {}, "a0 b1 c2"],
  ["who has its share waits, others do not", "aab", 8, { a: 4 }, "b2"],
])("%s", (_, text, limit, held, chosen) => {
  expect(choose(text, limit, held)).toBe(chosen);
});

describe("a bounded resource", () => {
  test("distinguishes a holder that used up its share from a resource that is full", () => {
    const shares = createShares(half(4));
    const [first, second] = [shares.take("a"), shares.take("a")];
    expect([first, second].every((taken) => "held" in taken)).toBe(true);
    expect(shares.take("a")).toEqual({ noRoom: "own-share" });
    expect([shares.take("b"), shares.take("c")].every((taken) => "held" in taken)).toBe(true);
    expect(shares.take("d")).toEqual({ noRoom: "full" });
  });

  test("lets a holding grow within the share and shrink, and gives all of it back once", () => {
    const shares = createShares(half(100));
    const taken = shares.take("a", 10);
    if (!("held" in taken)) throw new Error("nothing was taken");
    expect([taken.held.hold(50), taken.held.hold(51)]).toEqual([undefined, "own-share"]);
    expect(shares.total()).toBe(50);
    taken.held.hold(20);
    expect([shares.total(), shares.noRoomFor("a", 30), shares.noRoomFor("a", 31)]).toEqual([
      20,
      undefined,
      "own-share",
    ]);
    taken.held.giveBack();
    taken.held.giveBack();
    expect([shares.total(), shares.held().size]).toEqual([0, 0]);
  });

  test("lets in whom its share allows when something is given back, in order, and tells the others why not", async () => {
    const shares = createShares(half(4));
    const take = async (holder: string) => {
      const taken = await shares.takeWithin(holder, 60_000);
      if (!("held" in taken)) throw new Error(taken.noRoom);
      return taken.held;
    };
    const [first, second] = [await take("a"), await take("a")];
    const inside: string[] = [];
    const waits = ["a3", "a4"].map(async (name) => {
      await take("a");
      inside.push(name);
    });
    expect(await shares.takeWithin("a", 1)).toEqual({ noRoom: "own-share" });
    const other = await take("b");
    first.giveBack();
    second.giveBack();
    await waits[0];
    expect([inside, shares.held().get("a")]).toEqual([["a3"], 1]);
    other.giveBack();
    await waits[1];
    expect([inside, shares.held().get("a")]).toEqual([["a3", "a4"], 2]);
  });

  test("never exceeds the limit, and a holder that holds nothing gets something while anything is left", () => {
    const steps = fc.array(fc.record({ holder: fc.constantFrom("a", "b", "c", "d"), isBack: fc.boolean() }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (limit, list) => {
        const shares = createShares(half(limit));
        const held: { holder: string; giveBack: () => void }[] = [];
        const giveBack = (holder: string) => held.findLast((one) => one.holder === holder)?.giveBack();
        const take = (holder: string) => {
          const isFirst = !shares.held().has(holder);
          const left = limit - shares.total();
          const taken = shares.take(holder);
          if ("held" in taken) held.push({ holder, giveBack: taken.held.giveBack });
          if (isFirst) expect("held" in taken).toBe(left > 0);
        };
        for (const { holder, isBack } of list) {
          if (isBack) giveBack(holder);
          else take(holder);
          expect(shares.total()).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
