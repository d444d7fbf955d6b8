import { decodeCursor } from "@sor/core";
import type { Condition, Found, SearchOrder } from "@sor/core/register-log";
import { z } from "zod";
import { FhirFault } from "./outcome.ts";
import { bases, deviceParameters, everything, type Parameter, parameters } from "./parameters.ts";
import { alternatives, readDate } from "./read-values.ts";
import type { ResourceType } from "./resources/parts.ts";

const [pagesMax, countDefault] = [500, 50];
const [partsMax, valuesMax, chainMax] = [60, 100, 3];
const cursorForm = z.tuple([z.string().max(2000), z.string().max(64)]);
const summaries = ["true", "text", "data", "count", "false"] as const;

/** A search as it was understood; `used` are the parameters that it followed. */
export type Search = {
  type: ResourceType;
  condition: Condition;
  /** What a Device has to fit. */
  plain: readonly { name: string; modifier: string | undefined; values: readonly string[] }[];
  order: SearchOrder;
  after: Found | undefined;
  count: number;
  summary: (typeof summaries)[number];
  elements: readonly string[];
  isCounted: boolean;
  includes: readonly string[];
  revIncludes: readonly string[];
  used: readonly (readonly [string, string])[];
};

type Parts = readonly (readonly [string, string])[];
const ofResult = new Set([
  ...["_count", "_sort", "_include", "_revinclude", "_include:iterate", "_summary", "_elements", "_total"],
  ...["_format", "_pretty", "_cursor"],
]);

/** Reads a search. With strict handling an unknown parameter is refused, else it is left out and out of the link to itself. */
export function readSearch(type: ResourceType, parts: Parts, isStrict: boolean): Search {
  if (parts.length > partsMax) throw new FhirFault(400, "too-costly", `At most ${partsMax} parameters.`);
  const conditions: Condition[] = [bases[type] ?? everything];
  const plain: Search["plain"][number][] = [];
  const used: [string, string][] = [];
  for (const [key, value] of parts) {
    if (value === "") continue;
    const values = alternatives(value);
    if (values.length > valuesMax)
      throw new FhirFault(400, "too-costly", `At most ${valuesMax} values.`, key);
    const understood = ofResult.has(key) || isUnderstood(type, key, values, { conditions, plain });
    if (understood) used.push([key, value]);
    else if (isStrict)
      throw new FhirFault(
        400,
        "not-supported",
        `Unknown search parameter: ${key.slice(0, 60)}`,
        key.slice(0, 60),
      );
  }
  return { type, condition: { all: conditions }, plain, used, ...readResult(type, parts) };
}

type Into = { conditions: Condition[]; plain: Search["plain"][number][] };

function isUnderstood(type: ResourceType, key: string, values: readonly string[], into: Into): boolean {
  const [name = "", modifier] = key.split(":", 2);
  if (type === "Device") {
    const isKnown = Object.hasOwn(deviceParameters, name) || ["_id", "_lastUpdated"].includes(name);
    if (isKnown) into.plain.push({ name, modifier, values });
    return isKnown;
  }
  const condition = conditionOf(type, key, values, 0);
  if (condition) into.conditions.push(condition);
  return condition !== undefined;
}

type Searched = Exclude<ResourceType, "Device">;

/** The condition of one parameter with its alternatives; undefined when the type does not have it. */
function conditionOf(
  type: Searched,
  key: string,
  values: readonly string[],
  depth: number,
): Condition | undefined {
  if (depth > chainMax) throw new FhirFault(400, "too-costly", `At most ${chainMax} links in a chain.`, key);
  if (key === "_id") return { any: values.map((value): Condition => ({ field: "id", value })) };
  if (key === "_lastUpdated") return { any: values.map(toldAt) };
  const dot = key.indexOf(".");
  const own = dot < 0 ? key : key.slice(0, dot);
  const [name = "", modifier] = own.split(":", 2);
  const found = Object.hasOwn(parameters[type], name) ? parameters[type][name] : undefined;
  if (!found) return undefined;
  if (dot >= 0) return chained(found, { key, modifier, rest: key.slice(dot + 1), values, depth });
  if (modifier === "missing") return missing(found, values, key);
  if (!isAllowed(found, modifier)) {
    throw new FhirFault(
      400,
      "not-supported",
      `The modifier cannot be used here: ${key.slice(0, 60)}`,
      key.slice(0, 60),
    );
  }
  const each = values.map((value) => found.of(value, modifier));
  return modifier === "not" ? { all: each } : { any: each };
}

