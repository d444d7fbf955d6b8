import { foldDanish } from "../organisations/index.ts";
import { addDays } from "../validity/index.ts";
import type { Finding, Rule } from "./faults.ts";
import { isDay, shak } from "./value-rules.ts";

/** One row of SHAKCOMPLETE as the register stores it. */
export type ShakRow = {
  code: string;
  validFrom: string;
  /** First day on which it is no longer valid; null for none. */
  validTo: string | null;
  lastChanged: string | null;
  kind: "hospital" | "department" | "ward";
  name: string;
  searchText: string;
  groups: string[];
  mark: "1" | "3" | null;
};

const rowCharacters = 214;
const openEnd = "25000101";
const kinds: Readonly<Record<string, ShakRow["kind"]>> = {
  sgh4: "hospital",
  afd6: "department",
  afd7: "ward",
};

/** Parses a row of 214 characters (SKS documentation: positions from 1), or returns the rule that it breaks. */
export function readShakRow(row: string, line: number): { row: ShakRow } | { fault: Finding } {
  const broken = (place: string, rule: Rule, about?: number) => ({ fault: { line, place, rule, about } });
  if (row.length !== rowCharacters) return broken("row", "row-length", row.length);
  const field = (from: number, to: number) => row.slice(from - 1, to).trim();
  const type = field(1, 3);
  if (type !== "sgh" && type !== "afd") return broken("1-3", "not-record-type");
  const code = field(4, 23);
  const kind = kinds[`${type}${code.length}`];
  if (shak(code) || !kind) return broken("4-23", "not-shak");
  const validFrom = dayOf(field(24, 31));
  const lastChanged = dayOf(field(32, 39));
  const lastDay = dayOf(field(40, 47));
  if (validFrom === null) return broken("24-31", "not-day");
  if (lastChanged === null && field(32, 39) !== "") return broken("32-39", "not-day");
  if (lastDay === null) return broken("40-47", "not-day");
  if (lastDay < validFrom) return broken("40-47", "reversed");
  const name = field(48, 167);
  const mark = field(188, 188);
  if (mark === "2") return broken("188", "deletion");
  const groups = [field(168, 170), field(171, 173), field(174, 176), field(177, 179)];
  return {
    row: {
      code,
      validFrom,
      validTo: field(40, 47) === openEnd ? null : addDays(lastDay, 1),
      lastChanged,
      kind,
      name,
      searchText: foldDanish(name),
      groups: groups.slice(0, groups.findLastIndex((group) => group !== "") + 1),
      mark: mark === "1" || mark === "3" ? mark : null,
    },
  };
}

function dayOf(digits: string): string | null {
  const day = digits.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
  return isDay(day) ? day : null;
}

const latin9: Readonly<Record<string, string>> = {
  "¤": "€",
  "¦": "Š",
  "¨": "š",
  "´": "Ž",
  "¸": "ž",
  "¼": "Œ",
  "½": "œ",
  "¾": "Ÿ",
};

/**
 * Decodes ISO-8859-15, as the file is documented. Bytes 80-9F, which are not characters there, are decoded as windows-1252, since
 * the real file contains such dashes.
 */
export function decodeShak(bytes: Uint8Array): string {
  return new TextDecoder("windows-1252").decode(bytes).replace(/[¤¦¨´¸¼½¾]/g, (sign) => latin9[sign] ?? sign);
}
