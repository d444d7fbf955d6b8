import { createAttachmentKey } from "svelte/attachments";

let isRunning = false;

/** Called once by the root layout, when what the server has written has been taken over by the script. */
export function pageIsRunning(): void {
  isRunning = true;
}

/** Shows the top of the page and gives an element the focus, so that it is read out and Tab goes on from it. */
export function focusAtTop(element: HTMLElement): void {
  window.scrollTo({ top: 0, behavior: "instant" });
  element.focus();
}

// While the script takes the page over, the browser has obeyed `autofocus` already and the user may have gone on.
function focusWhenAdded(element: HTMLElement): void {
  if (isRunning) focusAtTop(element);
}

/**
 * Attributes of the heading or summary that tells what became of a form: it takes the focus when it appears, by
 * `autofocus` where no script runs. A page shows at most one such element.
 */
export const takesFocus = {
  tabindex: -1,
  autofocus: true,
  [createAttachmentKey()]: focusWhenAdded,
};

/** Attributes of the one field that a page is for: it has the focus as soon as the page is there. */
export const firstField = { autofocus: true };
