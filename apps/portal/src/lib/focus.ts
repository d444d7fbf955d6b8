import { createAttachmentKey } from "svelte/attachments";

let isRunning = false;

/** Called once by the root layout after hydration. */
export function pageIsRunning(): void {
  isRunning = true;
}

/** Scrolls to the top and focuses an element, so that screen readers announce it and Tab continues from it. */
export function focusAtTop(element: HTMLElement): void {
  window.scrollTo({ top: 0, behavior: "instant" });
  element.focus();
}

// During hydration the browser has already applied `autofocus`, and the user may have moved on.
function focusWhenAdded(element: HTMLElement): void {
  if (isRunning) focusAtTop(element);
}

/**
 * Attributes of the heading or summary with a form's result: it takes the focus when it appears, by `autofocus` without
 * JavaScript. A page shows at most one such element.
 */
export const takesFocus = {
  tabindex: -1,
  autofocus: true,
  [createAttachmentKey()]: focusWhenAdded,
};

/** Attributes of a page's main field: it has the focus when the page loads. */
export const firstField = { autofocus: true };
