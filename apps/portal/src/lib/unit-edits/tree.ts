/** A fact of a unit, in a column where there is room. */
export type TreeCell = { label: string; text: string; href?: string | undefined };

/** A unit or code of a tree, with those below it where its branch is open. */
export type TreeUnit = {
  /** The element's id: a unit may stand in two trees of a page. */
  id: string;
  /** Its number in the list of open branches: a SOR id or a SHAK code. */
  sorId: string;
  /** Its page, and the page with all that is below it. */
  href: string;
  moreHref: string;
  /** The code that stands before the name. */
  code?: string;
  cells?: readonly TreeCell[];
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
  const begins = (text = "") => text.toLowerCase().startsWith(letter);
  return after.find(({ element: { dataset } }) => begins(dataset.name) || begins(dataset.code))?.element;
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

/** The address with every closed branch beside an item opened; undefined when there is none. */
function allOpened(here: HTMLElement): string | undefined {
  const beside = [
    ...(here.closest("ul")?.querySelectorAll<HTMLElement>(':scope > li > [role="treeitem"]') ?? []),
  ];
  const closed = beside.filter((item) => item.getAttribute("aria-expanded") === "false");
  const [first] = closed.flatMap((item) => toggleOf(item)?.href ?? []);
  if (first === undefined) return undefined;
  const address = new URL(first);
  const open = new Set((address.searchParams.get("aaben") ?? "").split(","));
  for (const { dataset } of closed) open.add(dataset.key ?? "");
  address.searchParams.set("aaben", [...open].filter((key) => key !== "").join(","));
  address.hash = here.id;
  return address.href;
}

/**
 * Moves through a tree by the keys of the ARIA pattern: arrows, Home, End, a letter or digit, Enter for the unit's page, `*` to open
 * all branches beside the focused one by `open`.
 */
export function onTreeKey(event: KeyboardEvent, open: (address: string) => void): void {
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
  else if (key === "*") {
    const address = allOpened(here);
    if (address !== undefined) open(address);
  } else if (key === "Enter") here.querySelector<HTMLAnchorElement>(":scope a.unit")?.click();
  else {
    const to = target(all, at, key);
    if (!to) return;
    move(tree, to);
  }
  event.preventDefault();
}
