import type { Attachment } from "svelte/attachments";

const boxesOf = (table: Element) => [
  ...table.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]"),
];

function stopAt(table: Element, stop: HTMLInputElement | undefined): void {
  for (const box of boxesOf(table)) box.tabIndex = box === stop ? 0 : -1;
}

function next(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, count - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
  }
  return undefined;
}

/**
 * Makes the boxes of each table below an element one tab stop, as WAI-ARIA's practices ask of grids: arrows, Home and End go from row
 * to row. Without scripts each box is a stop. `_rows` is what the tables show, so that new rows are arranged again.
 */
export const arrowRows =
  (_rows: unknown): Attachment<HTMLElement> =>
  (root) => {
    for (const table of root.querySelectorAll("table")) stopAt(table, boxesOf(table)[0]);
    const move = (event: KeyboardEvent) => {
      const table = (event.target as Element).closest("table");
      const boxes = table ? boxesOf(table) : [];
      const at = boxes.indexOf(event.target as HTMLInputElement);
      const place = at < 0 ? undefined : next(event.key, at, boxes.length);
      if (!table || place === undefined) return;
      event.preventDefault();
      stopAt(table, boxes[place]);
      boxes[place]?.focus();
    };
    root.addEventListener("keydown", move);
    return () => root.removeEventListener("keydown", move);
  };
