import type { Mutant } from "./mutants.ts";

/** Mutants that change nothing anybody could see, each with the reason. `change` is what the tool prints of it. */
export type Equivalent = { file: string; change: string; reason: string };

/** Whether the mutant of a file is this one. */
export const isEquivalent = (equivalent: Equivalent, file: string, { change }: Mutant): boolean =>
  equivalent.file === file && equivalent.change === change;

export const equivalents: readonly Equivalent[] = [];
