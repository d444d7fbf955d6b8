import type { Page } from "playwright-core";

/** How a form is filled before it is sent: emptied, with nonsense, or with valid values. */
export type Filling = "empty" | "wrong" | "right";
/** A submit button of the page: the index of its form, its index in the form, and its action URL. */
export type Submitter = { form: number; button: number; target: string; isEditable: boolean };

/** All buttons of the page that post a form, in document order. */
export async function listSubmitters(page: Page): Promise<Submitter[]> {
  return await page.evaluate(() =>
    [...document.forms].flatMap((form, place) => {
      const fields = [...form.elements].filter((element) =>
        element.matches("input:not([type=hidden]), textarea, select"),
      );
      const buttons = [...form.elements].filter((element) => element instanceof HTMLButtonElement);
      return buttons.flatMap((element, at) => {
        const button = element as HTMLButtonElement;
        const method = button.getAttribute("formmethod") ?? form.method;
        if (button.type !== "submit" || button.disabled || method.toLowerCase() !== "post") return [];
        const target = button.hasAttribute("formaction") ? button.formAction : form.action;
        return [{ form: place, button: at, target: target || location.href, isEditable: fields.length > 0 }];
      });
    }),
  );
}

/**
 * Fills a form in the browser and presses one of its buttons, without the browser's validation, which a hostile client does not
 * make. `answers` are the valid values by field name; required fields without one get a sentence.
 */
export async function sendForm(
  page: Page,
  { form, button }: Submitter,
  filling: Filling,
  answers: Readonly<Record<string, string>>,
): Promise<void> {
  await page.evaluate(fillAndSubmit, [form, button, filling, answers] as const);
}

type Text = HTMLInputElement | HTMLTextAreaElement;

/** Runs in the browser, so it may not use anything from its module. */
function fillAndSubmit([place, at, filling, answers]: readonly [
  number,
  number,
  Filling,
  Readonly<Record<string, string>>,
]): void {
  const form = document.forms[place];
  if (!form) throw new Error("the form is gone");
  const nonsense = (type: string) => (type === "email" ? "ikke en adresse" : "<b>\u2603");
  const put = (field: Text | HTMLSelectElement, value: string) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const tick = (field: HTMLInputElement, isTicked: boolean) => {
    field.checked = isTicked;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const named = (name: string, state = "") => form.querySelectorAll(`[name="${CSS.escape(name)}"]${state}`);
  const isTicked = (name: string) => named(name, ":checked").length > 0;
  const emptyField = {
    choice: (field: HTMLSelectElement) =>
      [...field.options].some(({ value }) => value === "") && put(field, ""),
    tick: (field: HTMLInputElement) => tick(field, false),
    text: (field: Text) => put(field, ""),
  };
  const wrongField = {
    choice: () => undefined,
    tick: () => undefined,
    text: (field: Text) => put(field, nonsense(field.type)),
  };
  const rightField = {
    choice: (field: HTMLSelectElement) => {
      const first = [...field.options].map(({ value }) => value).find(Boolean);
      put(field, answers[field.name] ?? (field.value || (first ?? "")));
    },
    tick: (field: HTMLInputElement) => {
      const isAsked =
        field.type === "radio" || named(field.name).length > 1 || field.name.endsWith("[]") || field.required;
      if (isAsked && !isTicked(field.name)) tick(field, true);
    },
    text: (field: Text) => {
      const kept = field.value === nonsense(field.type) ? "" : field.value;
      put(field, answers[field.name] ?? (kept === "" && field.required ? "Prøve af formularen" : kept));
    },
  };
  const choose = (field: HTMLInputElement) => {
    const text = { empty: undefined, wrong: "<b>\u2603", right: answers[field.name] }[filling];
    const chosen = new DataTransfer();
    if (text !== undefined) chosen.items.add(new File([text], answers[`${field.name} name`] ?? "fil.csv"));
    field.files = chosen.files;
  };
  const fill = { empty: emptyField, wrong: wrongField, right: rightField }[filling];
  for (const field of form.elements) {
    if (field instanceof HTMLSelectElement) fill.choice(field);
    else if (field.matches("input[type=checkbox], input[type=radio]")) fill.tick(field as HTMLInputElement);
    else if (field.matches("input[type=file]")) choose(field as HTMLInputElement);
    else if (field.matches("textarea, input:not([type=hidden])")) fill.text(field as Text);
  }
  form.noValidate = true;
  const buttons = [...form.elements].filter((element) => element instanceof HTMLButtonElement);
  form.requestSubmit(buttons[at] as HTMLButtonElement);
}
