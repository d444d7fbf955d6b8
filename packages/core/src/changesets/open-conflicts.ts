import { type Command, type Problem, subjectOf } from "../editing/index.ts";

/** A number that a command gives to its subject, and the kind of number. */
type Claim = { at: number; key: string; subjectId: string; field: string };

const numbersOf: Readonly<Record<string, string>> = {
  providerNumber: "ydernummer",
  shakCode: "shak",
  gln: "gln",
};

/** The numbers that a command registers or gives to a unit. */
export function claimsOf(command: Command, at: number): Claim[] {
  const subjectId = subjectOf(command).id;
  if (command.kind === "location.create") return [{ at, key: `new ${command.gln}`, subjectId, field: "gln" }];
  if (command.kind !== "unit.create" && command.kind !== "unit.change") return [];
  return Object.entries(command.attributes).flatMap(([field, value]) => {
    const kind = numbersOf[field];
    return kind !== undefined && typeof value === "string" && value !== ""
      ? [{ at, key: `${kind} ${value}`, subjectId, field }]
      : [];
  });
}

const closes = ({ kind }: Command) => kind === "unit.close" || kind === "location.close";

/** The units and location numbers that must stay open for a command: its subject, and the unit that it puts something below. */
export function needsOpen(command: Command): string[] {
  const { type, id } = subjectOf(command);
  const parent =
    command.kind === "unit.create" || command.kind === "unit.change"
      ? command.attributes.parentSorId
      : command.kind === "unit.move"
        ? command.parentSorId
        : undefined;
  const own = command.kind === "unit.create" || command.kind === "location.create" ? [] : [`${type} ${id}`];
  return typeof parent === "string" ? [...own, `unit ${parent}`] : own;
}

/** A command of another open set; the set is null where the actor may not see it. */
export type Other = { command: Command; set: { id: string; title: string } | null };

const warning = (
  command: Command,
  at: number,
  { field, fault, other }: { field: string | null; fault: Problem["fault"]; other: Other },
): Problem => ({
  ...{ severity: "warning", at, subject: subjectOf(command), field, fault },
  details: other.set ? { changeSetId: other.set.id, changeSetTitle: other.set.title } : {},
});

/**
 * What two open sets do against each other, told at the commands of the first: the same number given twice, and what one changes the
 * other closes. Warnings, since either set may never be applied.
 */
export function conflictsBetween(commands: readonly Command[], others: readonly Other[]): Problem[] {
  const claimed = Map.groupBy(
    others.flatMap((other) => claimsOf(other.command, 0).map((claim) => ({ ...claim, other }))),
    ({ key }) => key,
  );
  const closing = Map.groupBy(
    others.filter(({ command }) => closes(command)),
    ({ command }) => `${subjectOf(command).type} ${subjectOf(command).id}`,
  );
  const changing = Map.groupBy(
    others
      .filter(({ command }) => !closes(command))
      .flatMap((other) => needsOpen(other.command).map((key) => ({ key, other }))),
    ({ key }) => key,
  );
  return commands.flatMap((command, at): Problem[] => {
    const twice = claimsOf(command, at).flatMap(({ key, subjectId, field }) => {
      const found = claimed
        .get(key)
        ?.find((claim) => claim.subjectId !== subjectId || key.startsWith("new "));
      return found ? [warning(command, at, { field, fault: "created-twice", other: found.other })] : [];
    });
    const { type, id } = subjectOf(command);
    const [other] = closes(command)
      ? (changing.get(`${type} ${id}`) ?? []).map((each) => each.other)
      : needsOpen(command).flatMap((key) => closing.get(key) ?? []);
    const fault = closes(command) ? ("changed-elsewhere" as const) : ("closed-elsewhere" as const);
    return other ? [...twice, warning(command, at, { field: null, fault, other })] : twice;
  });
}
