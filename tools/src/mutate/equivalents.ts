import type { Mutant } from "./mutants.ts";

/** Equivalent mutants, which no test can detect, each with the reason. `change` is the tool's text for the mutant. */
export type Equivalent = { file: string; change: string; reason: string };

/** Whether the mutant of a file is this one. */
export const isEquivalent = (equivalent: Equivalent, file: string, { change }: Mutant): boolean =>
  equivalent.file === file && equivalent.change === change;

const attempts = "packages/core/src/deliveries/next-attempt.ts";
const asked = 'const asked = outcome.kind === "failed" ? (outcome.retryA...';

const permissions = "packages/core/src/permissions/permissions.ts";
const onlyOne = "The list has one action: some of it is all of it.";

const visibility = "packages/core/src/messages/visibility.ts";
const emptyList = "The condition on an empty list of location numbers is false as well.";

export const equivalents: readonly Equivalent[] = [
  {
    file: visibility,
    change: 'const unlimited = actor.kind === "key" ? { ...actor, limi... | actor.kind === "key" → true',
    reason: "Another actor has no list of location numbers to take away.",
  },
  {
    file: visibility,
    change: "if (limitedTo?.length === 0) return [sql`false`]; | limitedTo?.length === 0 → false",
    reason: emptyList,
  },
  {
    file: visibility,
    change: "...(glns.length > 0 ? [inArray(gln, [...glns])] : []), | glns.length > 0 → true",
    reason: emptyList,
  },
  {
    file: visibility,
    change: "...(glns.length > 0 ? [inArray(gln, [...glns])] : []), | > → >=",
    reason: emptyList,
  },
  {
    file: permissions,
    change: "if (neverOnOneself.some((never) => never === action) && i... | some → every",
    reason: onlyOne,
  },
  {
    file: attempts,
    change: "if (!text) return undefined; | !text → false",
    reason: "What is empty or absent is neither a number nor a date, and so read as none further down.",
  },
  {
    file: "packages/core/src/queue/backoff.ts",
    change: "return Math.min(firstSeconds * factor ** Math.min(attempts... | 20 → (20 + 1)",
    reason: "Keeps the power finite; the longest wait is reached long before the twentieth attempt.",
  },
  {
    file: attempts,
    change: `${asked} | outcome.kind === "failed" → true`,
    reason: "The other kind of outcome carries no wait.",
  },
  {
    file: attempts,
    change: `${asked} | 0 → (0 + 1)`,
    reason: "A second is the shortest wait of all.",
  },
];
