import { givesWay, type ReadDatabase } from "../database/index.ts";
import type { PlanProblem } from "../message-types/index.ts";
import type { RegistrationStep } from "../registration-steps/index.ts";
import { judgeClosings, loadClosings } from "./judge-closings.ts";
import { judgeCodes, loadShakPeriods } from "./judge-codes.ts";
import { judgeLocations, loadAroundLocations } from "./judge-locations.ts";
import { judgeUnits, loadSurroundings } from "./judge-units.ts";
import { changeLocation, closeLocation, createLocation, restoreLocation } from "./location-commands.ts";
import type { Failure, Problem, Report } from "./problems.ts";
import {
  loadEndpoints,
  loadLocations,
  loadSuccessors,
  loadUnits,
  newCopy,
  type RegisterCopy,
} from "./register-copy.ts";
import { changeRegistrations, type RegistrationCommand } from "./registration-commands.ts";
import type { Command, CommandKind, CommandOf } from "./schemas.ts";
import { type Asked, askedOf, loadStoredPaths } from "./subjects.ts";
import { changeUnit, closeUnit, createUnit, moveUnit, replaceUnit, restoreUnit } from "./unit-commands.ts";

/** What a list of commands does to the register, and whether it may: nothing is written. */
export type Run = {
  copy: RegisterCopy;
  /** Errors and warnings, in the order of the commands. */
  problems: Problem[];
  /** Every permission that the commands need. */
  asked: Asked[];
  /** The units that have each location number of the commands, and all their ancestors. */
  pathsOfGlns: ReadonlyMap<string, readonly string[]>;
};

/** What a command concerns, so that everything is read at once. */
function needsOf(command: Command): {
  sorIds: string[];
  glns: string[];
  endpointIds: string[];
  replaced: string[];
} {
  const none = { sorIds: [], glns: [], endpointIds: [], replaced: [] };
  switch (command.kind) {
    case "unit.create":
    case "unit.change": {
      const { parentSorId, gln } = command.attributes;
      const sorIds = [command.sorId, ...(parentSorId ? [parentSorId] : [])];
      return { ...none, sorIds, glns: gln ? [gln] : [] };
    }
    case "unit.move":
      return { ...none, sorIds: [command.sorId, command.parentSorId] };
    case "unit.close":
    case "unit.replace": {
      const { sorId, successors } = command;
      const sorIds = [sorId, ...successors.map((each) => each.sorId)];
      return { ...none, sorIds, replaced: [sorId] };
    }
    case "unit.restore":
      return {
        ...none,
        sorIds: [
          command.sorId,
          ...command.added.flatMap((piece) => piece.content.parentSorId ?? []),
          ...(command.successors ?? []).map((each) => each.sorId),
        ],
        replaced: command.successors ? [command.sorId] : [],
        glns: command.added.flatMap((piece) => piece.content.gln ?? []),
      };
    case "location.create":
      return { ...none, sorIds: command.unitSorId ? [command.unitSorId] : [], glns: [command.gln] };
    case "registrations.set": {
      const endpointIds = command.registrations.flatMap((each) => each.endpointId ?? []);
      return { ...none, glns: [command.gln], endpointIds };
    }
    case "registrations.add":
      return { ...none, glns: [command.gln], endpointIds: command.endpointId ? [command.endpointId] : [] };
    case "registrations.edit":
      return { ...none, glns: [command.gln], endpointIds: command.steps.flatMap(endpointsOf) };
    case "registrations.move":
      return { ...none, glns: [command.gln], endpointIds: [command.fromEndpointId, command.toEndpointId] };
    default:
      return { ...none, glns: [command.gln] };
  }
}

function endpointsOf(step: RegistrationStep): string[] {
  if (step.step === "replace") return step.registrations.flatMap(({ endpointId }) => endpointId ?? []);
  if (step.step === "put") return step.periods.flatMap(({ endpointId }) => endpointId ?? []);
  return "endpointId" in step && step.endpointId !== null ? [step.endpointId] : [];
}

