import { tick } from "svelte";
import { enhance as enhanceForm } from "$app/forms";
import { focusAtTop } from "./focus.ts";

type Options = {
  /** Whether the form is reset after success. */
  reset?: boolean;
  /** Whether the page's data are reloaded, also after a failure. */
  refreshAll?: boolean;
};

/**
 * Submits a form without a page load, once even if its button is pressed repeatedly. The element with the result takes the focus
 * (`takesFocus`), or the page's heading where there is none. Every enhanced form of the portal uses this.
 */
export function enhance(form: HTMLFormElement, options: Options = {}): { destroy(): void } {
  let isSending = false;
  // `disabled` would remove the focus from the pressed button.
  const mark = (value: boolean) => {
    isSending = value;
    for (const element of form.elements) {
      if (!(element instanceof HTMLButtonElement)) continue;
      if (value) element.setAttribute("aria-disabled", "true");
      else element.removeAttribute("aria-disabled");
    }
  };
  return enhanceForm(form, ({ cancel }) => {
    if (isSending) return cancel();
    mark(true);
    return async ({ update }) => {
      try {
        await update(options);
      } finally {
        mark(false);
      }
      await tick();
      focusOutcome();
    };
  });
}

// The focused element may be gone; the next Tab would then start at the top of the page.
function focusOutcome(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const outcome = document.querySelector<HTMLElement>("main [autofocus]") ?? document.querySelector("h1");
  if (!(outcome instanceof HTMLElement)) return;
  if (!outcome.hasAttribute("tabindex")) outcome.tabIndex = -1;
  focusAtTop(outcome);
}
