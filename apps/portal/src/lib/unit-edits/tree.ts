/** A unit of the tree, with those below it where its branch is open. */
export type TreeUnit = {
  /** The element's id: a unit may stand in two trees of a page. */
  id: string;
  sorId: string;
  name: string;
  kind: string;
  /** Units directly below it. */
  count: number;
  /** The last day of a closed unit. */
  closedAfter: string | null;
  isOpen: boolean;
  /** The address that opens or closes the branch; null for a unit without any below. */
  toggle: string | null;
  below: TreeUnit[];
  /** Whether there are more below than are shown. */
  hasMore: boolean;
};

type Visible = { element: HTMLElement; level: number };

const itemsOf = (tree: HTMLElement) => [...tree.querySelectorAll<HTMLElement>('[role="treeitem"]')];

function move(tree: HTMLElement, to: HTMLElement | undefined): void {
  if (!to) return;
  for (const item of itemsOf(tree)) item.tabIndex = item === to ? 0 : -1;
  to.focus();
}

const levelOf = (element: HTMLElement): number => Number(element.getAttribute("aria-level"));
const toggleOf = (item: HTMLElement) => item.querySelector<HTMLAnchorElement>(":scope > a.toggle");

function byLetter(all: readonly Visible[], at: number, letter: string): HTMLElement | undefined {
  const after = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return after.find(({ element }) => element.dataset.name?.toLowerCase().startsWith(letter))?.element;
}

/** Where a key leads from an item, or undefined when it does not move the focus. */
function target(all: readonly Visible[], at: number, key: string): HTMLElement | undefined {
  const here = all[at];
  const isOpen = here?.element.getAttribute("aria-expanded") === "true";
  switch (key) {
    case "ArrowDown":
      return all[at + 1]?.element;
    case "ArrowUp":
      return all[at - 1]?.element;
    case "Home":
      return all[0]?.element;
    case "End":
      return all.at(-1)?.element;
    case "ArrowRight":
      return isOpen ? all[at + 1]?.element : undefined;
    case "ArrowLeft":
      return isOpen
        ? undefined
        : all.slice(0, at).findLast(({ level }) => level < (here?.level ?? 0))?.element;
    default:
      return key.length === 1 && /\S/.test(key) ? byLetter(all, at, key.toLowerCase()) : undefined;
  }
}

/** Moves through a tree by the keys of the ARIA pattern: arrows, Home, End, a letter, Enter for the unit's page. */
export function onTreeKey(event: KeyboardEvent): void {
  const { currentTarget: tree, key } = event;
  if (!(tree instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = itemsOf(tree).map((element) => ({ element, level: levelOf(element) }));
  const at = all.findIndex(({ element }) => element === document.activeElement);
  const here = all[at]?.element;
  if (!here) return;
  const expanded = here.getAttribute("aria-expanded");
  const opens = key === "ArrowRight" && expanded === "false";
  const closes = key === "ArrowLeft" && expanded === "true";
  if (opens || closes) toggleOf(here)?.click();
  else if (key === "Enter") here.querySelector<HTMLAnchorElement>(":scope a.unit")?.click();
  else {
    const to = target(all, at, key);
    if (!to) return;
    move(tree, to);
  }
  event.preventDefault();
}
