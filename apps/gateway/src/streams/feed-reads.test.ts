import { expect, test } from "vitest";
import type { Deps } from "../app-env.ts";
import { readFeed } from "./feed-reads.ts";

test("one client's streams read two at a time, share equal questions, and do not block other clients", async () => {
  const deps = {} as Deps;
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const read = (question: string) => () => {
    running.push(question);
    return new Promise<string>((resolve) => ends.set(question, () => resolve(question)));
  };
  const ask = (holder: string, question: string) => readFeed(deps, { holder, question }, read(question));
  const hostile = ["a", "b", "c", "a", "a"].map((question) => ask("hostile", question));
  const other = ask("other", "z");
  await Promise.resolve();
  expect(running).toEqual(["a", "b", "z"]);
  ends.get("z")?.();
  expect(await other).toBe("z");
  ends.get("a")?.();
  expect(await hostile[0]).toBe("a");
  expect(await Promise.all([hostile[3], hostile[4]])).toEqual(["a", "a"]);
  await expect.poll(() => running).toEqual(["a", "b", "z", "c"]);
  for (const question of ["b", "c"]) ends.get(question)?.();
  expect(await Promise.all(hostile)).toEqual(["a", "b", "c", "a", "a"]);
});

test("a failed read releases its slot", async () => {
  const deps = {} as Deps;
  const fails = (question: string) =>
    readFeed(deps, { holder: "one", question }, () => Promise.reject(new Error(question)));
  const all = await Promise.allSettled(["a", "b", "c", "d"].map(fails));
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
  expect(await readFeed(deps, { holder: "one", question: "e" }, () => Promise.resolve(5))).toBe(5);
});
