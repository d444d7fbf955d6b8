import { findMessageType } from "@sor/core/message-types";
import { resolveRoute, toSeconds } from "@sor/core/routing";
import type { Deps } from "../app-env.ts";
import { alternatives, readToken } from "./read-values.ts";
import type { Resource } from "./resources/parts.ts";
import { systems } from "./resources/systems.ts";

const keptMax = 20_000;
type Memory = { stamp: string; resources: Map<string, { resource: Resource; until: number }> };
const memories = new WeakMap<Deps, Memory>();

/** The Endpoints that were read since the register last changed. */
function memoryOf(deps: Deps): Memory {
  const { stamp, sequence } = deps.routing.table;
  const present = `${sequence}.${stamp}`;
  const found = memories.get(deps);
  if (found?.stamp === present) return found;
  const fresh: Memory = { stamp: present, resources: new Map() };
  memories.set(deps, fresh);
  return fresh;
}

export type Pair = { gln: string; messageType: string; version: string | undefined };

/** The location number and message type that a search asks for; undefined for every other search. */
export function pairOf(parts: readonly (readonly [string, string])[]): Pair | undefined {
  const asked = parts.filter(([name]) => !name.startsWith("_"));
  const [identifier, type] = [
    asked.find(([name]) => name === "identifier")?.[1],
    asked.find(([name]) => name === "payload-type" || name === "messageType")?.[1],
  ];
  const isPlain = parts.every(([name]) => !name.startsWith("_") || name === "_format" || name === "_pretty");
  if (asked.length !== 2 || !isPlain || identifier === undefined || type === undefined) return undefined;
  if (alternatives(identifier).length !== 1 || alternatives(type).length !== 1) return undefined;
  const [number, code] = [readToken(identifier), readToken(type)];
  const isNumber = number.system === undefined || number.system === systems.gln;
  const isType = code.system === undefined || code.system === systems.messageDefinition;
  if (!isNumber || !isType || !/^\d{13}$/.test(number.code)) return undefined;
  if (!code.code.startsWith("urn:")) return { gln: number.code, messageType: code.code, version: undefined };
  const known = findMessageType(code.code);
  return known?.code && known.version
    ? { gln: number.code, messageType: known.code, version: known.version }
    : undefined;
}

const surelyNot = new Set(["gln-unknown", "gln-invalid", "type-not-supported", "version-not-supported"]);

/**
 * What the routing table knows of a pair: the Endpoint when it was read since the register changed, null when there is none,
 * undefined when the database has to be asked.
 */
export function remembered(
  deps: Deps,
  { gln, messageType, version }: Pair,
  now: Date,
): Resource | null | undefined {
  const at = toSeconds(now);
  const outcome = resolveRoute(deps.routing.table, { gln, messageType, version, at });
  if (!outcome.found) return surelyNot.has(outcome.reason) ? null : undefined;
  const kept = memoryOf(deps).resources.get(gln);
  return kept && at < kept.until ? kept.resource : undefined;
}

/** Remembers an Endpoint that was read as of a sequence, until something about the pair changes by itself. */
export function remember(deps: Deps, pair: Pair, resource: Resource, sequence: number, now: Date): void {
  if (deps.routing.table.sequence !== sequence) return;
  const at = toSeconds(now);
  const outcome = resolveRoute(deps.routing.table, { ...pair, at });
  const { resources } = memoryOf(deps);
  if (!outcome.found || resources.size >= keptMax) return;
  // Other types of the location number may begin or end at any minute.
  resources.set(pair.gln, { resource, until: Math.min(outcome.holdsUntil, at - (at % 60) + 60) });
}
