import type { Context } from "@sor/core";
import {
  findShakCodes,
  listShakBelow,
  listShakChildren,
  type ShakItem,
  searchShakCodes,
  type UnitOfShak,
  unitsOfShakCodes,
} from "@sor/core/organisations";
import { dayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";
import { formatDay } from "#lib/format-time.ts";
import type { TreeCell, TreeUnit } from "#lib/unit-edits/tree.ts";
import { lastDay } from "#lib/unit-words.ts";
import { m } from "#lib/words/index.ts";
import { regionOfShak, wordsOfShak } from "./words.ts";

const openMax = 60;
const hospitalsAtOnce = 100;
const belowMax = 200;
const foundMax = 20;
const codeForm = /^[0-9A-ZÆØÅ]{4}(?:[0-9A-ZÆØÅ]{2,3})?$/;

/** What of SHAK is shown: the open branches, the day, whether with historic codes, the search, and the hospitals from where. */
export const ShakQuery = z.object({
  aaben: z
    .string()
    .max(1000)
    .default("")
    .transform((text) =>
      [...new Set(text.toUpperCase().split(","))].filter((code) => codeForm.test(code)).slice(-openMax),
    ),
  dag: WrittenDay.optional(),
  historiske: z.literal("1").optional(),
  q: z.string().trim().max(100).optional(),
  efter: z.string().max(200).optional(),
});
export type ShakQuery = z.output<typeof ShakQuery>;

type Shown = {
  ctx: Context;
  query: ShakQuery;
  asked: { validAt: string; historic: "include" | "leave-out" };
  /** The branches that are open, those of the search's hits among them. */
  open: readonly string[];
};

/** A code of the tree as it is shown, with those below it. */
type ShakNode = { item: ShakItem; units: readonly UnitOfShak[]; below: ShakNode[]; hasMore: boolean };

/** The part of the tree that is shown, and what a search found. */
export async function loadShak(ctx: Context, query: ShakQuery) {
  const validAt = query.dag ?? dayInDenmark(ctx.now);
  const historic = query.historiske === undefined ? "leave-out" : "include";
  const asked = { validAt, historic } as const;
  const found = query.q ? await searchShakCodes(ctx, { ...asked, q: query.q, limit: foundMax }) : null;
  const above = (code: string) =>
    [4, 6].filter((length) => length < code.length).map((at) => code.slice(0, at));
  const hits = (found?.items ?? []).map(({ code }) => code);
  const open = [...new Set([...query.aaben, ...hits.flatMap(above)])];
  const hospitals = await listShakChildren(ctx, {
    ...asked,
    ...{ code: null, limit: hospitalsAtOnce, after: query.efter },
  });
  const listed = new Set(hospitals.items.map(({ code }) => code));
  const opened = [...new Set([...open, ...hits].map((code) => code.slice(0, 4)))];
  const others = await findShakCodes(ctx, { ...asked, codes: opened.filter((code) => !listed.has(code)) });
  const top = [...hospitals.items, ...others].toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const nodes = await nodesOf({ ctx, query, asked, open }, top);
  return {
    nodes,
    open,
    found: found && { items: found.items, isAll: found.next === null },
    next: hospitals.next,
  };
}

async function nodesOf(shown: Shown, items: readonly ShakItem[]): Promise<ShakNode[]> {
  const { ctx, asked, open } = shown;
  const codes = items.map(({ code }) => code);
  const openHere = items.filter(({ code, childCount }) => childCount > 0 && open.includes(code));
  const [units, below] = await Promise.all([
    unitsOfShakCodes(ctx, { codes, validAt: asked.validAt }),
    listShakBelow(ctx, { ...asked, codes: openHere.map(({ code }) => code) }),
  ]);
  const childrenOf = (code: string) => (below.get(code) ?? []).slice(0, belowMax);
  const children = openHere.flatMap(({ code }) => childrenOf(code));
  const nodes = children.length === 0 ? [] : await nodesOf(shown, children);
  const nodeOf = new Map(nodes.map((node) => [node.item.code, node]));
  return items.map((item) => ({
    item,
    units: units.get(item.code) ?? [],
    below: childrenOf(item.code).flatMap(({ code }) => nodeOf.get(code) ?? []),
    hasMore: (below.get(item.code)?.length ?? 0) > belowMax,
  }));
}

/** The nodes as units of the tree component. */
export function treeUnits(query: ShakQuery, open: readonly string[], nodes: readonly ShakNode[]): TreeUnit[] {
  return nodes.map(({ item, units, below, hasMore }) => {
    const { code, name, childCount } = item;
    const isOpen = childCount > 0 && open.includes(code);
    const others = open.filter((each) => each !== code);
    return {
      ...{
        id: `shak-${code}`,
        sorId: code,
        code,
        name,
        kind: "",
        count: 0,
        closedAfter: null,
        isOpen,
        hasMore,
      },
      href: addressOfCode(code, query.dag),
      moreHref: `/shak?${queryText({ ...query, aaben: [code], q: undefined, efter: undefined })}`,
      toggle:
        childCount === 0
          ? null
          : `/shak?${queryText({ ...query, aaben: isOpen ? others : [...others, code] })}#shak-${code}`,
      cells: cellsOf(item, units),
      below: treeUnits(query, open, below),
    };
  });
}

const addressOfCode = (code: string, day: string | undefined) =>
  `/shak/${encodeURIComponent(code)}${day ? `?dag=${day}` : ""}`;

function cellsOf(item: ShakItem, units: readonly UnitOfShak[]): TreeCell[] {
  const { institutionKind, owner, specialities } = wordsOfShak(item);
  const [only] = units;
  const sor =
    units.length === 1 && only
      ? { text: only.sorId, href: `/enhed/${only.sorId}` }
      : {
          text: units.length === 0 ? "" : m.shak_units({ count: units.length }),
          ...(units.length > 0 && { href: `${addressOfCode(item.code, undefined)}#enheder` }),
        };
  return [
    { label: m.shak_from(), text: formatDay(item.validFrom) },
    { label: m.shak_to(), text: item.validTo === null ? "" : formatDay(lastDay(item.validTo)) },
    { label: m.shak_kind_or_specialities(), text: institutionKind || specialities },
    { label: m.shak_region(), text: regionOfShak(item.code, units) },
    { label: m.shak_owner(), text: owner },
    { label: m.shak_sor(), ...sor },
  ];
}

/** The query of the page, and of the file of what it shows. */
export function queryText({ aaben, dag, historiske, q, efter }: ShakQuery): string {
  const query = new URLSearchParams({
    ...(aaben.length > 0 && { aaben: aaben.join(",") }),
    ...(dag && { dag }),
    ...(historiske && { historiske }),
    ...(q && { q }),
    ...(efter && { efter }),
  });
  return query.toString().replaceAll("%2C", ",");
}

/** The rows of the file: every code that the page shows, in its order. */
export async function* shakRows(nodes: readonly ShakNode[]): AsyncGenerator<string[]> {
  yield [
    ...[m.shak_code(), m.shak_name(), m.shak_from(), m.shak_to(), m.shak_specialities(), m.shak_kind()],
    ...[m.shak_owner(), m.shak_region(), m.shak_sor()],
  ];
  yield* rowsBelow(nodes);
}

function* rowsBelow(nodes: readonly ShakNode[]): Generator<string[]> {
  for (const { item, units, below } of nodes) {
    const { institutionKind, owner, specialities } = wordsOfShak(item);
    yield [
      ...[item.code, item.name, item.validFrom, item.validTo === null ? "" : lastDay(item.validTo)],
      ...[specialities, institutionKind, owner, regionOfShak(item.code, units)],
      units.map(({ sorId }) => sorId).join(", "),
    ];
    yield* rowsBelow(below);
  }
}
