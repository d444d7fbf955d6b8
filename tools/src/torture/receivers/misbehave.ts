import { sha256 } from "../messages/edifact-text.ts";

/** How a webhook receiver handles one post. The ways that accept the message record it before anything else happens. */
const manners = [
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

/** A number in [0, 1) derived from a text, the same on every machine. */
export function chanceOf(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}

type Post = {
  seed: number;
  envelope: string;
  times: number;
  /** True if it was accepted before, or is an answer that its receiver waits for: then it is not refused permanently. */
  isWelcome: boolean;
  failing: number;
};

/**
 * How the post of an envelope is handled: by the seed, the envelope and how often it has arrived. A few are refused permanently,
 * from the first time on.
 */
export function mannerOf({ seed, envelope, times, isWelcome, failing }: Post): Manner {
  const name = `${seed} ${envelope}`;
  if (!isWelcome && failing > 0 && chanceOf(`${name} refused`) < 0.02) return "refuse-for-good";
  if (chanceOf(`${name} ${times} fails`) < failing) {
    return failures[Math.floor(chanceOf(`${name} ${times} how`) * failures.length)] as Manner;
  }
  return failing > 0 && chanceOf(`${name} ${times} slow`) < 0.15 ? "take-slowly" : "take";
}

/** The receipts for a message that was accepted: none, one, the same twice, or two that contradict each other. */
type Saying = "nothing" | "positive" | "negative" | "positive-twice" | "contradictory";

export function sayingOf(seed: number, reference: string): Saying {
  const chance = chanceOf(`${seed} ${reference} says`);
  if (chance < 0.6) return "nothing";
  if (chance < 0.84) return "positive";
  if (chance < 0.92) return "negative";
  return chance < 0.97 ? "positive-twice" : "contradictory";
}

/** Whether the receipt is sent before the post is answered. */
export const isEarly = (seed: number, reference: string) => chanceOf(`${seed} ${reference} early`) < 0.3;