function isAllowed({ type, leads }: Parameter, modifier: string | undefined): boolean {
  if (modifier === undefined) return true;
  if (type === "token") return modifier === "not";
  if (type === "string") return modifier === "exact" || modifier === "contains";
  return type === "reference" && modifier === leads?.to;
}

function missing({ present }: Parameter, values: readonly string[], key: string): Condition {
  if (!present || !["true", "false"].includes(values[0] ?? ""))
    throw new FhirFault(
      400,
      "not-supported",
      ":missing is asked with true or false, where it can be asked.",
      key,
    );
  return values[0] === "true" ? { not: present } : present;
}

type Chain = {
  key: string;
  modifier: string | undefined;
  rest: string;
  values: readonly string[];
  depth: number;
};

function chained({ leads }: Parameter, { key, modifier, rest, values, depth }: Chain): Condition | undefined {
  if (!leads || leads.to === "Device" || (modifier !== undefined && modifier !== leads.to)) return undefined;
  const that = conditionOf(leads.to, rest, values, depth + 1);
  if (that === undefined)
    throw new FhirFault(400, "not-supported", "The chain leads to no search parameter.", key.slice(0, 60));
  return { via: leads.via, that: { all: [bases[leads.to] ?? everything, that] } };
}

/** When the subject was last told of. */
function toldAt(value: string): Condition {
  const { prefix, from, to } = readDate(value, "_lastUpdated");
  const since = (instant: Date): Condition => ({ toldFrom: instant });
  const inside: Condition = { all: [since(from), { not: since(to) }] };
  switch (prefix) {
    case "gt":
    case "sa":
      return since(to);
    case "ge":
      return since(from);
    case "lt":
    case "eb":
      return { not: since(from) };
    case "le":
      return { not: since(to) };
    case "ne":
      return { not: inside };
    case "eq":
    case "ap":
      return inside;
  }
}

const only = (parts: Parts, name: string) => parts.findLast(([key]) => key === name)?.[1];
const lists = (parts: Parts, name: string) =>
  parts.flatMap(([key, value]) => (key === name || key === `${name}:iterate` ? value.split(",") : []));

function readResult(type: ResourceType, parts: Parts) {
  const countText = only(parts, "_count") ?? String(countDefault);
  if (!/^\d{1,9}$/.test(countText)) throw new FhirFault(400, "value", "_count is a number from 0.", "_count");
  const summary = summaries.find((each) => each === (only(parts, "_summary") ?? "false"));
  if (!summary)
    throw new FhirFault(400, "value", "_summary is true, text, data, count or false.", "_summary");
  const total = only(parts, "_total") ?? "none";
  if (!["none", "estimate", "accurate"].includes(total))
    throw new FhirFault(400, "value", "_total is none, estimate or accurate.", "_total");
  const count = Math.min(Number(countText), pagesMax);
  const cursor = only(parts, "_cursor");
  const [key, id] = cursor === undefined ? [] : decodeCursor(cursorForm, cursor);
  return {
    order: orderOf(type, only(parts, "_sort")),
    after: key === undefined || id === undefined ? undefined : { key, id },
    count,
    summary: count === 0 ? ("count" as const) : summary,
    elements: (only(parts, "_elements") ?? "").split(",").filter((name) => name !== ""),
    isCounted: total !== "none" || summary === "count" || count === 0,
    includes: lists(parts, "_include"),
    revIncludes: lists(parts, "_revinclude"),
  };
}

const orders: Readonly<Record<string, SearchOrder["by"]>> = { _id: "id", name: "name", _lastUpdated: "told" };

function orderOf(type: ResourceType, text = "_id"): SearchOrder {
  const isDescending = text.startsWith("-");
  const by = orders[isDescending ? text.slice(1) : text];
  const hasName = !["Endpoint", "Device", "OrganizationAffiliation"].includes(type);
  if (by === undefined || (by === "name" && !hasName))
    throw new FhirFault(
      400,
      "not-supported",
      "_sort is _id, _lastUpdated or, where there is one, name; with - from the end.",
      "_sort",
    );
  return { by, isDescending };
}
