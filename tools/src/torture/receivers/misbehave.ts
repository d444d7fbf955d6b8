import { sha256 } from "../messages/edifact-text.ts";

/** How a webhook receiver treats one post. Those that take the message write it down before anything else happens. */
export const manners = [
  "take",
  "take-slowly",
  "take-then-drop",
  "take-then-drop-midway",
  "reset",
  "hang",
  "answer-500",
  "answer-503",
  "refuse-for-good",
] as const;
export type Manner = (typeof manners)[number];

const failures: readonly Manner[] = [
  "take-then-drop",
  "take-then-drop-midway",
  "reset",
  "hang",
  "answer-500",
  "answer-503",
  "answer-500",
];

/** A number from 0 up to but not including 1 that a text gives, the same on every machine. */
export function chanceOf(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}

export type Post = {
  seed: number;
  envelope: string;
  times: number;
  /** It was taken before, or it is an answer that its receiver waits for: then it is not refused for good. */
  isWelcome: boolean;
  failing: number;
};

/**
 * How the post of an envelope is treated, by the seed, the envelope and how often it has come. A few are refused for good,
 * at once and ever after.
 */
export function mannerOf({ seed, envelope, times, isWelcome, failing }: Post): Manner {
  const name = `${seed} ${envelope}`;
  if (!isWelcome && failing > 0 && chanceOf(`${name} refused`) < 0.02) return "refuse-for-good";
  if (chanceOf(`${name} ${times} fails`) < failing) {
    return failures[Math.floor(chanceOf(`${name} ${times} how`) * failures.length)] as Manner;
  }
  return failing > 0 && chanceOf(`${name} ${times} slow`) < 0.15 ? "take-slowly" : "take";
}

/** What the receiver says of a message that it took: nothing, one receipt, the same twice, or first one thing and then the other. */
export type Saying = "nothing" | "positive" | "negative" | "positive-twice" | "contradictory";

export function sayingOf(seed: number, reference: string): Saying {
  const chance = chanceOf(`${seed} ${reference} says`);
  if (chance < 0.6) return "nothing";
  if (chance < 0.84) return "positive";
  if (chance < 0.92) return "negative";
  return chance < 0.97 ? "positive-twice" : "contradictory";
}

/** Whether the receipt is on its way before the post is answered. */
export const isEarly = (seed: number, reference: string) => chanceOf(`${seed} ${reference} early`) < 0.3;
