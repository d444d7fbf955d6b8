import { createHash } from "node:crypto";
import {
  type ChangedSubject,
  type Context,
  changeAll,
  changedBy,
  inSnapshot,
  type RequireMay,
} from "../context.ts";
import { givesWay, type ReadDatabase, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type Action, may } from "../permissions/index.ts";
import { type Difference, differencesOf, type Recuts, recutsOf } from "./differences.ts";
import { type Effects, effectsOf } from "./effects.ts";
import { entriesOf } from "./entries.ts";
import { asError, type Problem } from "./problems.ts";
import type { RegisterCopy } from "./register-copy.ts";
import { type Run, runCommands, subjectOf } from "./run-commands.ts";
import { type Command, commandsMax } from "./schemas.ts";
import { lockSubjects, Outdated, writeCopy } from "./write-copy.ts";

/** What commands would do, and what they violate. */
export type Preview = {
  /** Equal for equal commands with equal effects: an approval belongs to it (R3). */
  hash: string;
  differences: Difference[];
  /** Errors, refused permissions among them, and warnings; `at` is the command's position. */
  problems: Problem[];
  /** Location numbers whose lookups change. */
  glns: string[];
  /** What must be approved or confirmed because of the effects. */
  effects: Effects;
};

/** What was written; `sequence` is the number of the last journal entry, null when nothing changed. */
export type Applied = Preview & { sequence: number | null };

const attemptsMax = 4;

function requireCount(commands: readonly Command[]): void {
  if (commands.length <= commandsMax) return;
  throw new DomainError("too-large", "change-set-full", { commandsMax });
}

/**
 * Runs the commands on a copy of the register in one snapshot: nothing is written, no number is taken and nothing is locked.
 * Problems are given, not thrown.
 */
export async function previewCommands(ctx: Context, commands: readonly Command[]): Promise<Preview> {
  requireCount(commands);
  return await inSnapshot(ctx, async (tx) => {
    const run = await runCommands(tx, ctx.now, commands);
    const refused = run.asked
      .filter(({ action, subject }) => !may(ctx.actor, action, subject, ctx.now))
      .map(({ at, action }): Problem => {
        const fault =
          action === "location.edit" && subjectOf(commandAt(commands, at)).type === "unit"
            ? "gln-not-yours"
            : "not-allowed";
        const subject = subjectOf(commandAt(commands, at));
        return { severity: "error", at, subject, field: null, fault, details: { action } };
      });
    const { entries: _, recuts: __, ...preview } = await previewOf(tx, run, commands, refused);
    return preview;
  });
}

async function previewOf(
  db: ReadDatabase,
  run: Run,
  commands: readonly Command[],
  refused: readonly Problem[] = [],
): Promise<Preview & { entries: (ChangedSubject & { action: Action })[]; recuts: Recuts }> {
  const giveWay = givesWay();
  const recuts = recutsOf(run.copy);
  await giveWay();
  const differences = differencesOf(recuts);
  const problems = [...refused, ...run.problems].toSorted((a, b) => a.at - b.at);
  const entries = await entriesOf(db, run.copy, recuts);
  await giveWay();
  const effects = await effectsOf(db, run.copy, recuts, run.pathsOfGlns);
  await giveWay();
  const glns = [...new Set(entries.flatMap((entry) => entry.glns ?? []))].toSorted();
  const hash = hashOf(commands, differences, run.copy.now);
  return { hash, differences, problems, glns, effects, entries, recuts };
}

// The time of the run is not part of what was seen: what begins now, begins whenever the set is applied, and the day on which a unit
// is brought up to date is the day on which that happens.
function hashOf(commands: readonly Command[], differences: readonly Difference[], now: Date): string {
  const isNow = now.toISOString();
  const textOf = (seen: unknown, leftOut?: string) =>
    JSON.stringify(seen, (key, value: unknown) =>
      key === leftOut ? undefined : value === isNow ? "now" : value,
    );
  const hash = createHash("sha256").update(textOf(commands));
  return hash.update(textOf(differences, "updatedOn")).digest("hex");
}

const commandAt = (commands: readonly Command[], at: number): Command => {
  const command = commands[at];
  if (!command) throw new RangeError("no command at that position");
  return command;
};

/** What `editRegister` does beside applying the commands, in the same transaction. */
type Editing = {
  comment?: string | undefined;
  changeSetId?: string | undefined;
  once?: true;
  /** Called with what was read, before it is judged; throws when it is not what the actor saw. */
  expect?: (copy: RegisterCopy) => void;
  /** Called with the outcome before anything is written; throws to refuse. Gives further journal entries. */
  within?: (
    tx: Transaction,
    done: Preview,
    requireMay: RequireMay,
  ) => Promise<readonly (ChangedSubject & { action: Action })[]>;
};

/**
 * Applies the commands as a whole, or none: reads and judges without a lock, then writes under it. When the register changed in
 * between, it runs again under the locks. Throws the first error: `not-allowed` (journalled), `not-found`, `conflict` or `invalid` with
 * `field`, `fault` and, with several commands, `at`; `conflict` (`busy`) when others keep changing the same.
 */
export async function editRegister(
  ctx: Context,
  commands: readonly Command[],
  editing: Editing = {},
): Promise<Applied> {
  requireCount(commands);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToApply(ctx, commands, editing, attempt > 1);
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
      if (attempt < attemptsMax) continue;
      throw new DomainError("conflict", "busy-register", { fault: "busy" });
    }
  }
}

async function tryToApply(
  ctx: Context,
  commands: readonly Command[],
  editing: Editing,
  locksFirst: boolean,
): Promise<Applied> {
  const { comment, changeSetId, once } = editing;
  return await changeAll(ctx, { comment, ...(once && { once }) }, async (tx, requireMay) => {
    if (locksFirst) await lockSubjects(tx, commands.map(subjectOf));
    const run = await runCommands(tx, ctx.now, commands);
    for (const { at, action, subject } of run.asked)
      requireMay(action, subject, commands.length > 1 ? { at } : {});
    editing.expect?.(run.copy);
    const { entries: _, recuts, ...preview } = await previewOf(tx, run, commands);
    const [first] = preview.problems.filter((problem) => problem.severity === "error");
    if (first) throw withPlace(first, commands.length);
    const more = (await editing.within?.(tx, preview, requireMay)) ?? [];
    const written = await writeCopy(tx, run.copy, recuts);
    const entries = [...written, ...more].map((entry) => ({ ...entry, changeSetId }));
    const result: Applied = { ...preview, sequence: null };
    const numbered = (sequence: number): Applied => ({ ...result, sequence });
    return { ...changedBy(result, entries), numbered };
  });
}

function withPlace(problem: Problem, count: number): DomainError {
  const error = asError(problem);
  return count === 1 ? error : new DomainError(error.code, error.words, { ...error.details, at: problem.at });
}
