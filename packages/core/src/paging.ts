import type { z } from "zod";
import { DomainError } from "./errors.ts";

/** One page of a list; `next` is the cursor of the next page, null on the last page. */
export type Page<Item> = { items: Item[]; next: string | null };

/** Encodes the key of the last row shown as a cursor: opaque to callers, base64url. */
export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** Decodes a cursor; throws `invalid` for a text that `encodeCursor` did not produce. */
export function decodeCursor<Key>(schema: z.ZodType<Key>, cursor: string): Key {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!parsed.success) throw new DomainError("invalid", "foreign-cursor", { at: "after" });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a page from rows read with a limit of one more than the page size. */
export function toPage<Item>(
  rows: readonly Item[],
  limit: number,
  keyOf: (last: Item) => unknown,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