/**
 * Runs the commands on a copy of what they concern and judges the end state. Units are created before anything else, and
 * registrations planned after units and location numbers have changed, so that the order of the commands does not matter (R2).
 * Reads only.
 */
export async function runCommands(db: ReadDatabase, now: Date, commands: readonly Command[]): Promise<Run> {
  const copy = newCopy(now);
  const needs = commands.map(needsOf);
  const sorIds = needs.flatMap((need) => need.sorIds);
  const glns = needs.flatMap((need) => need.glns);
  await loadUnits(db, copy, sorIds);
  await loadSuccessors(
    db,
    copy,
    needs.flatMap((need) => need.replaced),
  );
  await loadLocations(db, copy, glns);
  const held = [...copy.registrations.values()].flatMap((each) => each.pieces);
  await loadEndpoints(db, copy, [
    ...needs.flatMap((need) => need.endpointIds),
    ...held.flatMap((piece) => piece.content.endpointId ?? []),
  ]);
  const problems: Problem[] = [];
  const giveWay = givesWay();
  for (const isTurn of turns) {
    for (const [at, command] of commands.entries()) {
      if (!isTurn(command)) continue;
      apply(copy, command, at, problems);
      await giveWay();
    }
  }
  await loadSurroundings(db, copy);
  await loadAroundLocations(db, copy);
  const closings = await loadClosings(db, copy);
  const shak = await loadShakPeriods(db, copy);
  const report: Report = (draft, subject, problem) =>
    problems.push({ at: draft.touchedBy.at(-1) ?? 0, subject, ...problem });
  await judgeUnits(copy, report);
  judgeCodes(copy, shak, report);
  await giveWay();
  judgeClosings(copy, closings, report);
  await giveWay();
  judgeLocations(copy, report);
  await giveWay();
  const paths = await loadStoredPaths(db, { sorIds, glns }, copy.today);
  const asked = askedOf(copy, commands, paths);
  return { copy, problems: problems.toSorted((a, b) => a.at - b.at), asked, pathsOfGlns: paths.ofGlns };
}

const isRegistration = (command: Command): command is RegistrationCommand =>
  command.kind.startsWith("registrations.");

const isCreation = (command: Command) => command.kind === "unit.create";

const turns = [
  isCreation,
  (command: Command) => !isCreation(command) && !isRegistration(command),
  isRegistration,
] as const;

/** The unit or location number that a command edits. */
export const subjectOf = (command: Command): Problem["subject"] =>
  command.kind.startsWith("unit.")
    ? { type: "unit", id: (command as { sorId: string }).sorId }
    : { type: "location", id: (command as { gln: string }).gln };

type Runner<Kind extends CommandKind> = (
  copy: RegisterCopy,
  command: CommandOf<Kind>,
  at: number,
) => Failure | undefined;
type EditKind = Exclude<CommandKind, `registrations.${string}`>;

const runners: { [Kind in EditKind]: Runner<Kind> } = {
  "unit.create": createUnit,
  "unit.change": changeUnit,
  "unit.move": moveUnit,
  "unit.close": closeUnit,
  "unit.replace": replaceUnit,
  "unit.restore": restoreUnit,
  "location.create": createLocation,
  "location.change": changeLocation,
  "location.close": closeLocation,
  "location.restore": restoreLocation,
};

function apply(copy: RegisterCopy, command: Command, at: number, problems: Problem[]): void {
  const subject = subjectOf(command);
  const warn = ({ severity, at: position, ...details }: PlanProblem) => {
    const place = { at, subject, field: "registrations", fault: "registration-problem" } as const;
    problems.push({ ...place, severity, details: { ...details, position } });
  };
  const found = isRegistration(command)
    ? changeRegistrations(copy, command, at, warn)
    : (runners[command.kind] as Runner<CommandKind>)(copy, command, at);
  if (found) problems.push({ severity: "error", at, subject, ...found, details: {} });
}
