import { Command } from "../editing/index.ts";
import { DomainError } from "../errors.ts";
import type { SorId } from "../identifiers/index.ts";

const placeholder = /^new:[a-z0-9-]{1,40}$/;
/** Far deeper than any command. */
const depthMax = 20;

/**
 * Reads commands as they come from outside: a unit to be created without a SOR id, or with `new:NAME`, gets one that `take` gives,
 * and `new:NAME` elsewhere is replaced by it. Throws `invalid` with the command's position and field. Commands that restore what was
 * are made by an undo only: they would rewrite the past.
 */
export async function resolveCommands(
  raw: readonly unknown[],
  take: (count: number) => Promise<SorId[]>,
): Promise<Command[]> {
  const nameless = raw.map((command) =>
    isObject(command) && command["kind"] === "unit.create" && command["sorId"] === undefined
      ? { ...command, sorId: "" }
      : command,
  );
  const created = nameless.flatMap((command) =>
    isObject(command) && command["kind"] === "unit.create" ? [command["sorId"]] : [],
  );
  const names = [
    ...new Set(created.filter((id): id is string => typeof id === "string" && placeholder.test(id))),
  ];
  const count = names.length + created.filter((id) => id === "").length;
  const ids = await take(count);
  const byName = new Map<string, string>(names.map((name, index) => [name, ids[index] as string]));
  const unnamed = ids.slice(names.length).values();
  return nameless.map((command, at) => {
    const named =
      isObject(command) && command["sorId"] === "" ? { ...command, sorId: unnamed.next().value } : command;
    return parse(replaceNames(named, byName, { at, depth: 0 }), at);
  });
}

function parse(value: unknown, at: number): Command {
  const parsed = Command.safeParse(value);
  if (parsed.success && !parsed.data.kind.endsWith(".restore")) return parsed.data;
  throw malformed(at, parsed.success ? "kind" : (parsed.error.issues[0]?.path.join(".") ?? ""));
}

const malformed = (at: number, field: string) =>
  new DomainError("invalid", "malformed-command", { at, field, fault: "malformed" });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Place = { at: number; depth: number };

function replaceNames(value: unknown, byName: ReadonlyMap<string, string>, { at, depth }: Place): unknown {
  if (depth > depthMax) throw malformed(at, "");
  const below = { at, depth: depth + 1 };
  if (typeof value === "string") return placeholder.test(value) ? (byName.get(value) ?? value) : value;
  if (Array.isArray(value)) return value.map((each) => replaceNames(each, byName, below));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replaceNames(each, byName, below)]),
  );
}
