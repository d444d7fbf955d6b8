import { tick } from "svelte";
import { enhance as enhanceForm } from "$app/forms";
import { focusAtTop } from "./focus.ts";

type Options = {
  /** Whether the form is emptied when it was carried out. */
  reset?: boolean;
  /** Whether what the page has loaded is loaded again, also after a refusal. */
  refreshAll?: boolean;
};

/**
 * Sends a form without a new page, once however often its button is pressed. What tells the outcome takes the focus
 * (`takesFocus`); where nothing on the page does, the page's heading. Every form of the portal that is enhanced uses this.
 */
export function enhance(form: HTMLFormElement, options: Options = {}): { destroy(): void } {
  let isSending = false;
  // `disabled` would take the focus from the button that was pressed.
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

// What had the focus may be gone from the page; the next Tab would then begin at the very top of it.
function focusOutcome(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const outcome = document.querySelector<HTMLElement>("main [autofocus]") ?? document.querySelector("h1");
  if (!(outcome instanceof HTMLElement)) return;
  if (!outcome.hasAttribute("tabindex")) outcome.tabIndex = -1;
  focusAtTop(outcome);
}
